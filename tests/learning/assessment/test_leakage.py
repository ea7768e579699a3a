from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.domain import Timeframe
from core.learning.assessment.leakage import peeking_features
from core.learning.datasets import build_dataset, with_shuffled_labels
from core.learning.folds import shipped_fold
from core.learning.recipes import RECIPES
from core.market.candles import open_times_ms
from core.model.features import FEATURES, calculate_features
from tests.made_candles import make_candles

ENDS = (100, 150, 259, 299)


@pytest.mark.parametrize("timeframe", list(Timeframe))
def test_no_real_feature_changes_when_later_candles_arrive(timeframe: Timeframe) -> None:
    assert peeking_features(calculate_features, make_candles(300, timeframe), timeframe, ENDS) == ()


def test_a_feature_that_peeks_one_candle_ahead_is_caught() -> None:
    def with_a_peek(candles: pd.DataFrame, timeframe: Timeframe) -> pd.DataFrame:
        next_return = np.log(candles["close"].shift(-1) / candles["close"]).to_numpy()
        return calculate_features(candles, timeframe).assign(ret1=next_return)

    assert peeking_features(with_a_peek, make_candles(300), Timeframe.M15, ENDS) == ("ret1",)


def test_a_feature_scaled_by_the_whole_history_is_caught() -> None:
    def scaled(candles: pd.DataFrame, timeframe: Timeframe) -> pd.DataFrame:
        features = calculate_features(candles, timeframe)
        return features.assign(vol_rel=features["vol_rel"] / features["vol_rel"].std())

    assert peeking_features(scaled, make_candles(300), Timeframe.M15, ENDS) == ("vol_rel",)


def test_shuffled_labels_stay_in_their_period_and_lose_their_candle() -> None:
    candles = make_candles(1500)
    times = open_times_ms(candles)
    fold = shipped_fold(int(times[0]), int(times[-1]), Timeframe.M15, RECIPES[Timeframe.M15].held_out)
    dataset = build_dataset(candles, Timeframe.M15, fold)
    shuffled = with_shuffled_labels(dataset, np.random.default_rng(0))
    for split in ("train", "validation", "test"):
        mine, theirs = (each.loc[each["split"] == split, "label"].to_numpy() for each in (dataset, shuffled))
        assert np.bincount(mine).tolist() == np.bincount(theirs).tolist()
        assert (mine != theirs).mean() > 0.5
    pd.testing.assert_frame_equal(dataset[list(FEATURES)], shuffled[list(FEATURES)])
