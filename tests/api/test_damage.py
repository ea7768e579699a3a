"""Whatever somebody has made of a ledger's rows: programs get an answer or are told which entry is damaged, and recording goes on."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from core.journal.database import Database, open_database
from core.journal.noted import as_noted
from core.journal.places import SqliteFile
from core.journal.reading import LedgerReader
from core.journal.recorder import Opened
from core.journal.shown import compressed
from core.journal.store import Ledger
from core.journal.tables import circumstances, comparisons, entries, missing, models, outcomes, shown, signals, standing
from tests.api.client import client_of, refusal
from tests.journal.made_entries import UNFAMILIAR, comparison, signal, silence
from tests.journal.made_history import life as made_life
from tests.journal.small_life import SmallLife
from tests.waiting import until

Break = Callable[[str], None]

ROUTES = (
    "/api/signals?limit=1000",
    "/api/signals/5",
    "/api/ledger/head",
    "/api/track-record?origin=both",
    "/api/track-record?origin=live&symbols=BTCUSDT",
    "/api/ledger/export?format=csv",
    "/api/ledger/export?format=parquet&table=missing",
    "/api/ledger/export?table=models",
    "/api/ledger/export?table=comparisons",
    "/api/comparisons",
)
MUTATIONS = 12
TABLES = (entries, signals, shown, circumstances, missing, outcomes, models, standing, comparisons)
COLUMNS = [(table, column) for table in TABLES for column in table.c if column.name != "seq"]
NASTY = (
    "much", "", 0, 1, -1, 2**62, -(2**62), 1e300, -0.5, 0.5, b"\x00\xff", b"", "live", "replayed",
    compressed("{"), compressed("[]"), compressed('{"symbol": 1e400}'), compressed('"\\ud800"'),
)  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger in which 40 candles of two coins, two silences, and a signal on an unfamiliar candle were recorded."""
    place = SqliteFile("simulated-seed1", tmp_path_factory.mktemp("ledger") / "ledger.db")
    ledger = Ledger.open(place)
    unlike = signal(70, circumstances=as_noted([UNFAMILIAR]))
    ledger.append([*made_life(seed=6, candles=40), silence(50, 3), silence(60), unlike, comparison()])
    ledger.close()
    return place.path


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallLife]:
    life = SmallLife(tmp_path_factory.mktemp("life"))
    life.board.recompute()
    yield life
    life.application.stop()


@pytest.fixture
def client(life: SmallLife, file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Over the ledger in ``file``, whose rows nobody has read yet, at whatever moment one asks."""

    found: dict[int, Database] = {}

    def opened() -> Opened:
        assert life.feed.identity is not None
        changed = file.stat().st_mtime_ns
        if changed not in found:
            for database in found.values():
                database.close()
            found.clear()
            found[changed] = open_database(SqliteFile("simulated-seed1", file), existing=True)
        return Opened(life.feed.identity, "simulated-seed1", LedgerReader(found[changed]), None, None)

    monkeypatch.setattr(life.application.recorder, "opened", opened)
    with client_of(life.application, raise_server_exceptions=False) as client:
        yield client
    for database in found.values():
        database.close()


@pytest.fixture
def breaking(file: Path) -> Iterator[Break]:
    """Runs a statement behind the ledger's back; afterwards everything is as it was."""
    whole = file.read_bytes()

    def breaking(statement: str) -> None:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute(statement)

    yield breaking
    file.write_bytes(whole)


def mutate(file: Path, rng: np.random.Generator) -> str:
    """Put something else into a random column of a random row, where the database takes it; what it was."""
    while True:
        table, column = COLUMNS[rng.integers(len(COLUMNS))]
        value = [None, *NASTY][rng.integers(len(NASTY) + 1)]
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            row = rng.integers(connection.execute(f"SELECT count(*) FROM {table.name}").fetchone()[0])
            where = f"WHERE seq = (SELECT seq FROM {table.name} LIMIT 1 OFFSET {row})"
            try:
                connection.execute(f"UPDATE {table.name} SET {column.name} = ? {where}", [value])
            except sqlite3.IntegrityError:
                continue
        return f"{table.name}.{column.name} = {value!r} in row {row}"


@pytest.mark.slow
def test_whatever_a_row_becomes_every_route_answers_or_says_that_the_ledger_is_damaged(
    client: TestClient, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole, rng, wrong = file.read_bytes(), np.random.default_rng(10), list[tuple[str, str, str]]()
    for _ in range(MUTATIONS):
        done = mutate(file, rng)
        for route in ROUTES:
            answer = client.get(route)
            named = answer.status_code == 503 and "python -m scripts.verify_ledger" in answer.text
            if answer.status_code >= 500 and not named:
                wrong.append((done, route, answer.text))
        file.write_bytes(whole)
    assert wrong == []
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR and record.exc_info] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "row", "route"),
    [
        ("signals SET timeframe = 'x'", "max(seq) FROM signals", "/api/ledger/head"),
        ("entries SET recorded_at_ms = 9000000000000000000", "max(seq) FROM entries", "/api/ledger/head"),
        ("signals SET candle_open_ms = 'yesterday'", "6", "/api/signals?limit=1000"),
        ("signals SET origin = 'replayed'", "seq FROM signals WHERE origin = 'live'", "/api/signals?limit=1000"),
        ("models SET climatology_long = 'often'", "1", "/api/track-record"),
    ],
)
def test_the_damaged_entry_is_named_with_the_command_that_finds_the_first_one(
    client: TestClient, file: Path, breaking: Break, change: str, row: str, route: str
) -> None:
    with closing(sqlite3.connect(file)) as connection:
        seq = connection.execute(f"SELECT {row}").fetchone()[0]
    breaking(f"UPDATE {change} WHERE seq = {seq}")
    error = refusal(client.get(route), 503, "ledger_damaged")
    assert f"Entry {seq} of the ledger" in error
    assert "python -m scripts.verify_ledger" in error


@pytest.mark.slow
def test_a_file_is_refused_before_it_is_begun_and_leaves_room_for_others(client: TestClient, breaking: Break) -> None:
    breaking("UPDATE signals SET p_long = 'much' WHERE seq = 5")
    for _ in range(3):
        assert "Entry 5" in refusal(client.get("/api/ledger/export"), 503, "ledger_damaged")
    assert client.get("/api/ledger/export?table=models").status_code == 200


@pytest.mark.slow
def test_recording_goes_on_past_rows_that_were_never_entered(tmp_path: Path) -> None:
    path = tmp_path / "data" / "ledger-simulated-seed1.db"
    ledger = Ledger.open(SqliteFile("simulated-seed1", path))
    ledger.append([*made_life(seed=6, candles=8), silence(20, 3), silence(30)])
    ledger.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE signals SET timeframe = 'x' WHERE seq = 5")
        connection.execute("UPDATE signals SET candle_open_ms = 'yesterday' WHERE seq = 6")
        connection.execute("UPDATE signals SET horizon_candles = 'many' WHERE seq = 7")
        connection.execute("UPDATE missing SET candles = 'many'")
        before = connection.execute("SELECT max(seq) FROM entries").fetchone()[0]
    life = SmallLife(tmp_path)
    life.application.recorder.start(life.board)
    life.board.recompute()

    def recorded() -> int:
        with closing(sqlite3.connect(path)) as connection:
            return int(connection.execute(f"SELECT count(*) FROM signals WHERE seq > {before}").fetchone()[0])

    until(lambda: recorded() >= 2)
    assert life.application.recorder.state().waiting == 0
    life.application.stop()
