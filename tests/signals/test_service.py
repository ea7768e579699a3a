"""What a prediction is made of, what it is remembered by, and when there is none."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain import Timeframe
from core.errors import BadCandles, MarketUnavailable, UnknownSymbol, UnknownTimeframe
from core.market.candles import CandleArrays, CandleStore, candle_frame
from core.market.clock import ManualClock
from core.market.feed import SeriesStatus
from core.market.market import MarketIdentity
from core.market.on_demand import OnDemandCandles
from core.market.recorded import RecordedMarket
from core.market.simulated import SimulatedMarket
from core.model.registry import ModelRegistry
from core.signals.service import InferenceService, PredictionResult, Unavailable, UnavailableKind
from tests.applications import COINS, NOON, still_life
from tests.hand_made_models import publish

M15 = Timeframe.M15
ENOUGH = 99 + 12  # warm-up and the window of a hand-made model


@pytest.fixture
def life(tmp_path):
    return still_life(tmp_path)


@pytest.fixture(scope="module")
def long_candles():
    return SimulatedMarket(seed=2, clock=ManualClock(NOON)).candles("BTCUSDT", M15, 900)


class HeldCandles:
    """A candle source that hands out the frame it is given."""

    identity = MarketIdentity("simulated", "held", "held")

    def __init__(self, frame, status=None):
        self.frame = frame
        self.held = CandleArrays.of(frame)
        self._status = status or SeriesStatus("fresh", None, None, len(frame))

    def now(self):
        return NOON

    def symbols(self):
        return ("BTCUSDT",)

    def tick_size(self, symbol):
        return 0.1

    def candles(self, symbol, timeframe):
        return self.frame

    def arrays(self, symbol, timeframe):
        return self.held

    def status(self, symbol, timeframe):
        return self._status


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    publish(folder, "BTCUSDT", M15)
    return ModelRegistry(folder)


def outcome_for(frame, registry, status=None):
    return InferenceService(HeldCandles(frame, status), registry).assess([("BTCUSDT", M15)])[("BTCUSDT", M15)]


def test_a_prediction_is_remembered_until_a_new_candle_closes(life):
    first = life.service.predict("BTCUSDT", "15m")
    life.clock.advance(timedelta(minutes=14))
    life.feed.refresh_once()
    assert life.service.predict("BTC", "15m") is first
    life.clock.advance(timedelta(minutes=1))
    life.feed.refresh_once()
    assert life.service.predict("BTCUSDT", "15m").candle_open_time == "2025-09-03T12:00:00Z"


def test_a_retrained_model_predicts_at_once(life):
    before = life.service.predict("BTCUSDT", "15m")
    publish(life.models_dir, "BTCUSDT", M15, seed=99, model_version="retrained")
    after = life.service.predict("BTCUSDT", "15m")
    assert after.model_version == "retrained"
    assert after.probabilities != before.probabilities


def test_another_market_is_never_answered_from_memory_of_the_old_one(life):
    before = life.service.predict("BTCUSDT", "15m")
    life.feed.switch(SimulatedMarket(seed=7, clock=life.clock))
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


def test_stacked_networks_answer_as_they_do_alone(life, tmp_path):
    pairs = [(s, tf) for tf in Timeframe for s in ("BTCUSDT", "ETHUSDT", "SOLUSDT")]
    for n in range(8):
        publish(tmp_path, f"C{n}USDT", M15, seed=n)
    frame = life.feed.candles("BTCUSDT", M15)
    source = HeldCandles(frame)
    stacked = InferenceService(source, ModelRegistry(tmp_path)).assess([(f"C{n}USDT", M15) for n in range(8)])
    alone = InferenceService(source, ModelRegistry(tmp_path))
    for pair, result in stacked.items():
        assert result.probabilities == pytest.approx(alone.assess([pair])[pair].probabilities, abs=1e-6)
    assert len({result.confidence for result in stacked.values()}) == 8
    assert all(isinstance(r, PredictionResult) for r in life.service.assess(pairs).values())


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


@settings(max_examples=8, deadline=None)
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
    unborn = datetime(2999, 1, 1, 12, tzinfo=UTC)
    candles = SimulatedMarket(seed=2, clock=ManualClock(NOON)).candles("BTCUSDT", M15, 200)
    candles["open_time"] += unborn - NOON
    assert InferenceService(registry=registry).predict_history("BTCUSDT", "15m", candles).empty


def test_history_refuses_candles_in_the_wrong_order(long_candles, registry):
    with pytest.raises(BadCandles, match="sorted"):
        InferenceService(HeldCandles(long_candles), registry).predict_history("BTCUSDT", "15m", long_candles.iloc[::-1])


def test_exactly_a_warm_up_and_a_window_give_a_prediction_and_one_candle_less_does_not(long_candles, registry):
    assert isinstance(outcome_for(long_candles.iloc[-ENOUGH:], registry), PredictionResult)
    refused = outcome_for(long_candles.iloc[-ENOUGH + 1 :], registry)
    assert refused.kind is UnavailableKind.NO_CANDLES
    assert f"has {ENOUGH - 1} 15m candles" in refused.sentence
    assert f"needs {ENOUGH}, the next 1 " in refused.sentence


def test_a_window_that_spans_a_gap_gives_no_prediction_and_says_when_it_will(long_candles, registry):
    holed = long_candles.drop(index=850).reset_index(drop=True)
    refused = outcome_for(holed, registry)
    assert isinstance(refused, Unavailable)
    assert "has 49 15m candles without a gap since the last gap" in refused.sentence


def test_a_gap_that_is_long_past_does_no_harm(long_candles, registry):
    assert isinstance(outcome_for(long_candles.drop(index=700).reset_index(drop=True), registry), PredictionResult)


def test_what_a_market_cannot_tell_is_a_reason_not_an_error(tmp_path, registry):
    """A recording of one timeframe: the other timeframes are None, and assess says why."""
    CandleStore(tmp_path).write("BTCUSDT", M15, SimulatedMarket(clock=ManualClock(NOON)).candles("BTCUSDT", M15, 300))
    publish(registry.models_dir, "BTCUSDT", Timeframe.D1)
    service = InferenceService(OnDemandCandles(RecordedMarket(tmp_path, ManualClock(NOON))), registry)
    results = service.predict_timeframes("BTCUSDT")
    assert results["15m"] is not None
    assert results["1d"] is None
    outcome = service.assess([("BTCUSDT", Timeframe.D1)])[("BTCUSDT", Timeframe.D1)]
    assert outcome.kind is UnavailableKind.NO_CANDLES
    assert "no 1d candles of BTCUSDT" in outcome.sentence


def test_a_tick_size_the_market_has_not_told_yet_is_a_reason_not_an_error(long_candles, registry):
    source = HeldCandles(long_candles)

    def tick_size(symbol):
        raise MarketUnavailable("Waiting for the first candles.")

    source.tick_size = tick_size
    assert InferenceService(source, registry).predict("BTCUSDT", "15m") is None


def test_several_threads_that_ask_at_once_get_the_same_answers(life):
    pairs = [(symbol, timeframe) for timeframe in Timeframe for symbol in COINS]
    expected = {pair: probabilities_of(outcome) for pair, outcome in life.service.assess(pairs).items()}
    service = InferenceService(life.feed, ModelRegistry(life.models_dir))
    with ThreadPoolExecutor(8) as threads:
        for answers in threads.map(lambda _: service.assess(pairs), range(16)):
            assert {pair: probabilities_of(outcome) for pair, outcome in answers.items()} == expected


def probabilities_of(outcome):
    return outcome.probabilities if isinstance(outcome, PredictionResult) else outcome.kind


def test_no_candles_at_all_are_a_reason_not_an_error(long_candles, registry):
    assert isinstance(outcome_for(long_candles.iloc[:0], registry), Unavailable)


def test_stale_candles_are_said_beside_the_signal(long_candles, registry):
    late = SeriesStatus("stale", "2 candles are missing since 11:30.", None, 900)
    result = outcome_for(long_candles, registry, late)
    assert "2 candles are missing since 11:30." in result.trust.reasons


@pytest.mark.parametrize("price", [1e-7, 0.003, 7e6])
def test_any_price_level_gives_finite_probabilities_and_ordered_levels(long_candles, registry, price):
    scale = price / float(long_candles["close"].iloc[-1])
    columns = [long_candles[c].to_numpy() * scale for c in ("open", "high", "low", "close")]
    times = long_candles["open_time"].array.asi8
    result = outcome_for(candle_frame(times, *columns, long_candles["volume"].to_numpy()), registry)
    assert sum(result.probabilities.values()) == pytest.approx(1)
    levels = [result.stop_loss, result.entry, *result.take_profits.values()]
    assert levels in (sorted(levels), sorted(levels, reverse=True))
    assert len(set(levels)) == 5


def test_an_unknown_symbol_is_answered_with_a_suggestion(life):
    with pytest.raises(UnknownSymbol, match="Did you mean 'BTCUSDT'"):
        life.service.predict("BTCUSD", "15m")
    with pytest.raises(UnknownSymbol):
        life.service.predict_batch(["BTC", "NOSUCHCOIN"], "15m")


@pytest.mark.parametrize("text", ["", "15", "15min", "1 h", "1w", "../15m"])
def test_an_unknown_timeframe_lists_the_choices(life, text):
    with pytest.raises(UnknownTimeframe, match="15m, 1h, 4h, 1d"):
        life.service.predict("BTCUSDT", text)


def test_a_coin_without_a_model_is_none_and_assess_says_why(life):
    assert life.service.predict("DOGE", "15m") is None
    outcome = life.service.assess([("DOGEUSDT", M15)])[("DOGEUSDT", M15)]
    assert outcome.kind is UnavailableKind.NO_MODEL
    assert "scripts/train_models.py" in outcome.sentence
