"""Promised against come true: reliability of one model or of many together. Knows nothing of Streamlit.

The bands are consistency bars (Bröcker and Smith, Increasing the Reliability of Reliability Diagrams, 2007): where
the share that came true would fall 95 % of the time, by luck alone, if the promise were kept exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.model.metrics import Evaluation
from core.model.probabilities import calibration_error
from core.model.promises import RELIABILITY_BINS
from core.wording.language import in_a_row, phrase, say, say_count
from pages.components.shared.number_text import percent_text


@dataclass(frozen=True, slots=True)
class ReliabilityPoint:
    """One bin of confidence: what was promised, what came true (fractions), on how many candles."""

    promised: float
    came_true: float
    n: int

    @property
    def band(self) -> tuple[float, float]:
        """Where ``came_true`` lies 95 % of the time if the promise is kept, every candle counted as independent."""
        return luck_band(self.n, self.promised)

    @property
    def kept(self) -> bool:
        low, high = self.band
        return low <= self.came_true <= high

    @property
    def error(self) -> float:
        """How much more was promised than came true."""
        return self.promised - self.came_true


def luck_band(n: int, promised: float) -> tuple[float, float]:
    """The 2.5 % and 97.5 % quantiles of the share that comes true of ``n`` independent candles, each as likely as promised.

    The binomial distribution summed from its middle outwards, where all of its weight is; exact to the candle.
    """
    if not 0 < promised < 1:
        return promised, promised
    middle, reach = n * promised, 12 * math.sqrt(n * promised * (1 - promised)) + 40
    came_true = np.arange(max(0, math.floor(middle - reach)), min(n, math.ceil(middle + reach)) + 1)
    steps = np.log((n - came_true[:-1]) / came_true[1:]) + math.log(promised / (1 - promised))
    logarithms = np.concatenate([[0.0], np.cumsum(steps)])
    weights = np.exp(logarithms - logarithms.max())
    reached = np.cumsum(weights) / weights.sum()
    low, high = came_true[reached.searchsorted((0.025, 0.975))]
    return float(low) / n, float(high) / n


def reliability_points(test: Evaluation) -> list[ReliabilityPoint]:
    """The bins that hold predictions, from the least to the most confident."""
    return pooled_points([test])


def pooled_points(tests: Iterable[Evaluation]) -> list[ReliabilityPoint]:
    """As reliability_points, every candle of every model's test counted alike."""
    n = [0] * RELIABILITY_BINS
    promised = [0.0] * RELIABILITY_BINS
    came_true = [0.0] * RELIABILITY_BINS
    for test in tests:
        for place, b in enumerate(test.reliability):
            if b.n and b.mean_confidence is not None and b.accuracy is not None:
                n[place] += b.n
                promised[place] += b.n * b.mean_confidence
                came_true[place] += b.n * b.accuracy
    return [
        ReliabilityPoint(p / count, c / count, count)
        for count, p, c in zip(n, promised, came_true, strict=True)
        if count
    ]


class Point(Protocol):
    """So many predictions that promised a share on average, and the share that came true."""

    @property
    def promised(self) -> float: ...
    @property
    def came_true(self) -> float: ...
    @property
    def n(self) -> int: ...
    @property
    def kept(self) -> bool: ...


def error_of(points: Sequence[Point]) -> float:
    """Expected calibration error of the points."""
    return calibration_error([p.n for p in points], [p.promised for p in points], [p.came_true for p in points])


def reliability_sentence(points: Sequence[ReliabilityPoint]) -> str:
    """What the reliability chart shows now."""
    if not points:
        return say("There is no tested model here, so nothing can be said about its promises.")
    total = sum(p.n for p in points)
    broken = [p for p in points if not p.kept]
    off = say_count(
        "On {count} test candle the promises are off by {points:.1f} points on average.",
        "On {count} test candles the promises are off by {points:.1f} points on average.",
        total,
        points=error_of(points) * 100,
    )
    return in_a_row(off, _luck_sentence(points, broken))


def _luck_sentence(points: Sequence[ReliabilityPoint], broken: Sequence[ReliabilityPoint]) -> str:
    if not broken:
        return say_count(
            "The one bin lies within what luck alone allows: as far as this test can tell, yes.",
            "All {count} bins lie within what luck alone allows: as far as this test can tell, yes.",
            len(points),
        )
    outside = (
        say("The one bin lies outside what luck alone allows.")
        if len(points) == 1
        else say_count(
            "{count} of {bins} bins lies outside what luck alone allows.",
            "{count} of {bins} bins lie outside what luck alone allows.",
            len(broken),
            bins=len(points),
        )
    )
    worst = max(broken, key=lambda p: abs(p.error) * p.n)
    text = (
        phrase(
            "The one that weighs most: {promised} was promised, {came_true} came true (n = {n:,}), too sure of itself by "
            "{points:.1f} points."
        )
        if worst.error > 0
        else phrase(
            "The one that weighs most: {promised} was promised, {came_true} came true (n = {n:,}), too modest by "
            "{points:.1f} points."
        )
    )
    weighs = say(
        text,
        promised=percent_text(worst.promised),
        came_true=percent_text(worst.came_true),
        n=worst.n,
        points=abs(worst.error) * 100,
    )
    return in_a_row(outside, weighs)
