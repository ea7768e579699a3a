"""What a prediction is made of, and when there is none."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from core.domain import Series, Timeframe
from core.errors import MarketUnavailable
from core.findings import AwaitingMarket, BrokenPromise, LateCandles, MarketTrouble, Unavailable, UnavailableKind
from core.inference_service import InferenceService
from core.market.candle_files import CandleStore
from core.market.candles import candle_frame, empty_candles
from core.market.clock import ManualClock
from core.market.on_demand import OnDemandCandles
from core.market.recorded import RecordedMarket
from core.market.series import NothingHeld, SeriesStatus
from core.model.registry import ModelRegistry
from core.prediction import Prediction
from core.signals import evaluation
from core.signals.service import PredictionService
from core.wording.sentences import problem_sentence
from tests.applications import COINS, NOON
from tests.drawn_once import DrawnOnce
from tests.hand_made_models import publish
from tests.signals.held_candles import ENOUGH, HeldCandles

M15 = Timeframe.M15


def outcome_for(frame, registry, problem=None):
    btc = Series("BTCUSDT", M15)
    return PredictionService(HeldCandles(frame, problem), registry).predict_all([btc])[btc]


class WaitingFor(HeldCandles):
    """Holds nothing yet, for want of what it is told."""

    def __init__(self, problem):
        super().__init__(empty_candles(), problem)

    def reading(self, symbol, timeframe):
        return NothingHeld(Series(symbol, timeframe)), SeriesStatus("loading", self._problem, None, 0)


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (AwaitingMarket("binanceusdm"), UnavailableKind.LOADING),
        (AwaitingMarket(trouble="It lists none of these coins."), UnavailableKind.NO_CANDLES),
        (MarketTrouble("The exchange is down.", since=NOON), UnavailableKind.NO_CANDLES),
    ],
)
def test_candles_load_only_while_nobody_has_refused_them(tmp_path, problem, kind):
    publish(tmp_path, "BTCUSDT", M15)
    btc = Series("BTCUSDT", M15)
    found = PredictionService(WaitingFor(problem), ModelRegistry(tmp_path)).predict_all([btc])[btc]
    assert found == Unavailable(kind, problem)


@pytest.mark.slow
def test_stacked_networks_answer_as_they_do_alone(life, tmp_path):
    pairs = [Series(s, tf) for tf in Timeframe for s in ("BTCUSDT", "ETHUSDT", "SOLUSDT")]
    for n in range(8):
        publish(tmp_path, f"C{n}USDT", M15, seed=n)
    frame = life.feed.candles("BTCUSDT", M15)
    source = HeldCandles(frame)
    stacked = PredictionService(source, ModelRegistry(tmp_path)).predict_all(
        [Series(f"C{n}USDT", M15) for n in range(8)]
    )
    alone = PredictionService(source, ModelRegistry(tmp_path))
    for pair, result in stacked.items():
        assert result.probabilities == pytest.approx(alone.predict_all([pair])[pair].probabilities, abs=1e-6)
    assert len({result.confidence for result in stacked.values()}) == 8
    assert all(isinstance(r, Prediction) for r in life.predictions.predict_all(pairs).values())


@pytest.mark.slow
@pytest.mark.parametrize("most_across_timeframes", [0, 256])
def test_timeframes_asked_together_answer_as_each_does_alone(life, monkeypatch, most_across_timeframes):
    monkeypatch.setattr(evaluation, "MOST_ACROSS_TIMEFRAMES", most_across_timeframes)
    pairs = [Series(s, tf) for tf in Timeframe for s in ("BTCUSDT", "ETHUSDT", "SOLUSDT")]
    together = PredictionService(life.feed, life.predictions.registry).predict_all(pairs)
    alone = PredictionService(life.feed, life.predictions.registry)
    for pair, result in together.items():
        assert result.probabilities == pytest.approx(alone.predict_all([pair])[pair].probabilities, abs=1e-6)


def test_exactly_a_warm_up_and_a_window_give_a_prediction_and_one_candle_less_does_not(long_candles, registry):
    assert isinstance(outcome_for(long_candles.iloc[-ENOUGH:], registry), Prediction)
    refused = outcome_for(long_candles.iloc[-ENOUGH + 1 :], registry)
    assert refused.kind is UnavailableKind.NO_CANDLES
    assert f"has {ENOUGH - 1} 15m candles" in str(problem_sentence(refused))
    assert f"needs {ENOUGH}, the next 1 " in str(problem_sentence(refused))


def test_a_window_that_spans_a_gap_gives_no_prediction_and_says_when_it_will(long_candles, registry):
    holed = long_candles.drop(index=850).reset_index(drop=True)
    refused = outcome_for(holed, registry)
    assert isinstance(refused, Unavailable)
    assert "has 49 15m candles without a gap since the last gap" in str(problem_sentence(refused))


def test_a_gap_that_is_long_past_does_no_harm(long_candles, registry):
    assert isinstance(outcome_for(long_candles.drop(index=700).reset_index(drop=True), registry), Prediction)


def test_what_a_market_cannot_tell_is_a_reason_not_an_error(tmp_path, registry):
    """A recording of one timeframe: the other timeframes are None, and the service says why."""
    CandleStore(tmp_path).write("BTCUSDT", M15, DrawnOnce(clock=ManualClock(NOON)).candles("BTCUSDT", M15, 300))
    publish(registry.models_dir, "BTCUSDT", Timeframe.D1)
    source = OnDemandCandles(RecordedMarket(tmp_path, ManualClock(NOON)))
    results = InferenceService(source, registry).predict_timeframes("BTCUSDT")
    assert results["15m"] is not None
    assert results["1d"] is None
    day = Series("BTCUSDT", Timeframe.D1)
    outcome = PredictionService(source, registry).predict_all([day])[day]
    assert outcome.kind is UnavailableKind.NO_CANDLES
    assert "no 1d candles of BTCUSDT" in str(problem_sentence(outcome))


def test_a_tick_size_the_market_has_not_told_yet_is_a_reason_not_an_error(long_candles, registry):
    source = HeldCandles(long_candles)

    def tick_size(symbol):
        raise MarketUnavailable("Waiting for the first candles.")

    source.tick_size = tick_size
    assert InferenceService(source, registry).predict("BTCUSDT", "15m") is None


@pytest.mark.slow
def test_several_threads_that_ask_at_once_get_the_same_answers(life):
    pairs = [Series(symbol, timeframe) for timeframe in Timeframe for symbol in COINS]
    expected = {pair: probabilities_of(outcome) for pair, outcome in life.predictions.predict_all(pairs).items()}
    service = PredictionService(life.feed, ModelRegistry(life.models_dir))
    with ThreadPoolExecutor(8) as threads:
        for answers in threads.map(lambda _: service.predict_all(pairs), range(16)):
            assert {pair: probabilities_of(outcome) for pair, outcome in answers.items()} == expected


def probabilities_of(outcome):
    return outcome.probabilities if isinstance(outcome, Prediction) else outcome.kind


def test_no_candles_at_all_are_a_reason_not_an_error(long_candles, registry):
    assert isinstance(outcome_for(long_candles.iloc[:0], registry), Unavailable)


def test_stale_candles_are_said_beside_the_signal(long_candles, registry):
    late = LateCandles(2, NOON - timedelta(minutes=30), None)
    result = outcome_for(long_candles, registry, late)
    assert late in [finding.facts for finding in result.trust.findings]


@pytest.mark.parametrize("price", [1e-7, 0.003, 7e6])
def test_any_price_level_gives_finite_probabilities_and_ordered_levels(long_candles, registry, price):
    scale = price / float(long_candles["close"].iloc[-1])
    columns = [long_candles[c].to_numpy() * scale for c in ("open", "high", "low", "close")]
    times = long_candles["open_time"].array.asi8
    result = outcome_for(candle_frame(times, *columns, long_candles["volume"].to_numpy()), registry)
    assert sum(result.probabilities.values()) == pytest.approx(1)
    levels = [result.levels.stop_loss, result.levels.entry, *result.levels.targets]
    assert levels in (sorted(levels), sorted(levels, reverse=True))
    assert len(set(levels)) == 5


def test_a_coin_without_a_model_is_none_and_the_service_says_why(life):
    assert life.service.predict("DOGE", "15m") is None
    doge = Series("DOGEUSDT", M15)
    outcome = life.predictions.predict_all([doge])[doge]
    assert outcome.kind is UnavailableKind.NO_MODEL
    assert "scripts/train_models.py" in str(problem_sentence(outcome))


def test_what_a_models_record_has_against_it_is_said_at_once_and_no_longer_than_it_holds(long_candles, registry):
    btc, broken = Series("BTCUSDT", M15), BrokenPromise(1.08, 1.04, 0.01, 400, 45, replayed=False)
    against = {}
    service = PredictionService(
        HeldCandles(long_candles), registry, lambda series, version: against.get((series, version))
    )
    before = service.predict_all([btc])[btc]
    against[btc, before.model_version] = broken
    doubted = service.predict_all([btc])[btc]
    assert broken in [finding.facts for finding in doubted.trust.findings]
    assert not doubted.trust.trusted
    assert service.predict_all([btc])[btc] is doubted
    del against[btc, before.model_version]
    assert service.predict_all([btc])[btc].trust == before.trust
