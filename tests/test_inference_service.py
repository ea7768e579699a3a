"""The first design's face of predictions: what is asked for as text comes back as text, and is remembered."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Timeframe
from core.errors import BadCandles, UnknownSymbol, UnknownTimeframe
from core.inference_service import InferenceService
from core.market.clock import ManualClock
from core.market.on_demand import OnDemandCandles
from tests.applications import NOON
from tests.drawn_once import DrawnOnce
from tests.hand_made_models import publish
from tests.laws import tried
from tests.signals.held_candles import ENOUGH, HeldCandles

M15 = Timeframe.M15


def test_a_prediction_is_remembered_until_a_new_candle_closes(life):
    first = life.service.predict("BTCUSDT", "15m")
    life.clock.advance(timedelta(minutes=14))
    life.feed.refresh_once()
    assert life.service.predict("BTC", "15m") is first
    life.clock.advance(timedelta(minutes=1))
    life.feed.refresh_once()
    assert life.service.predict("BTCUSDT", "15m").candle_open_time == "2025-09-03T12:00:00Z"


@pytest.mark.slow
def test_a_retrained_model_predicts_at_once(life):
    before = life.service.predict("BTCUSDT", "15m")
    publish(life.models_dir, "BTCUSDT", M15, seed=99, model_version="retrained")
    after = life.service.predict("BTCUSDT", "15m")
    assert after.model_version == "retrained"
    assert after.probabilities != before.probabilities


@pytest.mark.slow
def test_another_market_is_never_answered_from_memory_of_the_old_one(life):
    before = life.service.predict("BTCUSDT", "15m")
    life.feed.follow(DrawnOnce(seed=7, clock=life.clock))
    life.feed.refresh_once()
    assert life.service.predict("BTCUSDT", "15m").entry != before.entry


def test_the_levels_follow_the_models_geometry(life):
    for result in life.service.predict_timeframes("ETHUSDT").values():
        distance = abs(result.entry - result.stop_loss)
        sign = 1 if result.levels_side == "LONG" else -1
        targets = [result.take_profits[name] for name in ("tp1", "tp2", "tp3")]
        expected = [result.entry + sign * distance * n for n in (1, 2, 3)]
        assert targets == pytest.approx(expected, rel=1e-9)
        assert result.direction in (result.levels_side, "NO_TRADE")


def test_history_ends_with_what_predict_says_of_the_same_candles(long_candles, registry):
    service = InferenceService(HeldCandles(long_candles), registry)
    history = service.predict_history("BTCUSDT", "15m", long_candles)
    assert list(history.columns) == ["SHORT", "NO_TRADE", "LONG"]
    assert len(history) == len(long_candles) - ENOUGH + 1
    assert history.index[-1] == long_candles["open_time"].iloc[-1]
    np.testing.assert_allclose(history.sum(axis=1), 1.0)
    live = service.predict("BTC", "15m").probabilities
    # EMA100 sees 900 candles here and 500 there; that is worth less than 0.005 of its standard deviation.
    assert dict(history.iloc[-1]) == pytest.approx(live, abs=2e-3)
    as_held = service.predict_history("BTCUSDT", "15m", long_candles.iloc[-500:])
    assert dict(as_held.iloc[-1]) == pytest.approx(live, abs=1e-6)


@pytest.mark.slow
@tried(8)
@given(cut=st.integers(ENOUGH, 880))
def test_history_is_never_repainted_by_later_candles(cut, long_candles, registry):
    service = InferenceService(HeldCandles(long_candles), registry)
    whole = service.predict_history("BTCUSDT", "15m", long_candles)
    part = service.predict_history("BTCUSDT", "15m", long_candles.iloc[:cut])
    np.testing.assert_allclose(part, whole.loc[part.index], atol=1e-6)


def test_history_leaves_out_windows_that_span_a_gap(long_candles, registry):
    holed = long_candles.drop(index=range(400, 403)).reset_index(drop=True)
    history = InferenceService(HeldCandles(holed), registry).predict_history("BTCUSDT", "15m", holed)
    after_gap = history.index > long_candles["open_time"].iloc[402]
    assert (~after_gap).sum() == 400 - ENOUGH + 1
    assert after_gap.sum() == 900 - 403 - ENOUGH + 1


def test_history_of_too_few_candles_is_empty_with_its_columns(long_candles, registry):
    service = InferenceService(HeldCandles(long_candles), registry)
    history = service.predict_history("BTCUSDT", "15m", long_candles.iloc[: ENOUGH - 1])
    assert history.empty
    assert list(history.columns) == ["SHORT", "NO_TRADE", "LONG"]


def test_history_uses_closed_candles_only(long_candles, registry):
    source = HeldCandles(long_candles)
    source.now = lambda: NOON - timedelta(minutes=1)
    history = InferenceService(source, registry).predict_history("BTCUSDT", "15m", long_candles)
    assert history.index[-1] == long_candles["open_time"].iloc[-2]


def test_history_uses_closed_candles_only_before_any_market_was_asked(registry):
    unborn = datetime(2199, 1, 1, 12, tzinfo=UTC)
    candles = DrawnOnce(seed=2, clock=ManualClock(NOON)).candles("BTCUSDT", M15, 200)
    candles["open_time"] += unborn - NOON
    assert InferenceService(registry=registry).predict_history("BTCUSDT", "15m", candles).empty


def test_history_refuses_candles_in_the_wrong_order(long_candles, registry):
    with pytest.raises(BadCandles, match="sorted"):
        InferenceService(HeldCandles(long_candles), registry).predict_history("BTCUSDT", "15m", long_candles.iloc[::-1])


def test_an_unknown_symbol_is_answered_with_a_suggestion(registry):
    service = InferenceService(OnDemandCandles(DrawnOnce(clock=ManualClock(NOON))), registry)
    with pytest.raises(UnknownSymbol, match="Did you mean 'BTCUSDT'"):
        service.predict("BTCUSD", "15m")
    with pytest.raises(UnknownSymbol):
        service.predict_batch(["BTC", "NOSUCHCOIN"], "15m")


@pytest.mark.parametrize("text", ["", "15", "15min", "1 h", "1w", "../15m"])
def test_an_unknown_timeframe_lists_the_choices(long_candles, registry, text):
    with pytest.raises(UnknownTimeframe, match="15m, 1h, 4h, 1d"):
        InferenceService(HeldCandles(long_candles), registry).predict("BTCUSDT", text)
