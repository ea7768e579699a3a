from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Timeframe
from core.learning.datasets import build_dataset, cuts_for
from core.learning.walk_forward import FOLDS, expanding_folds, known_to
from core.market.candles import open_times_ms
from core.trade_levels import HORIZON_CANDLES
from tests.made_candles import START_MS, make_candles

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


@pytest.mark.parametrize("number", [1, 3, 5])
def test_no_label_of_a_fold_looks_past_its_cuts_or_its_end(number: int) -> None:
    timeframe = Timeframe.M15
    candles = make_candles(3000)
    times = open_times_ms(candles)
    fold = expanding_folds(int(times[0]), int(times[-1]), timeframe)[number - 1]
    dataset = build_dataset(known_to(fold, candles, timeframe), timeframe, fold.cuts)
    for split, limit in (("train", fold.cuts.validation), ("validation", fold.cuts.test), ("test", fold.end)):
        rows = dataset[dataset["split"] == split]
        assert len(rows)
        assert open_times_ms(rows).max() + (HORIZON_CANDLES + 1) * timeframe.milliseconds <= limit
