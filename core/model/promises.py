"""What a model promised of one of its two questions on its test period, and what came true: a part of metrics.json."""

from __future__ import annotations

from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from core.model.bounds import Candles, Share, ShareInterval
from core.model.periods import Record
from core.model.probabilities import calibration_error

RELIABILITY_BINS = 15
"""Equally wide bins of probability between 0 and 1, for reliability charts and calibration errors."""

ROUNDING = 1e-4
"""How far figures may be apart that say the same: metrics.json holds six digits."""


def bin_of(probabilities: np.ndarray) -> np.ndarray:
    """The place of each probability's bin, 0 to 14; a bin holds its upper edge, the first one 0 as well."""
    return np.clip(np.ceil(probabilities * RELIABILITY_BINS).astype(int) - 1, 0, RELIABILITY_BINS - 1)


class PromiseBin(Record):
    """Answers whose probability lies in one bin; what is said of them is None where there are none.

    ``interval`` is that of ``came_true``, 95 %, from a bootstrap over blocks of days.
    """

    n: Candles
    promised: Share | None
    came_true: Share | None
    interval: ShareInterval | None

    @model_validator(mode="after")
    def _measured_where_there_are_answers(self) -> Self:
        if any((each is None) != (self.n == 0) for each in (self.promised, self.came_true, self.interval)):
            raise ValueError("a bin has promised, came_true and interval where it has candles, and only there")
        return self


class ChanceError(Record):
    """Calibration error that a perfectly calibrated model would show on as long a period: its mean, and what 19 of 20 stay under."""

    mean: Share
    p95: Share


class Promises(Record):
    """How one question was answered on the ``n`` candles that asked it.

    ``ece`` is the calibration error over the bins, ``reliability``, which lie one above the other from 0 to 1.
    """

    n: Annotated[Candles, Field(ge=1)]
    ece: Share
    ece_by_chance: ChanceError
    reliability: Annotated[list[PromiseBin], Field(min_length=RELIABILITY_BINS, max_length=RELIABILITY_BINS)]

    @property
    def came_true(self) -> float:
        """The share of all candles where it came true, whatever was promised."""
        return sum(b.n * (b.came_true or 0.0) for b in self.reliability) / self.n

    @model_validator(mode="after")
    def _bins_agree(self) -> Self:
        binned = sum(b.n for b in self.reliability)
        if binned != self.n:
            raise ValueError(f"reliability counts {binned} candles, n says {self.n}")
        for place, b in enumerate(self.reliability):
            low, high = place / RELIABILITY_BINS - ROUNDING, (place + 1) / RELIABILITY_BINS + ROUNDING
            if b.promised is not None and not low <= b.promised <= high:
                raise ValueError(f"promised is {b.promised} in bin {place}, expected {low:.4f} to {high:.4f}")
        return self

    @model_validator(mode="after")
    def _error_follows(self) -> Self:
        """What is said of the promises must follow from the bins, never be merely claimed."""
        full = [(b.n, b.promised, b.came_true) for b in self.reliability if b.n]
        n, promised, came_true = (np.array(each, dtype=np.float64) for each in zip(*full, strict=True))
        follows = calibration_error(n, promised, came_true)
        if abs(self.ece - follows) > ROUNDING:
            raise ValueError(f"ece is {self.ece}, but reliability makes it {follows:.6f}")
        return self
