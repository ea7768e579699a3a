"""Walk-forward folds: the same recipe judged on several periods in a row, so that no figure rests on one lucky month."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain import Timeframe
from core.learning.datasets import Cuts, cuts_for

FOLDS = 5

_DAY_MS = 86_400_000
_WEEK_MS = 7 * _DAY_MS
_FIRST_HISTORY = 0.25  # of all history stays in front of the first fold's validation period


@dataclass(frozen=True, slots=True)
class Fold:
    """One split in time, counted from 1; what happens at ``end`` (Unix milliseconds) or later is unknown to it."""

    number: int
    cuts: Cuts
    end: int


def expanding_folds(
    first_open_ms: int, last_open_ms: int, timeframe: Timeframe, count: int = FOLDS
) -> tuple[Fold, ...]:
    """Folds whose test periods follow one another without overlap, each with all history before it to learn from.

    The last is the split that shipped models are made with. The earlier test periods are as long as its own, or
    shorter (whole weeks, if there are any) where the first fold would be left with less than a quarter of the
    history. Every fold has the validation length of the last.
    """
    shipped = cuts_for(first_open_ms, last_open_ms, timeframe)
    end = last_open_ms + timeframe.milliseconds
    validation = shipped.test - shipped.validation
    spare = shipped.validation - first_open_ms - int(_FIRST_HISTORY * (end - first_open_ms))
    length = min(end - shipped.test, spare // max(1, count - 1))
    grid = next((step for step in (_WEEK_MS, _DAY_MS) if length >= step), timeframe.milliseconds)
    length = length // grid * grid
    tests = [shipped.test - back * length for back in range(count - 1, -1, -1)]
    ends = [*tests[1:], end]
    return tuple(
        Fold(number, Cuts(test - validation, test), until)
        for number, (test, until) in enumerate(zip(tests, ends, strict=True), start=1)
    )
