"""The ledger takes each entry once, in order, durably, whoever else writes at the same time."""

from __future__ import annotations

import contextlib
import multiprocessing
import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import MetaData, func, select

from core.domain import Timeframe
from core.journal.database import journal_mode
from core.journal.errors import LedgerGone, LedgerRefused, LedgerUnavailable, in_full
from core.journal.places import Place, PostgresqlSchema, SqliteFile
from core.journal.reading import LedgerReader
from core.journal.store import Ledger, head_of
from core.journal.tables import entries, missing, signals
from core.journal.verification import Verified, verify
from core.journal.vocabulary import Origin
from tests.full_disk import room_for
from tests.journal.conftest import PlaceMaker
from tests.journal.made_entries import model, outcome, signal, silence


def head_seq(ledger: Ledger) -> int:
    with ledger.database.reading() as connection:
        return head_of(connection).seq


def silences(ledger: Ledger) -> list[tuple[int, int]]:
    """First candle, counted from noon, and number of candles of each silence of BTC."""
    with ledger.database.reading() as connection:
        rows = connection.execute(select(missing.c.candle_open_ms, missing.c.candles).order_by(missing.c.seq))
        first = silence().candle_open_ms
        return [((open_ms - first) // Timeframe.M15.milliseconds, candles) for open_ms, candles in rows]


def test_what_was_entered_is_there_in_order_and_the_chain_holds(ledger: Ledger) -> None:
    assert ledger.append([signal(0), silence(1), signal(2)]) == 3
    with ledger.database.reading() as connection:
        kinds = connection.execute(select(entries.c.seq, entries.c.kind).order_by(entries.c.seq)).all()
    assert [tuple(row) for row in kinds] == [(1, "signal"), (2, "missing"), (3, "signal")]
    assert isinstance(verify(ledger.database), Verified)


@pytest.mark.slow
def test_a_batch_may_begin_with_an_outcome_and_hold_a_signal_with_its_own(ledger: Ledger) -> None:
    ledger.append([signal(0)])
    assert ledger.append([outcome(1), model(), signal(1), outcome(4), outcome(4, follows=5)]) == 5
    assert isinstance(verify(ledger.database), Verified)


def test_floats_come_back_to_the_last_bit(ledger: Ledger) -> None:
    odd = signal(p_long=0.1 + 0.2, p_short=5e-324, p_no_trade=-0.0, close=1e300, atr=7)
    ledger.append([odd])
    with ledger.database.reading() as connection:
        row = connection.execute(select(signals)).one()
    assert (row.p_long, row.p_short, row.p_no_trade, row.close, row.atr) == (0.1 + 0.2, 5e-324, 0.0, 1e300, 7.0)
    assert isinstance(verify(ledger.database), Verified)


def test_an_entry_of_numbers_that_are_none_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a finite number"):
        signal(p_long=float("nan"))


def test_text_that_no_database_takes_becomes_one_that_all_do(ledger: Ledger) -> None:
    ledger.append([signal(verdict="a\x00b\ud800c")])
    with ledger.database.reading() as connection:
        assert connection.execute(select(signals.c.verdict)).scalar_one() == "a?b?c"
    assert isinstance(verify(ledger.database), Verified)


def test_the_same_signal_is_entered_once_within_a_batch_and_across_batches_and_restarts(place: PlaceMaker) -> None:
    where = place("simulated-seed1")
    first = Ledger.open(where)
    assert first.append([signal(0), signal(0), signal(1)]) == 2
    first.close()
    again = Ledger.open(where)
    assert again.append([signal(1, p_long=0.9), signal(2)]) == 1
    assert head_seq(again) == 3
    again.close()


def test_another_model_or_a_replay_of_the_same_candle_is_another_signal(ledger: Ledger) -> None:
    batch = [signal(0), signal(0, model_version="two"), signal(0, origin=Origin.REPLAYED)]
    assert ledger.append(batch) == 3


def test_silence_is_entered_only_where_nothing_was_said_and_no_silence_is_known(ledger: Ledger) -> None:
    ledger.append([signal(2), silence(5, 2)])
    assert ledger.append([silence(0, 10)]) == 3
    assert silences(ledger) == [(5, 2), (0, 2), (3, 2), (7, 3)]
    assert ledger.append([silence(4), silence(2), silence(9), silence(3, 5)]) == 0


def test_a_signal_of_the_same_batch_ends_a_silence(ledger: Ledger) -> None:
    ledger.append([signal(1), silence(0, 3)])
    assert silences(ledger) == [(0, 1), (2, 1)]


def test_a_replayed_signal_leaves_its_candle_silent(ledger: Ledger) -> None:
    ledger.append([signal(0, origin=Origin.REPLAYED)])
    assert ledger.append([silence(0)]) == 1


def test_silence_of_one_coin_is_none_of_another_or_of_another_timeframe(ledger: Ledger) -> None:
    ledger.append([signal(0), signal(0, Timeframe.H1)])
    assert ledger.append([silence(0, symbol="ETHUSDT"), silence(0)]) == 1


def test_a_silence_of_years_is_one_row(ledger: Ledger) -> None:
    assert ledger.append([silence(0, 70_000)]) == 1
    assert ledger.append([silence(69_999), silence(70_000)]) == 1


def test_a_ledger_of_another_market_is_refused(place: PlaceMaker) -> None:
    here = place("simulated-seed1")
    Ledger.open(here).close()
    there: Place
    if isinstance(here, SqliteFile):
        there = SqliteFile("simulated-seed2", here.path)
    else:
        assert isinstance(here, PostgresqlSchema)
        there = _SameSchema("simulated-seed2", here.url)
    with pytest.raises(LedgerRefused, match="is that of the market simulated-seed1; expected simulated-seed2"):
        Ledger.open(there)


class _SameSchema(PostgresqlSchema):
    schema = "ledger_simulated_seed1"  # type: ignore[assignment]


def test_two_markets_on_one_server_or_in_one_folder_know_nothing_of_each_other(place: PlaceMaker) -> None:
    one, other = Ledger.open(place("simulated-seed1")), Ledger.open(place("simulated-seed2"))
    one.append([signal(0)])
    assert (head_seq(one), head_seq(other)) == (1, 0)
    one.close()
    other.close()


def _write(place: Place, market_of_writer: int, rounds: int) -> None:
    ledger = Ledger.open(place)
    for number in range(rounds):
        ledger.append([signal(number), signal(number, symbol=f"ONLY{market_of_writer}USDT")])
    ledger.close()


@pytest.mark.slow
def test_processes_that_start_and_write_at_once_make_one_chain_without_doubles(bare_place: PlaceMaker) -> None:
    where, rounds = bare_place("simulated-seed1"), 15
    writers = [multiprocessing.get_context("fork").Process(target=_write, args=(where, n, rounds)) for n in (0, 1)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    ledger = Ledger.open(where)
    assert head_seq(ledger) == 3 * rounds
    assert isinstance(verify(ledger.database), Verified)
    ledger.close()


def test_threads_that_open_a_new_ledger_at_once_all_get_it(place: PlaceMaker) -> None:
    where = place("simulated-seed1")
    opened: list[Ledger] = []
    threads = [threading.Thread(target=lambda: opened.append(Ledger.open(where))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 4
    for each in opened:
        each.close()


def test_readers_cannot_write(ledger: Ledger) -> None:
    with pytest.raises(LedgerUnavailable), ledger.database.reading() as connection:
        connection.execute(entries.delete())


def test_a_long_name_of_a_market_has_a_schema_of_its_own() -> None:
    schemas = {PostgresqlSchema("x" * 70 + end, "").schema for end in ("1", "2")}
    assert len(schemas) == 2
    assert all(len(schema) <= 63 for schema in schemas)


@pytest.mark.slow
def test_tables_that_were_dropped_under_way_are_made_anew_when_it_is_opened_again(place: PlaceMaker) -> None:
    where = place("simulated-seed1")
    ledger = Ledger.open(where)
    with ledger.database.writing() as connection:
        there = MetaData()
        there.reflect(connection)
        there.drop_all(connection)
    with pytest.raises(LedgerGone):
        ledger.append([signal(0)])
    ledger.close()
    again = Ledger.open(where)
    assert again.append([signal(0)]) == 1
    again.close()


# ---------------------------------------------------------------- SQLite


@pytest.fixture
def file(tmp_path: Path) -> SqliteFile:
    return SqliteFile("simulated-seed1", tmp_path / "a folder" / "ledger.db")


def test_every_transaction_is_synced_and_kept_without_wal_where_that_could_damage_it(file: SqliteFile) -> None:
    ledger = Ledger.open(file)
    with ledger.database.writing() as connection:
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    assert synchronous == 2
    assert mode.upper() == journal_mode(sqlite3.sqlite_version_info)
    ledger.close()


@pytest.mark.parametrize(
    ("version", "mode"),
    [((3, 7, 0), "TRUNCATE"), ((3, 40, 1), "TRUNCATE"), ((3, 51, 2), "TRUNCATE"), ((3, 51, 3), "WAL"), ((4, 0), "WAL")],
)
def test_wal_is_used_only_where_sqlite_keeps_it_whole(version: tuple[int, ...], mode: str) -> None:
    assert journal_mode(version) == mode


@pytest.mark.slow
def test_a_full_disk_takes_nothing_and_loses_nothing(file: SqliteFile) -> None:
    ledger = Ledger.open(file)
    ledger.append([signal(0)])
    with room_for(file.path.stat().st_size + 8192):
        with pytest.raises(LedgerUnavailable, match=r"cannot be used: .*(disk|I/O)") as raised:
            ledger.append([signal(n, shown="x" * 5000 + str(n)) for n in range(400)])
        assert str(file.path) in str(raised.value)
        assert head_seq(ledger) == 1
    assert ledger.append([signal(1)]) == 1
    assert isinstance(verify(ledger.database), Verified)
    ledger.close()


@pytest.mark.slow
def test_a_ledger_that_was_deleted_under_way_is_noticed_before_anything_is_written_into_nowhere(
    file: SqliteFile,
) -> None:
    ledger = Ledger.open(file)
    file.path.unlink()
    with pytest.raises(LedgerUnavailable, match="was moved away or replaced"):
        ledger.append([signal(0)])
    ledger.close()


def test_a_file_that_is_no_database_is_told_in_one_sentence(file: SqliteFile) -> None:
    file.path.parent.mkdir()
    file.path.write_bytes(b"this is no database" * 100)
    with pytest.raises(LedgerUnavailable, match="the file is no SQLite database; move it away"):
        Ledger.open(file)


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file stands where the folder would")
    with pytest.raises(LedgerUnavailable, match="cannot be used"):
        Ledger.open(SqliteFile("simulated-seed1", tmp_path / "data" / "ledger.db"))


def test_a_locked_ledger_is_waited_for_and_then_told(file: SqliteFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.journal.database.BUSY_SECONDS", 0.05)
    ledger = Ledger.open(file)
    other = sqlite3.connect(file.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerUnavailable, match="another process has kept it locked for too long"):
        ledger.append([signal(0)])
    other.execute("ROLLBACK")
    assert ledger.append([signal(0)]) == 1
    other.close()
    ledger.close()


def test_the_ledger_of_a_newer_candor_is_refused(file: SqliteFile) -> None:
    Ledger.open(file).close()
    with sqlite3.connect(file.path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(LedgerRefused, match="at step 9999"):
        Ledger.open(file)


# ---------------------------------------------------------------- PostgreSQL


def test_a_candle_that_one_process_called_silent_and_another_spoke_of_is_not_missing(ledger: Ledger) -> None:
    counting, afterwards = LedgerReader(ledger.database), LedgerReader(ledger.database)
    ledger.append([silence(0, 4), silence(6)])
    assert counting.head_and_counts()[1].missing == 5
    ledger.append([signal(2), signal(2, origin=Origin.REPLAYED), signal(3, origin=Origin.REPLAYED), signal(5)])
    ledger.append([signal(2, timeframe=Timeframe.H1), signal(6, symbol="ETHUSDT")])
    assert counting.head_and_counts()[1].missing == 4
    assert afterwards.head_and_counts()[1].missing == 4
    assert counting.head_and_counts()[1].missing == 4


@pytest.mark.postgresql
def test_a_server_that_is_away_or_refuses_is_told_in_one_sentence_its_address_and_user_in_the_log_alone(
    postgresql: str,
) -> None:
    wrong = postgresql.replace("a-very-secret-word", "a-wrong-secret")
    stranger = wrong.replace("candor:", "nobody-known:")
    for url, user, host in (
        (wrong, "candor@", "candor-postgresql-"),
        (stranger, "nobody-known@", "candor-postgresql-"),
        ("postgresql://somebody:a-wrong-secret@127.0.0.1:1/database", "somebody@", "127.0.0.1"),
        (wrong.replace("host=", "host=/nowhere"), "candor@", "/nowhere"),
        (postgresql.replace("/postgres?", "/no_such_database?"), "candor@", "no_such_database"),
    ):
        with pytest.raises(LedgerUnavailable) as raised:
            Ledger.open(PostgresqlSchema("simulated-seed1", url))
        sentence, in_the_log = str(raised.value), in_full(raised.value)
        assert user not in sentence
        assert host not in sentence
        assert "postgresql://" not in sentence
        assert user in in_the_log
        assert host in in_the_log
        assert "secret" not in in_the_log
        assert "\n" not in in_the_log


@pytest.mark.postgresql
def test_a_database_without_an_encoding_gives_text_back_as_it_was(postgresql: str) -> None:
    """A server that was set up without a locale makes such databases, and hands out bytes unless told otherwise."""
    import psycopg

    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("CREATE DATABASE plain ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
        try:
            ledger = Ledger.open(PostgresqlSchema("simulated-plain", postgresql.replace("/postgres?", "/plain?")))
            ledger.append([signal(0, verdict="测试")])
            with ledger.database.reading() as reading:
                assert reading.execute(select(signals.c.verdict)).scalar_one() == "测试"
            assert isinstance(verify(ledger.database), Verified)
            ledger.close()
        finally:
            connection.execute("DROP DATABASE plain WITH (FORCE)")


@pytest.mark.postgresql
def test_a_connection_that_was_lost_is_made_anew(postgresql: str, place: PlaceMaker) -> None:
    import psycopg

    ledger = Ledger.open(place("simulated-lost"))
    ledger.append([signal(0)])
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'candor'")
    assert ledger.append([signal(1)]) == 1
    with ledger.database.reading() as reading:
        assert reading.execute(select(func.count()).select_from(signals)).scalar_one() == 2
    ledger.close()


def test_a_ledger_in_a_file_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger-simulated-seed7.db"
    ledger = Ledger.open(SqliteFile("simulated-seed7", path))
    with ledger.database.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE being_written (x)")
        beside = [stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()]
    ledger.close()
    assert len(beside) >= 2, "SQLite keeps a journal beside it"
    assert set(beside) == {0o600}


@pytest.mark.parametrize(("before", "after"), [(0o644, 0o640), (0o660, 0o660), (0o400, 0o400)])
def test_an_earlier_file_is_closed_to_everybody_but_a_group_that_was_let_in(
    tmp_path: Path, before: int, after: int
) -> None:
    path = tmp_path / "ledger-simulated-seed7.db"
    place = SqliteFile("simulated-seed7", path)
    Ledger.open(place).close()
    path.chmod(before)
    with contextlib.suppress(LedgerUnavailable):
        Ledger.open(place).close()
    assert stat.S_IMODE(path.stat().st_mode) == after
