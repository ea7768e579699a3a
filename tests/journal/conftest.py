"""Ledgers for tests: each test that asks for one runs on a real SQLite file and on a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from core.journal.database import open_database
from core.journal.migrating import migrate
from core.journal.places import Place, PostgresqlSchema, SqliteFile
from core.journal.store import Ledger
from tests.journal.postgresql import running_postgresql

PlaceMaker = Callable[[str], Place]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a server of the tests' own."""
    with running_postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def bare_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PlaceMaker]:
    """Makes the place of a market's ledger, where nothing is; what is on the server is gone after the test."""
    if request.param == "sqlite":
        yield lambda market: SqliteFile(market, tmp_path / f"ledger-{market}.db")
        return
    url = request.getfixturevalue("postgresql")
    made: list[PostgresqlSchema] = []

    def make(market: str) -> Place:
        made.append(PostgresqlSchema(market, url))
        return made[-1]

    yield make
    drop_schemas(url, {each.schema for each in made})


@pytest.fixture
def place(bare_place: PlaceMaker) -> PlaceMaker:
    """As ``bare_place``; in a file, the tables are made already."""

    def make(market: str) -> Place:
        made = bare_place(market)
        return with_tables(made) if isinstance(made, SqliteFile) else made

    return make


@pytest.fixture
def ledger(place: PlaceMaker) -> Iterator[Ledger]:
    """An empty ledger."""
    ledger = Ledger.open(place("simulated-seed1"))
    yield ledger
    ledger.close()


def with_tables(place: SqliteFile) -> SqliteFile:
    """A file that belongs to no market yet, where there is none: to open it is five times faster than to make its tables."""
    if not place.path.exists():
        place.path.write_bytes(_tables())
    return place


@cache
def _tables() -> bytes:
    with TemporaryDirectory() as folder:
        place = SqliteFile("nobody", Path(folder) / "ledger.db")
        database = open_database(place)
        with database.migrating() as connection:
            migrate(connection, database.where)
        database.close()
        return place.path.read_bytes()


def drop_schemas(url: str, schemas: set[str]) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for schema in schemas:
            connection.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
