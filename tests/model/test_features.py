from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Timeframe
from core.market.candles import CandleArrays, candle_frame, open_times_ms
from core.model.barriers import HORIZON_CANDLES
from core.model.features import (
    DESCRIBED,
    DIRECTIONAL_FEATURES,
    FEATURES,
    WARM_UP_CANDLES,
    calculate_features,
    feature_matrix,
    newest_features,
    weekend_share_ahead,
)
from tests.laws import tried
from tests.made_candles import START_MS, make_candles

TIMEFRAMES = list(Timeframe)


def with_prices(candles: pd.DataFrame, rows: slice | int, **columns: float | np.ndarray) -> pd.DataFrame:
    changed = candles.copy()
    for name, values in columns.items():
        changed.loc[changed.index[rows], name] = values
    return changed


def features_of(candles: pd.DataFrame, timeframe: Timeframe) -> np.ndarray:
    return feature_matrix(CandleArrays.of(candles), timeframe)


def column(matrix: np.ndarray, name: str) -> np.ndarray:
    return matrix[:, FEATURES.index(name)]


def test_there_are_fifteen_features_and_six_of_them_have_a_direction() -> None:
    assert len(set(FEATURES)) == 15
    assert len(DIRECTIONAL_FEATURES) == 6
    assert set(DIRECTIONAL_FEATURES) < set(FEATURES)


@pytest.mark.parametrize("timeframe", TIMEFRAMES)
def test_the_hundredth_candle_is_the_first_with_features_and_all_later_ones_have_them(timeframe: Timeframe) -> None:
    features = calculate_features(make_candles(300, timeframe), timeframe)
    assert list(features.columns) == list(FEATURES)
    assert features.iloc[: WARM_UP_CANDLES - 1].isna().all(axis=None)
    assert np.isfinite(features.iloc[WARM_UP_CANDLES - 1 :]).all(axis=None)


def test_fewer_candles_than_the_warm_up_give_no_features_but_one_row_each() -> None:
    for n in (0, 1, 15, 99):
        features = calculate_features(make_candles(300).iloc[:n], Timeframe.M15)
        assert features.shape == (n, 15)
        assert features.isna().all(axis=None)


@tried(25)
@given(seed=st.integers(0, 1000), end=st.integers(WARM_UP_CANDLES, 260), timeframe=st.sampled_from(TIMEFRAMES))
def test_features_do_not_change_when_later_candles_arrive(seed: int, end: int, timeframe: Timeframe) -> None:
    candles = make_candles(260, timeframe, seed)
    whole = features_of(candles, timeframe)
    np.testing.assert_array_equal(features_of(candles.iloc[:end], timeframe), whole[:end])


@tried(25)
@given(seed=st.integers(0, 1000), row=st.integers(WARM_UP_CANDLES, 259), timeframe=st.sampled_from(TIMEFRAMES))
def test_nothing_peeks_at_the_next_candle(seed: int, row: int, timeframe: Timeframe) -> None:
    candles = make_candles(260, timeframe, seed)
    other = with_prices(
        candles, row, high=candles["high"].iloc[row] * 1.4, close=candles["high"].iloc[row] * 1.3, volume=1e9
    )
    before, after = features_of(candles, timeframe), features_of(other, timeframe)
    np.testing.assert_array_equal(after[:row], before[:row])
    assert not np.array_equal(after[row], before[row])


@tried(20)
@given(seed=st.integers(0, 1000), factor=st.sampled_from([1e-6, 0.037, 3.0, 1234.5, 1e5]))
def test_features_know_neither_the_price_scale_nor_the_volume_scale(seed: int, factor: float) -> None:
    candles = make_candles(220, seed=seed)
    scaled = candles.copy()
    scaled[["open", "high", "low", "close"]] *= factor
    scaled["volume"] *= factor
    # Directional movement breaks ties by the order of floats, so the comparison has a tolerance.
    np.testing.assert_allclose(
        features_of(scaled, Timeframe.M15), features_of(candles, Timeframe.M15), rtol=0, atol=1e-6
    )


def test_a_crash_candle_of_31_atr_leaves_every_feature_finite_and_the_crash_visible() -> None:
    candles = make_candles(400)
    close = candles["close"].iloc[250]
    atr = close * np.exp(column(features_of(candles, Timeframe.M15), "atr_pct")[250])
    crash = with_prices(
        candles, 250, open=close, high=close, low=max(close - 31 * atr, close * 0.1), close=close - 4 * atr, volume=1e8
    )
    features = features_of(crash, Timeframe.M15)
    assert np.isfinite(features[WARM_UP_CANDLES - 1 :]).all()
    assert column(features, "tr4_rel")[250] > column(features, "tr4_rel")[249] + 0.5
    assert column(features, "vol_rel")[250] > 3


@pytest.mark.parametrize("timeframe", TIMEFRAMES)
def test_a_feed_that_flat_lines_or_trades_nothing_stays_finite(timeframe: Timeframe) -> None:
    candles = make_candles(600, timeframe)
    dead = candles["close"].iloc[200]
    for flat in (slice(200, 500), slice(0, 600)):
        still = with_prices(candles, flat, open=dead, high=dead, low=dead, close=dead, volume=0.0)
        assert np.isfinite(features_of(still, timeframe)[WARM_UP_CANDLES - 1 :]).all()
    silent = with_prices(candles, slice(0, 600), volume=0.0)
    assert np.isfinite(features_of(silent, timeframe)[WARM_UP_CANDLES - 1 :]).all()


@pytest.mark.slow
@tried(30)
@given(data=st.data(), n=st.integers(WARM_UP_CANDLES, 160))
def test_any_legal_candles_give_finite_features(data: st.DataObject, n: int) -> None:
    moves = data.draw(st.lists(st.sampled_from([-2.0, -0.1, -1e-9, 0.0, 1e-9, 0.1, 2.0]), min_size=n, max_size=n))
    wicks = data.draw(st.lists(st.sampled_from([0.0, 1e-12, 0.01, 1.5]), min_size=n, max_size=n))
    volumes = data.draw(st.lists(st.sampled_from([0.0, 1e-9, 1.0, 1e12]), min_size=n, max_size=n))
    close = np.exp(np.clip(np.cumsum(moves), -20, 20))
    open_ = np.concatenate([[1.0], close[:-1]])
    high = np.maximum(open_, close) * np.exp(wicks)
    low = np.minimum(open_, close) * np.exp(-np.array(wicks))
    times = START_MS + np.arange(n) * Timeframe.H1.milliseconds
    candles = candle_frame(times, open_, high, low, close, np.array(volumes))
    assert np.isfinite(features_of(candles, Timeframe.H1)[WARM_UP_CANDLES - 1 :]).all()


def test_a_gap_starts_the_warm_up_again() -> None:
    candles = make_candles(400).drop(index=250).reset_index(drop=True)
    features = calculate_features(candles, Timeframe.M15)
    assert features.iloc[250 : 250 + WARM_UP_CANDLES - 1].isna().all(axis=None)
    assert features.iloc[250 + WARM_UP_CANDLES - 1 :].notna().all(axis=None)
    alone = calculate_features(candles.iloc[250:], Timeframe.M15)
    pd.testing.assert_frame_equal(features.iloc[250:], alone)


def test_features_are_indexed_by_open_time_and_leave_the_candles_as_they_were() -> None:
    candles = make_candles(150)
    before = candles.copy()
    features = calculate_features(candles, Timeframe.M15)
    assert list(features.index) == list(candles["open_time"])
    pd.testing.assert_frame_equal(candles, before)


@pytest.mark.parametrize(("history", "tolerance"), [(300, 0.08), (500, 0.005)])
def test_a_shorter_history_changes_features_only_within_the_stated_tolerance(history: int, tolerance: float) -> None:
    candles = make_candles(3000)
    long = features_of(candles, Timeframe.M15)
    deviation = np.nanstd(long, axis=0)
    for end in range(1000, 3000, 125):
        short = features_of(candles.iloc[end - history : end], Timeframe.M15)
        assert (np.abs(short[-1] - long[end - 1]) <= tolerance * deviation).all()


@tried(20)
@given(seed=st.integers(0, 1000))
def test_a_chart_turned_upside_down_turns_the_sign_of_directional_features_only(seed: int) -> None:
    # Small moves, so that the mirror image of a price is also that of its logarithm.
    candles = make_candles(200, seed=seed)
    middle = 100.0
    prices = middle + (candles[["open", "high", "low", "close"]] - middle) * 1e-4
    calm = candles.assign(**prices)
    mirrored = candles.assign(
        open=2 * middle - calm["open"],
        high=2 * middle - calm["low"],
        low=2 * middle - calm["high"],
        close=2 * middle - calm["close"],
    )
    signs = np.array([-1.0 if name in DIRECTIONAL_FEATURES else 1.0 for name in FEATURES])
    np.testing.assert_allclose(
        features_of(mirrored, Timeframe.M15), features_of(calm, Timeframe.M15) * signs, rtol=0, atol=0.01
    )


@pytest.mark.parametrize("timeframe", TIMEFRAMES)
def test_the_weekend_ahead_is_the_share_of_the_next_candles_that_open_on_one(timeframe: Timeframe) -> None:
    candles = make_candles(900, timeframe)
    opens = pd.DatetimeIndex(candles["open_time"])
    weekend = (opens.day_of_week >= 5).astype(float)
    share = weekend_share_ahead(open_times_ms(candles) + timeframe.milliseconds, timeframe)
    for row in range(0, 900 - HORIZON_CANDLES, 7):
        assert share[row] == pytest.approx(weekend[row + 1 : row + 1 + HORIZON_CANDLES].mean())


def test_the_season_is_the_range_that_followed_this_hour_yesterday() -> None:
    quiet = make_candles(300)
    day = 96
    features = features_of(quiet, Timeframe.M15)
    high, low, close = (quiet[c].to_numpy() for c in ("high", "low", "close"))
    before = np.concatenate([[np.nan], close[:-1]])
    true_range = np.maximum(high, before) - np.minimum(low, before)
    for row in range(150, 300, 10):
        atr = close[row] * np.exp(column(features, "atr_pct")[row])
        yesterday = true_range[row - day + 1 : row - day + 1 + HORIZON_CANDLES].mean()
        assert column(features, "season1")[row] == pytest.approx(np.log(yesterday / atr + 0.05))


@pytest.mark.parametrize(("timeframe", "week", "ahead"), [(Timeframe.H4, 42, 16), (Timeframe.D1, 7, 7)])
def test_from_4h_on_the_season_is_the_mean_range_one_two_and_four_weeks_ago_as_far_as_the_candles_go(
    timeframe: Timeframe, week: int, ahead: int
) -> None:
    candles = make_candles(260, timeframe)
    features = features_of(candles, timeframe)
    high, low, close = (candles[c].to_numpy() for c in ("high", "low", "close"))
    before = np.concatenate([[np.nan], close[:-1]])
    true_range = np.maximum(high, before) - np.minimum(low, before)
    for row in (99, 120, 167, 168, 169, 200, 259):
        starts = [row - weeks * week + 1 for weeks in (1, 2, 4)]
        seasons = [true_range[start : start + ahead].mean() for start in starts if start >= 1]
        atr = close[row] * np.exp(column(features, "atr_pct")[row])
        assert column(features, "season1")[row] == pytest.approx(np.log(np.mean(seasons) / atr + 0.05))
    assert len(seasons) == 3


def test_the_newest_rows_alone_are_what_they_are_among_all_rows():
    candles = CandleArrays.of(make_candles(400))
    for newest in (1, 48, 301):
        whole = feature_matrix(candles, Timeframe.M15)
        np.testing.assert_array_equal(newest_features([candles], Timeframe.M15, newest)[0][0], whole[-newest:])


def test_every_feature_says_what_it_means_and_in_which_unit() -> None:
    assert all(feature.meaning and feature.unit for feature in DESCRIBED)
    assert len({feature.name for feature in DESCRIBED}) == len(DESCRIBED) == len(FEATURES)
