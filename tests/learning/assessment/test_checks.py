from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from core.domain import Timeframe
from core.learning.assessment.checks import agreement, calibration_error_by_chance, kinds, peeking_features
from core.learning.assessment.comparison import Judgement
from core.learning.assessment.predictions import Published
from core.learning.datasets import build_dataset, shipped_fold, with_shuffled_labels
from core.learning.evaluation import confidence_error
from core.learning.recipes import RECIPES
from core.market.candles import open_times_ms
from core.model.features import FEATURES, calculate_features
from tests.made_candles import make_candles


@dataclass
class Record:
    """What ``kinds`` asks of a model's metrics."""

    kind: str
    network_share: float


ALONE = Record("cnn_lstm", 1.0)


@pytest.mark.parametrize(
    ("records", "sentence"),
    [
        ({"AAAUSDT": ALONE, "BBBUSDT": ALONE}, "All 2 published models are a CNN-LSTM alone."),
        (
            {"AAAUSDT": Record("ensemble", 0.6), "BBBUSDT": Record("ensemble", 0.6)},
            "2 of 2 published models are ensembles, in which the CNN-LSTM has 60% of the weight in timing.",
        ),
        (
            {"AAAUSDT": Record("ensemble", 0.6), "BBBUSDT": Record("ensemble", 0.4), "CCCUSDT": ALONE},
            "2 of 3 published models are ensembles, in which the CNN-LSTM has 40% to 60% of the weight in timing. "
            "CCCUSDT: a CNN-LSTM alone.",
        ),
    ],
)
def test_a_sentence_says_which_published_models_are_ensembles(records: dict[str, Record], sentence: str) -> None:
    assert kinds(Published(pd.DataFrame(), records, {})) == sentence  # type: ignore[arg-type]


@dataclass
class Measured:
    """What ``agreement`` asks of a model's metrics."""

    n: int
    log_loss: float

    @property
    def test(self) -> Measured:
        return self


@pytest.mark.parametrize(
    ("measured", "sentence"),
    [
        ((1.06004, 1.05, 1.04), "The log loss in metrics.json agrees with what was measured here for 3 of 3 models."),
        (
            (1.06004, 1.0508, 1.0396),
            "The log loss in metrics.json agrees with what was measured here for 1 of 3 models; 2 more are off by at most "
            "0.0008 (BBBUSDT), as networks are that were trained on another kind of processor.",
        ),
        (
            (1.06004, 1.0508, 1.0450),
            "metrics.json does NOT agree with what was measured here for 1 models: CCCUSDT says 1.0400, measured 1.0450.",
        ),
    ],
)
def test_what_is_measured_anew_agrees_or_is_off_as_another_processor_rounds_or_is_named(
    measured: tuple[float, ...], sentence: str
) -> None:
    figures = {"AAAUSDT": Measured(9, 1.06), "BBBUSDT": Measured(9, 1.05), "CCCUSDT": Measured(9, 1.04)}
    coins = {symbol: {"n": 9, "log_loss": loss} for symbol, loss in zip(figures, measured, strict=True)}
    judged = Judgement("published", calls=True, coins=coins, losses={}, pooled=None)
    assert agreement(Published(pd.DataFrame(), figures, {}), judged) == sentence  # type: ignore[arg-type]


def predictions(candles: int, coins: int, seed: int = 0) -> pd.DataFrame:
    """Opinions that last 20 candles, as those of a model do."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet([6, 6, 6], size=candles * coins // 20).repeat(20, axis=0)
    times = pd.date_range("2025-01-01", periods=candles, freq="15min", tz="UTC")
    return pd.DataFrame(
        {
            "symbol": np.repeat([f"C{n}USDT" for n in range(coins)], candles),
            "open_time": np.tile(times, coins),
            "SHORT": p[:, 0],
            "NO_TRADE": p[:, 1],
            "LONG": p[:, 2],
        }
    )


def test_a_longer_period_leaves_less_to_chance() -> None:
    short, long = (calibration_error_by_chance(predictions(candles, 3)) for candles in (500, 8000))
    assert long.pooled < 0.6 * short.pooled
    assert long.worst < 0.6 * short.worst


def test_the_worst_coin_errs_more_than_all_together_and_limits_lie_above_means() -> None:
    found = calibration_error_by_chance(predictions(2000, 5))
    assert found.pooled < found.worst
    assert found.pooled < found.pooled_limit
    assert found.worst < found.worst_limit


def test_labels_that_hang_together_leave_more_to_chance_than_independent_ones() -> None:
    """Ignoring the overlap would hold a good model to a standard that none can meet."""
    frame = predictions(4000, 1)
    p = frame[["SHORT", "NO_TRADE", "LONG"]].to_numpy()
    rng = np.random.default_rng(3)
    independent = [
        confidence_error(p, (rng.random((len(p), 1)) > p.cumsum(axis=1)[:, :2]).sum(axis=1)) for _ in range(20)
    ]
    assert calibration_error_by_chance(frame).pooled > 1.5 * np.mean(independent)


def test_the_same_predictions_and_seed_give_the_same_figures() -> None:
    frame = predictions(500, 2)
    assert calibration_error_by_chance(frame) == calibration_error_by_chance(frame)
    assert calibration_error_by_chance(frame) != calibration_error_by_chance(frame, seed=1)


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
