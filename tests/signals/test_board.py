"""The board is computed when candles close, and what was read from it never changes."""

import threading
from datetime import timedelta

import pytest

from core.domain import Series, Timeframe
from core.findings import ModelNotAnswering, UnavailableKind
from core.market.market import MarketIdentity
from core.market.simulated import SimulatedMarket
from core.model.registry import NETWORK_FILE, ModelRegistry
from core.signals.announcements import Announcements
from core.signals.board import SignalBoard
from core.signals.service import PredictionService
from core.wording.sentences import problem_sentence
from tests.applications import COINS, NOON, still_life


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
    old = before.signals[Series("BTCUSDT", Timeframe.M15)]
    life.clock.advance(timedelta(minutes=15))
    life.feed.refresh_once()
    after = life.board.snapshot()
    assert after.version > before.version
    assert after.signals[Series("BTCUSDT", Timeframe.M15)].prediction.candle_open_time == NOON
    assert before.signals[Series("BTCUSDT", Timeframe.M15)] is old
    assert after.signals[Series("BTCUSDT", Timeframe.D1)] is before.signals[Series("BTCUSDT", Timeframe.D1)]


def test_a_signal_carries_price_change_and_sparkline_of_its_candles(life):
    signal = life.board.snapshot().signals[Series("ETHUSDT", Timeframe.M15)]
    closes = life.feed.candles("ETHUSDT", Timeframe.M15)["close"]
    assert signal.price == signal.sparkline[-1] == closes.iloc[-1]
    assert signal.change == pytest.approx(closes.iloc[-1] / closes.iloc[-97] - 1)
    assert len(signal.sparkline) == 48


@pytest.mark.slow
def test_a_model_whose_files_answer_late_is_on_the_board_at_once_and_not_with_the_next_candle(life):
    bitcoin, over = Series("BTCUSDT", Timeframe.M15), threading.Event()
    registry = ModelRegistry(life.models_dir, patience=0.2)
    find = registry._found._call
    registry._found._call = lambda series: (series != bitcoin or over.wait()) and find(series)
    board = SignalBoard(PredictionService(life.feed, registry), life.feed)
    shown = threading.Event()
    board.start()
    board.recompute()
    assert isinstance(board.snapshot().signals[bitcoin].problem.facts, ModelNotAnswering)
    board.subscribe(lambda snapshot, changed: bitcoin in changed and shown.set())
    over.set()
    assert shown.wait(10)
    assert board.snapshot().signals[bitcoin].prediction is not None
    board.stop()


def test_a_coin_without_a_model_still_shows_its_price_and_says_why_there_is_no_signal(life):
    signal = life.board.snapshot().signals[Series("DOGEUSDT", Timeframe.M15)]
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
    assert "SHA-256 differs" in str(problem_sentence(on_15m["SOLUSDT"].problem))
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

    class SwitchedMeanwhile(PredictionService):
        def predict_all(self, pairs):
            outcomes = super().predict_all(pairs)
            if life.feed.identity is not other.identity:
                life.feed.follow(other)
            return outcomes

    snapshot = SignalBoard(SwitchedMeanwhile(life.feed, life.application.registry), life.feed).recompute()
    assert snapshot.market is other.identity
    assert all(signal.price is None and signal.prediction is None for signal in snapshot.signals.values())


# ---------------------------------------------------------------- listeners


class Listener:
    """Remembers what it was told, on which thread, and can be made slow or broken."""

    def __init__(self) -> None:
        self.heard = []
        self.threads = set()
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.called = threading.Event()
        self.error = None
        self._news = threading.Condition()

    def __call__(self, snapshot, changed):
        self.called.set()
        self.may_go_on.wait(20)
        with self._news:
            self.heard.append((snapshot, changed))
            self.threads.add(threading.current_thread())
            self._news.notify_all()
        if self.error is not None:
            raise self.error

    def wait_for(self, count):
        with self._news:
            assert self._news.wait_for(lambda: len(self.heard) >= count, 20), f"heard {len(self.heard)} of {count}"


def close_a_candle(life):
    life.clock.advance(timedelta(minutes=15))
    life.feed.refresh_once()


def test_a_listener_is_told_of_the_new_board_and_of_what_changed_on_it(life):
    listener = Listener()
    life.board.subscribe(listener)
    close_a_candle(life)
    listener.wait_for(1)
    snapshot, changed = listener.heard[0]
    assert snapshot is life.board.snapshot()
    assert changed == {Series(symbol, Timeframe.M15) for symbol in COINS[:-1]}  # DOGE has no model, and had none before
    assert threading.current_thread() not in listener.threads


def test_a_slow_listener_delays_neither_the_board_nor_another_listener(life):
    slow, quick = Listener(), Listener()
    slow.may_go_on.clear()
    life.board.subscribe(slow)
    life.board.subscribe(quick)
    for _ in range(3):
        close_a_candle(life)
    quick.wait_for(3)
    assert slow.heard == []
    slow.may_go_on.set()
    slow.wait_for(3)
    assert [snapshot.version for snapshot, _ in slow.heard] == [snapshot.version for snapshot, _ in quick.heard]


@pytest.mark.slow
def test_a_listener_that_raises_is_logged_and_goes_on_hearing(life, caplog):
    broken, sound = Listener(), Listener()
    broken.error = RuntimeError("the listener's own fault")
    life.board.subscribe(broken)
    life.board.subscribe(sound)
    for _ in range(2):
        close_a_candle(life)
    broken.wait_for(2)
    sound.wait_for(2)
    assert "A listener of the board failed." in caplog.text


@pytest.mark.slow
def test_a_listener_that_falls_far_behind_misses_boards_but_nothing_that_changed(life, caplog):
    listener = Listener()
    listener.may_go_on.clear()
    announcements = Announcements(listener, most_waiting=2)
    boards = [life.board.recompute() for _ in range(5)]
    series = [Series(f"C{n}USDT", Timeframe.M15) for n in range(5)]
    announcements.add(boards[0], frozenset([series[0]]))
    assert listener.called.wait(20)  # the first board waits no more
    for board, each in zip(boards[1:], series[1:], strict=True):
        announcements.add(board, frozenset([each]))
    listener.may_go_on.set()
    listener.wait_for(3)
    announcements.end()
    assert [snapshot.version for snapshot, _ in listener.heard] == [boards[n].version for n in (0, 1, 4)]
    assert [changed for _, changed in listener.heard] == [{series[0]}, {series[1]}, set(series[2:])]
    assert "it misses one" in caplog.text


def test_an_ended_subscription_and_a_stopped_board_tell_nothing_more(life):
    ended, listening = Listener(), Listener()
    end = life.board.subscribe(ended)
    life.board.subscribe(listening)
    end()
    close_a_candle(life)
    listening.wait_for(1)
    life.board.stop()
    life.board.recompute()
    assert (len(ended.heard), len(listening.heard)) == (0, 1)
