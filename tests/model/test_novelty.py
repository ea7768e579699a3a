"""Ordinary candles are within the limit; a crash, a dead feed, a split and a wrong volume are not."""

import numpy as np
import pytest

from core.domain import Timeframe
from core.findings import UnfamiliarCandle
from core.market.candles import CandleArrays, candle_frame
from core.market.clock import ManualClock
from core.market.simulated import SimulatedMarket
from core.model.features import DIRECTIONAL_FEATURES, FEATURES, calculate_features
from core.model.novelty import ORDINARY_SHARE, NoveltyLimit, distances, fit_novelty_limit, unfamiliar
from tests.applications import NOON

M15 = Timeframe.M15


@pytest.fixture(scope="module")
def candles():
    return SimulatedMarket(seed=5, clock=ManualClock(NOON)).candles("ETHUSDT", M15, 6000)


@pytest.fixture(scope="module")
def yardstick(candles):
    """Mean, scale and limit learned from the first 5,000 candles, the limit set on the next 700."""
    features = calculate_features(candles, M15).to_numpy()[100:]
    train = features[:4900]
    mean, scale = train.mean(axis=0), train.std(axis=0)
    mean[[FEATURES.index(name) for name in DIRECTIONAL_FEATURES]] = 0.0
    return mean, scale, fit_novelty_limit((train - mean) / scale, (features[4900:5600] - mean) / scale)


def newest_distance(yardstick, candles):
    mean, scale, limit = yardstick
    features = calculate_features(candles, M15).to_numpy()[-1:]
    return distances((features - mean) / scale, limit.precision)[0] / limit.limit


def changed(candles, rows, change):
    """The newest 500 candles with ``change`` applied to the arrays of ``rows``."""
    arrays = CandleArrays.of(candles.iloc[-500:])
    columns = {name: getattr(arrays, name).copy() for name in ("open", "high", "low", "close", "volume")}
    change(columns, rows)
    return candle_frame(arrays.open_time_ms, *columns.values())


def crash(columns, rows):
    """A candle with a range of 20 ATR and 30 times the volume."""
    fall = 20 * np.mean(columns["high"][-100:-1] - columns["low"][-100:-1])
    columns["low"][rows] -= fall
    columns["close"][rows] -= 0.7 * fall
    columns["volume"][rows] *= 30


def flat(columns, rows):
    for name in ("open", "high", "low", "close"):
        columns[name][rows] = columns["close"][rows][0]
    columns["volume"][rows] = 0.0


def split(columns, rows):
    for name in ("open", "high", "low", "close"):
        columns[name][rows] /= 10


def volume_in_thousands(columns, rows):
    columns["volume"][rows] /= 1000


def volume_in_quote_currency(columns, rows):
    columns["volume"][rows] *= 4000


@pytest.mark.parametrize(
    ("change", "rows"),
    [
        (crash, slice(-1, None)),
        (flat, slice(-20, None)),
        (split, slice(-1, None)),
        (volume_in_thousands, slice(-1, None)),
        (volume_in_quote_currency, slice(-1, None)),
    ],
)
def test_what_no_model_was_trained_for_is_beyond_the_limit(yardstick, candles, change, rows):
    assert newest_distance(yardstick, changed(candles, rows, change)) > 1


def test_an_ordinary_volatile_day_is_within_it(yardstick, candles):
    def twice_as_restless(columns, rows):
        middle = (columns["open"][rows] + columns["close"][rows]) / 2
        for name in ("open", "high", "low", "close"):
            columns[name][rows] = middle + 2 * (columns[name][rows] - middle)
        columns["volume"][rows] *= 2

    assert newest_distance(yardstick, changed(candles, slice(-96, None), twice_as_restless)) < 1


def test_about_two_per_cent_of_the_candles_it_was_set_on_are_beyond_it(yardstick, candles):
    mean, scale, limit = yardstick
    validation = (calculate_features(candles, M15).to_numpy()[5000:5700] - mean) / scale
    beyond = (distances(validation, limit.precision) > limit.limit).mean()
    assert beyond == pytest.approx(1 - ORDINARY_SHARE, abs=0.002)


def test_a_novel_candle_names_the_feature_that_is_farthest_off_and_an_ordinary_one_beside_it_does_not():
    limit = NoveltyLimit(np.eye(15), 4.0)
    candles = np.zeros((2, 15))
    candles[1, 10] = -7.0
    assert unfamiliar(candles, [limit, limit]) == [
        None,
        UnfamiliarCandle(7.0, 4.0, ORDINARY_SHARE, "vol_rel", -7.0),
    ]


def test_each_candle_is_measured_by_the_limit_of_its_own_model():
    near, far = NoveltyLimit(np.eye(15), 4.0), NoveltyLimit(np.eye(15) / 4, 4.0)
    alike = np.full((2, 15), 1.5)
    beyond = unfamiliar(alike, [near, far])
    assert beyond[0] is not None and beyond[1] is None


def test_a_feature_that_never_varied_in_training_counts_once_it_does():
    train = np.random.default_rng(0).normal(size=(500, 15))
    train[:, 13] = 0.0
    limit = fit_novelty_limit(train, train)
    strange = np.zeros((1, 15))
    strange[0, 13] = 10.0
    assert distances(strange, limit.precision)[0] == pytest.approx(10.0)
