"""What a model's test measured: figures that never travel without what they have to be judged by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain import Direction


@dataclass(frozen=True, slots=True)
class MeasuredAccuracy:
    """How often a model was right on ``n`` test candles, a fraction with its 95 % interval.

    ``low`` to ``high`` is Wilson's, which takes candles for independent though their labels overlap: the truth is wider,
    and nothing is called reliable by it.
    ``majority`` is the class that was most frequent there; always calling it is right ``majority_accuracy`` of the time.
    """

    accuracy: float
    low: float
    high: float
    n: int
    majority: Direction
    majority_accuracy: float

    @property
    def above_baseline(self) -> bool:
        return self.accuracy > self.majority_accuracy


@dataclass(frozen=True, slots=True)
class WhatWasTested:
    """Which model the figures of a test are of: one trained on candles up to ``until``, tested on those ``first`` to ``last``.

    Where the recipe has learned from more since, the model that speaks was trained on up to ``trained_on_until``. All four
    are open times of the last, or first, candle that has a label.
    """

    until: datetime
    first: datetime
    last: datetime
    trained_on_until: datetime | None


class Proof(StrEnum):
    """What a test says of a skill: where its 95 % interval lies against 0, which is to know the class frequencies only."""

    PROVEN = "proven"
    UNPROVEN = "unproven"
    WORSE = "worse"
    UNTESTED = "untested"


PROVEN_BY_LUCK = 1 / 40
"""Of models that know nothing, the share whose 95 % interval lies wholly above 0 all the same."""


@dataclass(frozen=True, slots=True)
class MeasuredSkill:
    """A skill over the class frequencies on ``n`` test candles, with its 95 % interval, ``low`` to ``high``."""

    skill: float
    low: float
    high: float
    n: int

    @property
    def proof(self) -> Proof:
        if self.low > 0:
            return Proof.PROVEN
        return Proof.WORSE if self.high < 0 else Proof.UNPROVEN
