from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from core.domain import Timeframe
from core.learning.folds import Fold, shipped_fold, walk_forward
from core.learning.recipes import HeldOut
from tests.made_candles import START_MS

DAY = 86_400_000
STEP = Timeframe.M15.milliseconds
HELD_OUT = HeldOut(validation_days=42, test_days=56)


@given(days=st.integers(10, 2000), timeframe=st.sampled_from([Timeframe.M15, Timeframe.H1]))
def test_test_periods_follow_one_another_and_the_last_is_that_of_published_models(
    days: int, timeframe: Timeframe
) -> None:
    last_open = START_MS + days * DAY - timeframe.milliseconds
    folds = walk_forward(START_MS, last_open, timeframe, HELD_OUT, count=5)
    assert [fold.number for fold in folds] == list(range(1, 6))
    assert cuts_of(folds[-1]) == cuts_of(shipped_fold(START_MS, last_open, timeframe, HELD_OUT))
    assert folds[-1].end == START_MS + days * DAY
    for earlier, later in itertools.pairwise(folds):
        assert earlier.end == later.test
        assert earlier.test < later.test
    for fold in folds:
        assert START_MS < fold.validation < fold.test < fold.end


def test_the_first_fold_still_has_a_quarter_of_the_history_to_learn_from() -> None:
    first = walk_forward(START_MS, START_MS + 313 * DAY - 1, Timeframe.M15, HELD_OUT, count=5)[0]
    assert first.validation - START_MS >= 0.25 * 313 * DAY
    assert first.end - first.test == 28 * DAY


def test_cuts_keep_the_stated_lengths_on_a_long_history_and_shrink_on_a_short_one() -> None:
    long = shipped_fold(START_MS, START_MS + 500 * DAY - STEP, Timeframe.M15, HELD_OUT)
    assert (START_MS + 500 * DAY - long.test, long.test - long.validation) == (56 * DAY, 42 * DAY)
    short = shipped_fold(START_MS, START_MS + 60 * DAY - STEP, Timeframe.M15, HELD_OUT)
    assert (START_MS + 60 * DAY - short.test, short.test - short.validation) == (12 * DAY, 9 * DAY)
    assert long.test % DAY == long.validation % DAY == 0


def cuts_of(fold: Fold) -> tuple[int, int, int]:
    return fold.validation, fold.test, fold.end
