from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from core.domain import Timeframe
from core.learning.datasets import cuts_for
from core.learning.folds import FOLDS, expanding_folds
from tests.made_candles import START_MS

DAY = 86_400_000


@given(days=st.integers(10, 2000), timeframe=st.sampled_from([Timeframe.M15, Timeframe.H1]))
def test_test_periods_follow_one_another_and_the_last_is_that_of_published_models(
    days: int, timeframe: Timeframe
) -> None:
    last_open = START_MS + days * DAY - timeframe.milliseconds
    folds = expanding_folds(START_MS, last_open, timeframe)
    assert [fold.number for fold in folds] == list(range(1, FOLDS + 1))
    assert folds[-1].cuts == cuts_for(START_MS, last_open, timeframe)
    assert folds[-1].end == START_MS + days * DAY
    for earlier, later in itertools.pairwise(folds):
        assert earlier.end == later.cuts.test
        assert earlier.cuts.test < later.cuts.test
    for fold in folds:
        assert START_MS < fold.cuts.validation < fold.cuts.test < fold.end


def test_the_first_fold_still_has_a_quarter_of_the_history_to_learn_from() -> None:
    first = expanding_folds(START_MS, START_MS + 313 * DAY - 1, Timeframe.M15)[0]
    assert first.cuts.validation - START_MS >= 0.25 * 313 * DAY
    assert first.end - first.cuts.test == 28 * DAY


def test_one_fold_is_the_split_of_published_models() -> None:
    (only,) = expanding_folds(START_MS, START_MS + 100 * DAY, Timeframe.D1, count=1)
    assert only.cuts == cuts_for(START_MS, START_MS + 100 * DAY, Timeframe.D1)
