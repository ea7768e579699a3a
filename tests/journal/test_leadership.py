"""Of several feeders one records; whatever happens to it, another one goes on, and nothing is lost or said twice."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, select

from core.domain import Timeframe
from core.findings import LedgerDamage, LedgerFault
from core.journal import leadership as leadership_module
from core.journal import recording as recording_module
from core.journal.authority import Always, Authority, Never
from core.journal.copying import copy_ledger
from core.journal.database import open_database
from core.journal.errors import LeadershipLost, LedgerUnavailable
from core.journal.leadership import BEAT_SECONDS, LOST_AFTER_SECONDS, Leadership
from core.journal.places import Place, PostgresqlSchema, SqliteFile
from core.journal.recording import Recording
from core.journal.server import CONNECT
from core.journal.store import Ledger
from core.journal.tables import entries, epochs, missing, signals
from core.journal.verification import Verified, verify
from core.market.candles import unix_ms
from tests.applications import NOON
from tests.journal.conftest import drop_schemas
from tests.journal.made_entries import signal
from tests.journal.postgresql import PASSWORD, restart_postgresql
from tests.journal.small_life import QUARTER, SmallLife
from tests.waiting import until

pytestmark = pytest.mark.postgresql

WITHIN_SECONDS = 15.0
"""What was promised: so soon another one leads."""

MARKET = "simulated-seed1"


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a busy machine keeps a process waiting, nobody is taken for dead but by the tests of just that."""
    monkeypatch.setattr(leadership_module, "LOST_AFTER_SECONDS", 600.0)
    monkeypatch.setitem(CONNECT, "connect_timeout", 120)


@pytest.fixture
def place(postgresql: str) -> Iterator[PostgresqlSchema]:
    place = PostgresqlSchema(MARKET, postgresql)
    yield place
    drop_schemas(postgresql, {place.schema})


@pytest.fixture
def life(tmp_path: Path) -> SmallLife:
    return SmallLife(tmp_path)


def nothing_happens(_: Connection) -> None: ...


class Feeder:
    """A process's recording and its leadership, which gives signs of life only when it is told so."""

    def __init__(self, place: PostgresqlSchema) -> None:
        self.leadership = Leadership(place)
        self.within: Callable[[Connection], object] = nothing_happens
        """Called inside each transaction that adds something, before it is durable."""
        self.recording = Recording(place, beside=self._beside, authority=self.leadership)

    def _beside(self, connection: Connection, _: object) -> None:
        within, self.within = self.within, nothing_happens
        within(connection)

    def leads(self) -> bool:
        self.leadership.beat()
        return self.leadership.granted()

    def epoch(self) -> int | None:
        return self.leadership.epoch

    def end(self) -> None:
        self.recording.end()


@pytest.fixture
def feeders(place: PostgresqlSchema) -> Iterator[tuple[Feeder, Feeder]]:
    feeders = Feeder(place), Feeder(place)
    yield feeders
    for each in feeders:
        each.end()


class Expected:
    """What is to be in the ledger: the same boards as one process alone records them, into a file."""

    def __init__(self, life: SmallLife, folder: Path) -> None:
        self._place = SqliteFile(MARKET, folder / "alone.db")
        self._recording, self._life = Recording(self._place), life

    def hear(self) -> None:
        self._life.heard_by(self._recording)

    def check(self, place: PostgresqlSchema) -> None:
        """Nothing is lost, nothing doubled, and the chain holds."""
        self._recording.close()
        assert spoken(place) == spoken(self._place)
        assert spoken(place)


@pytest.fixture
def expected(life: SmallLife, tmp_path: Path) -> Expected:
    return Expected(life, tmp_path)


def spoken(place: Place) -> list[tuple[str, str, int, str]]:
    """Every candle of the ledger with who spoke of it, or that it is missing; doubles are there twice."""
    ledger = Ledger.open(place)
    assert isinstance(verify(ledger.database), Verified)
    s, m = signals.c, missing.c
    with ledger.database.reading() as connection:
        candles = [
            tuple(row) for row in connection.execute(select(s.symbol, s.timeframe, s.candle_open_ms, s.model_version))
        ]
        silent = connection.execute(select(m.symbol, m.timeframe, m.candle_open_ms, m.candles)).all()
    ledger.close()
    step = QUARTER.total_seconds() * 1000
    candles += [
        (symbol, timeframe, round(open_ms + n * step), "")
        for symbol, timeframe, open_ms, n_candles in silent
        for n in range(n_candles)
    ]
    return sorted(candles)


def heard_by(life: SmallLife, *feeders: Feeder) -> None:
    """All hear the newest board, and the first writes first."""
    board = life.board.snapshot()
    assert board.made_at is not None
    for each in feeders:
        each.recording.hear(board, board.made_at, 1.0)
    for each in feeders:
        each.recording.write(life.clock.now())


def lock_is_taken_from(place: PostgresqlSchema) -> None:
    """The server ends every session that holds or wants a lock to lead, as where the network is cut."""
    ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'candor leader'"
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute(ended)


# ---------------------------------------------------------------- one leads


def test_one_of_two_leads_and_the_other_lets_go_of_what_was_written(
    life: SmallLife, feeders: tuple[Feeder, Feeder], expected: Expected, place: PostgresqlSchema
) -> None:
    first, second = feeders
    assert first.leads()
    assert not second.leads()
    for _ in range(3):
        life.advance(QUARTER)
        expected.hear()
        heard_by(life, first, second)
        assert first.recording.ledger is not None
        assert second.recording.ledger is None
        assert second.recording.reader is not None
        assert second.recording.waiting() == (0, 0)
    assert (first.epoch(), second.epoch()) == (1, None)
    expected.check(place)


def test_a_leader_that_ends_is_followed_at_once_in_the_next_epoch(
    life: SmallLife, feeders: tuple[Feeder, Feeder], expected: Expected, place: PostgresqlSchema
) -> None:
    first, second = feeders
    assert first.leads()
    expected.hear()
    heard_by(life, first, second)
    life.advance(QUARTER)
    expected.hear()
    first.end()
    assert second.leads()
    heard_by(life, second)
    assert second.epoch() == 2
    assert second.recording.reader is not None
    with second.recording.reader.database.reading() as connection:
        rows = connection.execute(select(epochs.c.epoch, epochs.c.after_seq).order_by(epochs.c.epoch)).all()
    assert [tuple(row) for row in rows] == [(1, 0), (2, 2)]
    assert epochs_of_entries(place) == [1, 1, 2]
    expected.check(place)


def test_the_time_until_the_server_lets_go_a_try_and_an_undone_transaction_are_within_what_is_promised() -> None:
    assert LOST_AFTER_SECONDS + 2 * BEAT_SECONDS < WITHIN_SECONDS - 3


# ---------------------------------------------------------------- it is killed

MOMENTS = ("after", "before", "within")
"""Of a transaction that adds a candle's signals. Not after it last: who has just begun tells a silence one board earlier than who goes on."""
ROUNDS = int(os.environ.get("CANDOR_KILLS", "6")) // len(MOMENTS)
"""``make kills`` asks for thirty-three."""


def _lead_until_killed(place: PostgresqlSchema, life: SmallLife, moment: str, reached: Pipe) -> None:
    def there(_: object = None) -> None:
        reached.send(moment)
        time.sleep(600)

    feeder = Feeder(place)
    until(feeder.leads)
    if moment == "before":
        there()
    if moment == "within":
        feeder.within = there
    heard_by(life, feeder)
    there()


@contextmanager
def leading_process(place: PostgresqlSchema, life: SmallLife, moment: str) -> Iterator[Any]:
    """A process that leads, and has come to ``moment`` of writing the newest board."""
    context: Any = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    leader = context.Process(target=_lead_until_killed, args=(place, life, moment, sending))
    leader.start()
    try:
        assert receiving.poll(60)
        yield leader
    finally:
        leader.kill()
        leader.join()


def test_a_leader_that_is_killed_again_and_again_in_the_middle_of_a_candle_loses_and_doubles_nothing(
    life: SmallLife, expected: Expected, place: PostgresqlSchema
) -> None:
    longest, standby = 0.0, Feeder(place)
    for moment in MOMENTS * ROUNDS:
        life.advance(QUARTER)
        expected.hear()
        with leading_process(place, life, moment) as leader:
            with suppress(LedgerUnavailable):  # the first of all has not begun a ledger yet
                heard_by(life, standby)
            assert not standby.leads()
            leader.kill()
            leader.join()
        killed = time.monotonic()
        until(standby.leads)
        heard_by(life, standby)
        longest = max(longest, time.monotonic() - killed)
        lock_is_taken_from(place)
    standby.end()
    assert longest + BEAT_SECONDS < WITHIN_SECONDS
    expected.check(place)


# ---------------------------------------------------------------- it is cut off, hangs, or there are two


def test_a_leader_that_is_cut_off_inside_a_transaction_ends_it_before_the_next_begins_and_writes_no_more(
    life: SmallLife, feeders: tuple[Feeder, Feeder], expected: Expected, place: PostgresqlSchema
) -> None:
    first, second = feeders
    assert first.leads()
    expected.hear()
    heard_by(life, first, second)
    taking_over = threading.Thread(target=lambda: second.recording.write(life.clock.now()))

    def cut_off(_: Connection) -> None:
        lock_is_taken_from(place)
        until(second.leads)
        taking_over.start()
        until(lambda: somebody_waits_for_an_epoch(place))

    life.advance(QUARTER)
    expected.hear()
    first.within = cut_off
    heard_by(life, first)
    taking_over.join()
    assert second.epoch() == 2
    assert first.recording.ledger is not None, "it thinks that it leads"
    life.advance(QUARTER)
    expected.hear()
    heard_by(life, first)
    assert first.recording.ledger is None
    assert first.recording.waiting() == (2, 0)
    heard_by(life, second, first)
    assert first.recording.waiting() == (0, 0)
    expected.check(place)


def somebody_waits_for_an_epoch(place: PostgresqlSchema) -> bool:
    with psycopg.connect(place.url) as connection:
        waiting = connection.execute(
            "SELECT 1 FROM pg_locks WHERE NOT granted AND mode = 'ShareRowExclusiveLock' AND relation IS NOT NULL"
        )
        return waiting.fetchone() is not None


def test_a_leader_that_hangs_inside_a_transaction_has_it_undone_and_another_leads(
    life: SmallLife, feeders: tuple[Feeder, Feeder], expected: Expected, place: PostgresqlSchema
) -> None:
    first, second = feeders
    assert first.leads()
    expected.hear()
    heard_by(life, first, second)

    def hang(connection: Connection) -> None:
        setting = "idle_in_transaction_session_timeout"
        assert connection.exec_driver_sql(f"SHOW {setting}").scalar_one() == "10min", (
            "as long as a leader may be silent"
        )
        connection.exec_driver_sql(f"SET LOCAL {setting} = 100")
        lock_is_taken_from(place)
        until(second.leads)
        heard_by(life, second)

    life.advance(QUARTER)
    expected.hear()
    first.within = hang
    with pytest.raises(LedgerUnavailable):
        heard_by(life, first)
    assert (first.leads(), second.leads()) == (False, True)
    heard_by(life, second, first)
    assert second.epoch() == 2
    assert first.recording.waiting() == (0, 0)
    expected.check(place)


def test_the_server_lets_go_of_a_leader_that_gives_no_sign_of_life(
    place: PostgresqlSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leadership_module, "LOST_AFTER_SECONDS", 0.2)
    monkeypatch.setattr(leadership_module, "BEAT_SECONDS", 0.05)
    silent, waiting = Leadership(place), Leadership(place)
    silent.beat()
    waiting.start()
    until(waiting.granted)
    silent.beat()
    assert not silent.granted()
    silent.end()
    waiting.end()


def test_two_that_both_believe_to_lead_do_no_harm(
    life: SmallLife, feeders: tuple[Feeder, Feeder], expected: Expected, place: PostgresqlSchema
) -> None:
    first, second = feeders
    second.leadership._session._market += " of its own"
    for _ in range(6):
        life.advance(QUARTER)
        expected.hear()
        assert first.leads()
        assert second.leads()
        heard_by(life, first, second)
    assert max(filter(None, (first.epoch(), second.epoch()))) >= 5, "they took turns"
    made_in = epochs_of_entries(place)
    assert made_in == sorted(made_in), "none is entered once the next epoch has begun"
    assert len(set(made_in)) >= 5
    expected.check(place)


def test_the_database_refuses_what_a_leader_of_an_older_epoch_writes(
    feeders: tuple[Feeder, Feeder], place: PostgresqlSchema
) -> None:
    first, second = feeders
    second.leadership._session._market += " of its own"
    old, new = (led_by(each.leadership, place) for each in feeders if each.leads())
    with pytest.raises(LeadershipLost, match=r"Epoch 2 .* has begun; this process led in epoch 1"):
        old.append([signal(0)])
    assert new.append([signal(0)]) == 1
    assert not first.leadership.granted()
    assert epochs_of_entries(place) == [2]
    old.close()
    new.close()


def test_who_has_led_is_told_by_each_entry_under_its_hash_and_goes_with_a_copy(
    feeders: tuple[Feeder, Feeder], place: PostgresqlSchema, tmp_path: Path
) -> None:
    first, _ = feeders
    assert first.leads()
    ledger = led_by(first.leadership, place)
    assert ledger.append([signal(0), signal(1)]) == 2
    target = open_database(SqliteFile(place.market, tmp_path / "copy.db"))
    assert copy_ledger(ledger.database, target) == ledger.head()
    with target.reading() as connection:
        assert connection.execute(select(entries.c.epoch)).scalars().all() == [1, 1]
        assert connection.execute(select(epochs.c.epoch)).scalars().all() == [1]
    with ledger.database.writing() as connection:
        connection.exec_driver_sql("UPDATE entries SET epoch = 2 WHERE seq = 2")
    assert verify(ledger.database) == LedgerDamage(2, LedgerFault.CHANGED)
    target.close()
    ledger.close()


def epochs_of_entries(place: PostgresqlSchema) -> list[int]:
    """In whose epoch each entry was made, in the order of the ledger."""
    ledger = Ledger.open(place)
    with ledger.database.reading() as connection:
        found = connection.execute(select(entries.c.epoch).order_by(entries.c.seq)).scalars().all()
    ledger.close()
    return [epoch for epoch in found if epoch is not None or pytest.fail("an entry of no epoch")]


def led_by(authority: Authority, place: PostgresqlSchema) -> Ledger:
    ledger = Ledger.open(place, fence=authority.fence)
    authority.begin(ledger.database)
    return ledger


def test_a_server_that_is_started_anew_has_a_leader_again_and_nothing_is_lost(
    life: SmallLife, feeders: tuple[Feeder, Feeder], expected: Expected, place: PostgresqlSchema
) -> None:
    first, second = feeders
    assert first.leads()
    expected.hear()
    heard_by(life, first, second)
    restart_postgresql(place.url)
    life.advance(QUARTER)
    expected.hear()
    with suppress(LedgerUnavailable):
        heard_by(life, first, second)
    until(lambda: first.leads() or second.leads())
    heard_by(life, *feeders)
    heard_by(life, *feeders)
    assert {first.epoch(), second.epoch()} == {None, 2}
    assert [each.recording.waiting() for each in feeders] == [(0, 0), (0, 0)]
    expected.check(place)


# ---------------------------------------------------------------- who leads nothing and writes all the same


def test_beside_a_leader_nobody_else_records_and_what_waits_is_entered_once_it_is_gone(
    life: SmallLife, feeders: tuple[Feeder, Feeder], expected: Expected, place: PostgresqlSchema
) -> None:
    alone, leader = Recording(place, authority=Always()), feeders[0]
    expected.hear()
    life.heard_by(alone)
    assert leader.leads()
    heard_by(life, leader)
    life.advance(QUARTER)
    expected.hear()
    with pytest.raises(LedgerUnavailable, match=r"A feeder leads this ledger.*Set CANDOR_ROLE"):
        life.heard_by(alone)
    assert alone.waiting() == (1, 0)
    heard_by(life, leader)
    leader.end()
    until(lambda: is_written(alone, life))  # the server takes its time to let go
    assert alone.waiting() == (0, 0)
    alone.close()
    expected.check(place)


def is_written(recording: Recording, life: SmallLife) -> bool:
    try:
        recording.write(life.clock.now())
    except LedgerUnavailable:
        return False
    return True


def test_nobody_begins_to_lead_while_another_process_is_entering_something(
    feeders: tuple[Feeder, Feeder], place: PostgresqlSchema
) -> None:
    leads: list[bool] = []
    ledger = Ledger.open(place, lambda *_: leads.append(feeders[0].leads()), Always().fence)
    assert ledger.append([signal(0)]) == 1
    assert leads == [False]
    assert feeders[0].leads()
    ledger.close()


def test_a_process_that_hangs_inside_a_transaction_has_it_undone_and_hinders_nobody(
    feeders: tuple[Feeder, Feeder], place: PostgresqlSchema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leadership_module, "LOST_AFTER_SECONDS", 0.1)
    ledger = Ledger.open(place, lambda *_: until(feeders[0].leads), Always().fence)
    with pytest.raises(LedgerUnavailable):
        ledger.append([signal(0)])
    assert ledger.head().seq == 0
    ledger.close()


# ---------------------------------------------------------------- faces


@pytest.fixture
def reading_only(place: PostgresqlSchema) -> Iterator[PostgresqlSchema]:
    """The same ledger, begun already, for a user of the server who may only read."""
    Ledger.open(place).close()
    with psycopg.connect(place.url, autocommit=True) as connection:
        for statement in (
            f"CREATE ROLE face LOGIN PASSWORD '{PASSWORD}'",
            f'GRANT USAGE ON SCHEMA "{place.schema}" TO face',
            f'GRANT SELECT ON ALL TABLES IN SCHEMA "{place.schema}" TO face',
        ):
            connection.execute(statement)
        yield PostgresqlSchema(MARKET, place.url.replace("candor:", "face:"))
        connection.execute("DROP OWNED BY face")
        connection.execute("DROP ROLE face")


def test_the_server_refuses_whatever_a_face_would_write(place: PostgresqlSchema) -> None:
    Ledger.open(place).close()
    database = open_database(place, existing=True, read_only=True)
    with (
        pytest.raises(LedgerUnavailable, match="takes no writes"),
        database.in_words(),
        database.writing() as connection,
    ):
        connection.execute(epochs.delete())
    database.close()


def test_a_face_needs_no_more_than_to_read_and_never_has_a_ledger_to_write(
    life: SmallLife, feeders: tuple[Feeder, Feeder], reading_only: PostgresqlSchema
) -> None:
    face = Recording(reading_only, authority=Never())
    assert feeders[0].leads()
    heard_by(life, feeders[0])
    life.heard_by(face)
    assert face.ledger is None
    assert face.reader is not None
    assert face.reader.head().seq == 2
    assert face.waiting() == (0, 0)
    face.close()


def test_a_face_that_slept_has_missed_nothing_and_entered_nothing(
    life: SmallLife, feeders: tuple[Feeder, Feeder], expected: Expected, place: PostgresqlSchema
) -> None:
    face, leader = Recording(place, authority=Never()), feeders[0]
    assert leader.leads()
    expected.hear()
    heard_by(life, leader)
    life.heard_by(face)
    assert face.reader is not None
    seen = face.reader.head().seq
    for _ in range(10):
        life.advance(QUARTER)
        expected.hear()
        heard_by(life, leader)
    assert face.reader.head().seq > seen
    pushed = face.reader.events(seen, 1000)
    assert [event.signal.entry.candle_open_ms for event in pushed.events if event.signal.entry.timeframe == "15m"] == [
        unix_ms(NOON) + n * Timeframe.M15.milliseconds for n in range(10)
    ]
    life.heard_by(face)
    assert face.waiting() == (0, 0)
    face.close()
    expected.check(place)


def test_what_nobody_records_is_told_after_a_minute_and_no_longer_once_somebody_does(
    life: SmallLife, feeders: tuple[Feeder, Feeder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_module, "UNATTENDED", timedelta(0))
    face, leader = Recording(feeders[0].recording.place, authority=Never()), feeders[0]
    with pytest.raises(LedgerUnavailable, match=r"There is no ledger in .* yet"):
        life.heard_by(face)
    assert leader.leads()
    heard_by(life, leader)
    life.heard_by(face)
    assert face.unattended_since is None
    life.advance(QUARTER)
    life.heard_by(face)
    assert face.unattended_since is not None
    heard_by(life, leader)
    life.heard_by(face)
    assert face.unattended_since is None
    face.close()
