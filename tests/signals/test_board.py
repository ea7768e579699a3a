"""The board is computed when candles close, and what was read from it never changes."""

from datetime import timedelta

import pytest

from core.domain import Timeframe
from core.market.market import MarketIdentity
from core.market.simulated import SimulatedMarket
from core.model.registry import NETWORK_FILE
from core.signals.board import SignalBoard
from core.signals.service import InferenceService, UnavailableKind
from tests.applications import COINS, still_life


@pytest.fixture
def life(tmp_path):
    return still_life(tmp_path)


def test_the_board_has_every_coin_on_every_timeframe_in_the_markets_order(life):
    snapshot = life.board.snapshot()
    assert snapshot.symbols() == COINS
    assert [signal.symbol for signal in snapshot.on(Timeframe.H4)] == list(COINS)
    assert list(snapshot.of("BTCUSDT")) == list(Timeframe)
    assert snapshot.of("NOSUCH") == {}
    assert snapshot.market.kind == "simulated"


def test_a_closed_candle_makes_a_new_snapshot_and_leaves_the_old_one_as_it_was(life):
    before = life.board.snapshot()
    old = before.signals["BTCUSDT", Timeframe.M15]
    life.clock.advance(timedelta(minutes=15))
    life.feed.refresh_once()
    after = life.board.snapshot()
    assert after.version > before.version
    assert after.signals["BTCUSDT", Timeframe.M15].prediction.candle_open_time == "2025-09-03T12:00:00Z"
    assert before.signals["BTCUSDT", Timeframe.M15] is old
    assert after.signals["BTCUSDT", Timeframe.D1] is before.signals["BTCUSDT", Timeframe.D1]


def test_a_signal_carries_price_change_and_sparkline_of_its_candles(life):
    signal = life.board.snapshot().signals["ETHUSDT", Timeframe.M15]
    closes = life.feed.candles("ETHUSDT", Timeframe.M15)["close"]
    assert signal.price == signal.sparkline[-1] == closes.iloc[-1]
    assert signal.change == pytest.approx(closes.iloc[-1] / closes.iloc[-97] - 1)
    assert len(signal.sparkline) == 48


def test_a_coin_without_a_model_still_shows_its_price_and_says_why_there_is_no_signal(life):
    signal = life.board.snapshot().signals["DOGEUSDT", Timeframe.M15]
    assert signal.prediction is None
    assert signal.problem.kind is UnavailableKind.NO_MODEL
    assert signal.price > 0


def test_a_model_broken_on_disk_becomes_no_model_on_the_next_candle_and_nothing_else_changes(life):
    weights = life.models_dir / "SOLUSDT" / "15m" / NETWORK_FILE
    weights.write_bytes(weights.read_bytes()[:99])
    life.clock.advance(timedelta(minutes=15))
    life.feed.refresh_once()
    on_15m = {signal.symbol: signal for signal in life.board.snapshot().on(Timeframe.M15)}
    assert on_15m["SOLUSDT"].prediction is None
    assert "SHA-256 differs" in on_15m["SOLUSDT"].problem.sentence
    assert on_15m["BTCUSDT"].prediction is not None


def test_a_stopped_board_hears_no_more_candles(life):
    life.board.stop()
    version = life.board.version
    life.clock.advance(timedelta(minutes=15))
    life.feed.refresh_once()
    assert life.board.version == version


def test_prices_of_one_market_never_stand_under_the_name_of_another(life):
    """The feed is switched while the board is being computed."""
    other = SimulatedMarket(seed=7, clock=life.clock)
    other.identity = MarketIdentity("exchange", "binanceusdm", None)

    class SwitchedMeanwhile(InferenceService):
        def assess(self, pairs):
            outcomes = super().assess(pairs)
            if life.feed.identity is not other.identity:
                life.feed.switch(other)
            return outcomes

    snapshot = SignalBoard(SwitchedMeanwhile(life.feed, life.application.registry), life.feed).recompute()
    assert snapshot.market is other.identity
    assert all(signal.price is None and signal.prediction is None for signal in snapshot.signals.values())
