"""Folds: where history is cut into training, validation and test, once for shipped models and on earlier periods too.

All coins and markets that are trained together are cut at the same calendar instants, because coins move together: a
coin cut later would tell its neighbours' future. The same recipe judged on several periods in a row (walk-forward) does
not rest on one lucky month.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.domain import Timeframe
from core.learning.recipes import HeldOut

DAY_MS = 86_400_000
_WEEK_MS = 7 * DAY_MS
_VALIDATION_SHARE, _TEST_SHARE = 0.15, 0.20  # of a short history
_FIRST_HISTORY = 0.25  # of all history stays in front of the first fold's validation period


@dataclass(frozen=True, slots=True)
class Fold:
    """One split in time, counted from 1; instants in Unix milliseconds.

    Training ends at ``validation``, validation at ``test``; what happens at ``end`` or later is unknown to it.
    """

    number: int
    validation: int
    test: int
    end: int


def shipped_fold(first_open_ms: int, last_open_ms: int, timeframe: Timeframe, held_out: HeldOut) -> Fold:
    """The fold of published models, of candles of which the earliest and latest open at these times.

    The test period is the last one. Cuts fall on UTC midnights unless the history is shorter than three weeks.
    """
    return walk_forward(first_open_ms, last_open_ms, timeframe, held_out, count=1)[-1]


def walk_forward(
    first_open_ms: int, last_open_ms: int, timeframe: Timeframe, held_out: HeldOut, count: int
) -> tuple[Fold, ...]:
    """Folds whose test periods follow one another without overlap, each with all history before it to learn from.

    The last is the one that shipped models are made with. The earlier test periods are as long as its own, or
    shorter (whole weeks, if there are any) where the first fold would be left with less than a quarter of the
    history. Every fold has the validation length of the last.
    """
    end = last_open_ms + timeframe.milliseconds
    validation_cut, test_cut = _cuts(first_open_ms, end, timeframe, held_out)
    spare = validation_cut - first_open_ms - int(_FIRST_HISTORY * (end - first_open_ms))
    length = min(end - test_cut, spare // max(1, count - 1))
    grid = next((step for step in (_WEEK_MS, DAY_MS) if length >= step), timeframe.milliseconds)
    length = length // grid * grid
    tests = [test_cut - back * length for back in range(count - 1, -1, -1)]
    ends = [*tests[1:], end]
    return tuple(
        Fold(number, test - (test_cut - validation_cut), test, until)
        for number, (test, until) in enumerate(zip(tests, ends, strict=True), start=1)
    )


def _cuts(first_open_ms: int, end: int, timeframe: Timeframe, held_out: HeldOut) -> tuple[int, int]:
    """Where training and validation end in the fold of published models."""
    span = end - first_open_ms
    test_length = min(held_out.test_days * DAY_MS, int(span * _TEST_SHARE))
    validation_length = min(held_out.validation_days * DAY_MS, int(span * _VALIDATION_SHARE))
    grid = DAY_MS if span >= 21 * DAY_MS else timeframe.milliseconds
    test = (end - test_length) // grid * grid
    return (test - validation_length) // grid * grid, test
