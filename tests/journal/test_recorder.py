"""The recorder writes beside everything else, keeps back what it cannot write, says so, and never mixes two markets."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from core.domain import Series, Timeframe
from core.findings import LedgerDamage, LedgerFault, LedgerUnwritable
from core.journal import recorder as recorder_module
from core.journal.lateness import came_late
from core.journal.places import ledger_name
from core.journal.reading import Wanted
from core.journal.recorder import Recorder
from core.market.clock import ManualClock, ScaledClock
from core.market.exchange import ExchangeMarket
from core.market.simulated import SimulatedMarket
from core.signals.board import BoardSnapshot, SignalBoard
from tests.applications import NOON
from tests.drawn_once import DrawnOnce
from tests.journal.small_life import QUARTER, SmallLife, counted, counts
from tests.waiting import until


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "RETRY_SECONDS", (0.02,))
    monkeypatch.setattr("core.journal.database.BUSY_SECONDS", 0.05)


@pytest.fixture
def life(tmp_path: Path) -> Iterator[SmallLife]:
    """Its recorder is running, and has written the board of noon."""
    life = SmallLife(tmp_path)
    life.application.recorder.start(life.board)
    life.board.recompute()
    until(lambda: counted(life) == 2)
    yield life
    life.application.stop()


def file_of(life: SmallLife) -> Path:
    return life.data_dir / "ledger-simulated-seed1.db"


@pytest.mark.slow
def test_what_the_board_says_is_in_the_ledger_a_moment_later(life: SmallLife) -> None:
    life.advance(QUARTER)
    until(lambda: counted(life) == 3)
    assert file_of(life).is_file()
    state = life.application.recorder.state()
    assert (state.market, state.troubles) == ("simulated-seed1", ())


@pytest.mark.slow
def test_what_became_of_a_signal_is_in_the_ledger_once_its_horizon_is_over(life: SmallLife) -> None:
    until(lambda: (found := counts(life)) is not None and found.outcomes == 0)
    life.advance(16 * QUARTER)
    until(lambda: (found := counts(life)) is not None and found.outcomes == 1)


@pytest.mark.slow
def test_what_waits_when_the_application_stops_is_written_first(tmp_path: Path) -> None:
    life = SmallLife(tmp_path)
    recorder = life.application.recorder
    recorder.start(life.board)
    life.board.recompute()
    until(lambda: recorder.state().market is not None)
    recorder.stop()
    again = Recorder(life.feed, life.data_dir)
    again.start(life.board)
    life.board.recompute()
    until(lambda: again.opened() is not None)
    opened = again.opened()
    assert opened is not None
    assert opened.reader.head_and_counts()[1].live == 2
    again.stop()
    life.application.stop()


@pytest.mark.slow
def test_a_locked_ledger_delays_no_board_is_told_of_and_gets_everything_once_it_is_free(life: SmallLife) -> None:
    other = sqlite3.connect(file_of(life), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for _ in range(3):
        version = life.board.version
        life.advance(QUARTER)
        assert life.board.version > version
    recorder = life.application.recorder
    until(lambda: bool(recorder.state().troubles) and recorder.state().waiting >= 3)
    trouble = recorder.state().troubles[0]
    assert isinstance(trouble, LedgerUnwritable)
    assert "locked" in trouble.message
    assert trouble.waiting >= 3
    other.execute("ROLLBACK")
    other.close()
    until(lambda: counted(life) == 5)
    until(lambda: recorder.state().troubles == ())
    opened = recorder.opened()
    assert opened is not None
    stored, _ = opened.reader.signals(Wanted(timeframe=Timeframe.M15), 10)
    late = [came_late(each.entry) for each in stored]
    assert late == [False, True, True, False], "what was written a quarter of a candle after its close came late"


@pytest.mark.slow
def test_a_ledger_that_was_deleted_is_begun_anew_and_nothing_new_is_lost(life: SmallLife) -> None:
    file_of(life).unlink()
    life.advance(QUARTER)
    until(lambda: file_of(life).is_file() and counted(life) == 1)


@pytest.mark.slow
def test_a_folder_that_cannot_be_written_leaves_the_board_as_it_is(tmp_path: Path) -> None:
    life = SmallLife(tmp_path)
    life.data_dir.write_text("a file stands where the folder would")
    recorder = life.application.recorder
    recorder.start(life.board)
    life.board.recompute()
    until(lambda: bool(recorder.state().troubles))
    assert life.board.snapshot().signals
    life.data_dir.unlink()
    until(lambda: recorder.state().troubles == () and counted(life) == 2)
    life.application.stop()


@pytest.mark.slow
def test_what_was_recorded_before_can_be_read_although_nothing_can_be_written(life: SmallLife) -> None:
    life.application.recorder.stop()
    other = sqlite3.connect(file_of(life), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    again = Recorder(life.feed, life.data_dir)
    again.start(life.board)
    life.advance(QUARTER)
    until(lambda: bool(again.state().troubles) and again.opened() is not None)
    opened = again.opened()
    assert opened is not None
    assert opened.reader.head_and_counts()[1].live == 2
    other.execute("ROLLBACK")
    other.close()
    until(lambda: again.state().troubles == () and again.state().waiting == 0)
    again.stop()
    assert counted(life) is None


@pytest.mark.slow
def test_a_row_that_somebody_changed_is_told_after_the_next_verification(tmp_path: Path) -> None:
    life = SmallLife(tmp_path)
    first = life.application.recorder
    first.start(life.board)
    life.board.recompute()
    until(lambda: counted(life) == 2)
    until(lambda: first.checked is not None)
    assert first.checked is not None
    assert first.checked.damage is None
    first.stop()
    with sqlite3.connect(file_of(life)) as connection:
        connection.execute("UPDATE signals SET direction = 'LONG!' WHERE seq = 4")
    connection.close()
    again = Recorder(life.feed, life.data_dir)
    again.start(life.board)
    life.board.recompute()
    until(lambda: bool(again.state().troubles))
    assert again.state().troubles == (LedgerDamage(4, LedgerFault.CHANGED),)
    again.stop()
    life.application.stop()


@pytest.mark.slow
def test_another_market_goes_into_another_ledger_and_coming_back_into_the_first(life: SmallLife) -> None:
    for seed in (2, 1):
        life.feed.follow(DrawnOnce(seed, life.clock))
        life.feed.refresh_once()
        until(lambda seed=seed: life.application.recorder.state().market == f"simulated-seed{seed}")
        until(lambda: counted(life) == 2)
    assert sorted(path.name for path in life.data_dir.glob("*.db")) == [
        "ledger-simulated-seed1.db",
        "ledger-simulated-seed2.db",
    ]


@pytest.mark.slow
def test_what_the_first_market_still_had_to_write_is_written_after_a_switch(life: SmallLife) -> None:
    other = sqlite3.connect(file_of(life), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    life.advance(QUARTER)
    life.feed.follow(DrawnOnce(2, life.clock))
    life.feed.refresh_once()
    until(lambda: life.application.recorder.state().market == "simulated-seed2")
    other.execute("ROLLBACK")
    until(lambda: other.execute("SELECT count(*) FROM signals").fetchone()[0] == 3)
    other.close()


class Puppet:
    """A board that says what it is told to."""

    tell: Callable[[BoardSnapshot, frozenset[Series]], None]

    def subscribe(self, listener: Callable[[BoardSnapshot, frozenset[Series]], None]) -> Callable[[], None]:
        self.tell = listener
        return lambda: None


@dataclass
class Beginning:
    """A recorder that was told of a board on which all candles are still coming."""

    life: SmallLife
    board: Puppet
    recorder: Recorder


@pytest.fixture
def beginning(tmp_path: Path) -> Iterator[Beginning]:
    life, board = SmallLife(tmp_path), Puppet()
    life.feed.follow(DrawnOnce(2, life.clock))
    loading = life.board.recompute()
    assert loading.loading
    recorder = life.application.recorder
    recorder.start(cast(SignalBoard, board))
    board.tell(loading, frozenset())
    yield Beginning(life, board, recorder)
    recorder.stop()


@pytest.mark.slow
def test_the_ledger_is_opened_with_the_first_signals_and_has_what_was_said_before(beginning: Beginning) -> None:
    life, recorder = beginning.life, beginning.recorder
    assert recorder.state().market is None, "a ledger takes a second of the processor, which the first signals need"
    life.advance(3 * QUARTER)
    beginning.board.tell(life.board.snapshot(), frozenset())
    until(lambda: counted(life) == 2)
    with closing(sqlite3.connect(life.data_dir / "ledger-simulated-seed2.db")) as ledger:
        silence = ledger.execute("SELECT candles, reason FROM missing WHERE symbol = 'BTCUSDT' AND timeframe = '15m'")
        assert silence.fetchall() == [(3, "starting")]


def test_the_ledger_of_a_market_that_sends_no_candles_is_opened_after_a_while(
    beginning: Beginning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "FIRST_SIGNALS_SECONDS", 0.0)
    beginning.recorder._news.set()  # its next look, seconds later
    until(lambda: beginning.recorder.opened() is not None)


@pytest.mark.slow
def test_the_chains_head_is_logged_for_whoever_keeps_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "core.journal"):
        life = SmallLife(tmp_path)
        life.application.recorder.start(life.board)
        life.board.recompute()
        until(lambda: counted(life) == 2)
        opened = life.application.recorder.opened()
        assert opened is not None
        head = opened.reader.head()
        until(lambda: head.hash.hex() in caplog.text)
        life.application.stop()
    assert f"The ledger simulated-seed1 ends with entry {head.seq}, {head.hash.hex()}." in caplog.text


# ---------------------------------------------------------------- which ledger is whose


def test_markets_whose_candles_may_differ_have_ledgers_of_their_own(tmp_path: Path) -> None:
    fast = ScaledClock(NOON, 300)
    identities = [
        SimulatedMarket(1, ManualClock(NOON)).identity,
        SimulatedMarket(2, ManualClock(NOON)).identity,
        SimulatedMarket(1, fast).identity,
        ExchangeMarket("binanceusdm").identity,
        ExchangeMarket("okx").identity,
        ExchangeMarket("okx", "https://user:secret@proxy.example").identity,
    ]
    names = [ledger_name(identity) for identity in identities]
    assert names[:5] == [
        "simulated-seed1",
        "simulated-seed2",
        "simulated-seed1-x300",
        "exchange-binanceusdm",
        "exchange-okx",
    ]
    assert len(set(names)) == len(names)
    assert "secret" not in names[5]
