"""Which signals of a timeframe an analyst wants to see, and in which order. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.domain import Direction
from core.signals.board import Signal
from pages.components.shared.coin_search import name_matches


class Sort(StrEnum):
    """Orders of the grid; highest first, except names."""

    CONFIDENCE = "confidence"
    MOVE = "move"
    ACCURACY = "accuracy"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Filters:
    """What an analyst asked for. The defaults let everything through.

    ``min_confidence`` is a fraction; ``directions`` empty means every direction; ``search`` holds parts of
    coin names, apart by spaces or commas, of which one must occur.
    """

    min_confidence: float = 0.0
    directions: frozenset[Direction] = frozenset()
    trusted_only: bool = False
    search: str = ""

    def admit(self, signal: Signal) -> bool:
        """Whether ``signal`` passes. One without a prediction passes only filters that ask nothing of a prediction."""
        if not name_matches(signal.symbol, self.search):
            return False
        if signal.prediction is None:
            return self.min_confidence <= 0 and not self.directions and not self.trusted_only
        prediction = signal.prediction
        return (
            prediction.confidence >= self.min_confidence
            and (not self.directions or prediction.direction in self.directions)
            and (not self.trusted_only or prediction.trust.trusted)
        )


@dataclass(frozen=True, slots=True)
class Relief:
    """The single filter whose removal brings most back: its field in Filters, and how many signals then show."""

    field: str
    brings_back: int


def select(signals: Iterable[Signal], filters: Filters, sort: Sort) -> tuple[Signal, ...]:
    """The signals that pass, sorted; those without a prediction (or, by accuracy, without one) come last."""
    return tuple(sorted((s for s in signals if filters.admit(s)), key=lambda s: _rank(s, sort)))


def _rank(signal: Signal, sort: Sort) -> tuple[bool, float, str]:
    if sort is Sort.NAME:
        return (False, 0.0, signal.symbol)
    prediction = signal.prediction
    if prediction is None:
        return (True, 0.0, signal.symbol)
    value = {
        Sort.CONFIDENCE: prediction.confidence,
        Sort.MOVE: prediction.move_probability,
        Sort.ACCURACY: prediction.accuracy and prediction.accuracy.accuracy,
    }[sort]
    return (value is None, -(value or 0.0), signal.symbol)


def count_directions(signals: Iterable[Signal]) -> dict[Direction, int]:
    """How many of ``signals`` call each direction; signals without a prediction are not counted."""
    counts = dict.fromkeys(Direction, 0)
    for signal in signals:
        if signal.prediction is not None:
            counts[signal.prediction.direction] += 1
    return counts


def relief(signals: Sequence[Signal], filters: Filters) -> Relief | None:
    """Where ``filters`` let nothing through: the one to drop. None where no single one is to blame."""
    without = Filters()
    reliefs = [
        Relief(field, sum(map(replace(filters, **{field: getattr(without, field)}).admit, signals)))
        for field in Filters.__dataclass_fields__
        if getattr(filters, field) != getattr(without, field)
    ]
    best = max(reliefs, key=lambda r: r.brings_back, default=None)
    return best if best is not None and best.brings_back else None
