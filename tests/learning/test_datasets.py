from __future__ import annotations

import itertools
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Timeframe
from core.learning.datasets import (
    FIRST_USABLE,
    Fold,
    TooLittleHistory,
    build_dataset,
    require_enough_history,
    shipped_fold,
    until_the_end,
    walk_forward,
)
from core.learning.recipes import RECIPES, HeldOut
from core.market.candles import open_times_ms
from core.model.barriers import HORIZON_CANDLES
from core.model.features import FEATURES, calculate_features
from core.model.scores import blocks_of
from tests.made_candles import START_MS, make_candles
from tests.problems import RULE

DAY = 86_400_000
STEP = Timeframe.M15.milliseconds
HELD_OUT = HeldOut(validation_days=42, test_days=56)


def cut_at(validation_row: int, test_row: int) -> Fold:
    return Fold(1, START_MS + validation_row * STEP, START_MS + test_row * STEP, end=START_MS + 1000 * STEP)


@pytest.fixture(scope="module")
def candles() -> pd.DataFrame:
    return make_candles(1000)


def rows_of(dataset: pd.DataFrame, split: str) -> np.ndarray:
    return np.flatnonzero(dataset["split"] == split)


def test_every_candle_keeps_its_row_with_features_label_and_split(candles: pd.DataFrame) -> None:
    dataset = build_dataset(candles, Timeframe.M15, cut_at(600, 800))
    assert list(dataset.columns) == ["open_time", *FEATURES, "label", "candles_to_barrier", "block", "split"]
    assert len(dataset) == len(candles)
    expected = calculate_features(candles, Timeframe.M15).to_numpy(dtype=np.float32)
    np.testing.assert_array_equal(dataset[list(FEATURES)].to_numpy(), expected)


def test_periods_follow_one_another_and_no_label_looks_past_its_cut(candles: pd.DataFrame) -> None:
    dataset = build_dataset(candles, Timeframe.M15, cut_at(600, 800))
    assert rows_of(dataset, "train").tolist() == list(range(FIRST_USABLE, 600 - HORIZON_CANDLES))
    assert rows_of(dataset, "validation").tolist() == list(range(600, 800 - HORIZON_CANDLES))
    assert rows_of(dataset, "test").tolist() == list(range(800, 1000 - HORIZON_CANDLES))


def test_what_happens_after_a_cut_leaves_the_earlier_periods_untouched(candles: pd.DataFrame) -> None:
    other = candles.copy()
    other.loc[800:, ["open", "high", "low", "close"]] *= 3
    for cut, periods in ((800, ("train", "validation")), (600, ("train",))):
        other = candles.copy()
        other.loc[cut:, ["open", "high", "low", "close"]] *= 3
        mine, theirs = (build_dataset(c, Timeframe.M15, cut_at(600, 800)) for c in (candles, other))
        for period in periods:
            rows = rows_of(mine, period)
            pd.testing.assert_frame_equal(mine.iloc[rows], theirs.iloc[rows])


def test_a_window_across_a_gap_is_not_used(candles: pd.DataFrame) -> None:
    gapped = candles.drop(index=300).reset_index(drop=True)
    used = rows_of(build_dataset(gapped, Timeframe.M15, cut_at(600, 800)), "train")
    assert not set(used) & set(range(300 - HORIZON_CANDLES, 300 + FIRST_USABLE))
    assert 300 + FIRST_USABLE in used


def test_another_market_is_cut_at_the_same_instant_though_it_has_other_candles() -> None:
    fold = cut_at(600, 800)
    earlier = make_candles(1700, seed=5, start_ms=START_MS - 700 * STEP)
    dataset = build_dataset(earlier, Timeframe.M15, fold)
    train = dataset.iloc[rows_of(dataset, "train")]
    ends = open_times_ms(train) + (HORIZON_CANDLES + 1) * STEP
    assert ends.max() == fold.validation


@pytest.mark.parametrize("timeframe", list(Timeframe))
@pytest.mark.parametrize("count", [20, 150, 300, 500])
def test_too_little_history_of_a_lone_coin_says_how_much_is_missing(timeframe: Timeframe, count: int) -> None:
    """With so many candles more there is enough; a day of them less does not do, since cuts fall on midnights."""
    missing = missing_candles(lone_coin(count, timeframe), timeframe)
    require_enough_history(lone_coin(count + missing, timeframe), timeframe, RECIPES[timeframe].held_out)
    with pytest.raises(TooLittleHistory):
        a_day_less = lone_coin(count + missing - max(1, 1440 // timeframe.minutes), timeframe)
        require_enough_history(a_day_less, timeframe, RECIPES[timeframe].held_out)


def test_too_little_history_among_coins_with_more_says_how_much_is_missing() -> None:
    newest = START_MS + 1000 * Timeframe.D1.milliseconds
    fold = shipped_fold(START_MS, newest, Timeframe.D1, RECIPES[Timeframe.D1].held_out)

    def young(count: int) -> pd.DataFrame:
        start = newest - (count - 1) * Timeframe.D1.milliseconds
        return build_dataset(make_candles(count, Timeframe.D1, start_ms=start), Timeframe.D1, fold)

    missing = missing_candles(young(400), Timeframe.D1)
    require_enough_history(young(400 + missing), Timeframe.D1, RECIPES[Timeframe.D1].held_out)
    assert missing_candles(young(400 + missing - 1), Timeframe.D1) == 1


def lone_coin(count: int, timeframe: Timeframe) -> pd.DataFrame:
    """The dataset of a coin that is alone in its folder, ending always at the same instant."""
    start = START_MS + (1000 - count) * timeframe.milliseconds
    times = start, start + (count - 1) * timeframe.milliseconds
    fold = shipped_fold(*times, timeframe, RECIPES[timeframe].held_out)
    return build_dataset(make_candles(count, timeframe, start_ms=start), timeframe, fold)


def missing_candles(dataset: pd.DataFrame, timeframe: Timeframe) -> int:
    """How many candles the sentence says are missing."""
    with pytest.raises(TooLittleHistory, match=RULE) as error:
        require_enough_history(dataset, timeframe, RECIPES[timeframe].held_out)
    found = re.search(r"About (\d+) more candles of earlier history are missing", str(error.value))
    assert found is not None
    return int(found[1])


def test_a_coin_whose_candles_ended_before_the_test_period_is_told_so() -> None:
    dataset = build_dataset(make_candles(700), Timeframe.M15, cut_at(500, 800))
    with pytest.raises(TooLittleHistory, match="no labelled candle in the test period"):
        require_enough_history(dataset, Timeframe.M15, RECIPES[Timeframe.M15].held_out)


@pytest.mark.parametrize(("timeframe", "days"), [("15m", 1), ("1h", 1), ("4h", 3), ("1d", 16)])
def test_a_block_of_time_is_whole_days_and_as_long_as_a_label_may_look_ahead(timeframe: str, days: int) -> None:
    day = 86_400_000
    midnights = np.arange(20_000, 20_064) * day
    blocks = blocks_of(midnights, Timeframe(timeframe))
    assert len(np.unique(blocks)) == pytest.approx(64 / days, abs=1)
    np.testing.assert_array_equal(blocks_of(midnights + day - 1, Timeframe(timeframe)), blocks)


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


def test_until_the_end_nothing_is_left_to_test_and_validation_is_as_long_as_before() -> None:
    fold = Fold(5, validation=100, test=160, end=220)
    assert until_the_end(fold) == Fold(6, validation=160, test=220, end=220)
