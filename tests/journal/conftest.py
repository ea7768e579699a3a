"""Ledgers for tests: each test that asks for one runs on a real SQLite file and on a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from psycopg import connect

from core.journal.database import open_database
from core.journal.migrating import migrate
from core.journal.places import Place, PostgresqlSchema, SqliteFile
from core.journal.store import Ledger
from tests.journal.postgresql import dumped, running_postgresql

NOBODY = "nobody"
"""The market of tables that are copied before they belong to any."""

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
    """As ``bare_place``; the tables are made already."""
    return lambda market: with_tables(bare_place(market))


@pytest.fixture
def ledger(place: PlaceMaker) -> Iterator[Ledger]:
    """An empty ledger."""
    ledger = Ledger.open(place("simulated-seed1"))
    yield ledger
    ledger.close()


def with_tables(place: Place) -> Place:
    """A place that belongs to no market yet, where there is none: to open it is five times faster than to make its tables."""
    if isinstance(place, PostgresqlSchema):
        with connect(place.url, autocommit=True) as connection:
            connection.execute(_statements(place.url).replace(_nobodys(place.url).schema, place.schema).encode())
    elif not place.path.exists():
        place.path.write_bytes(_tables())
    return place


@cache
def _tables() -> bytes:
    with TemporaryDirectory() as folder:
        place = SqliteFile(NOBODY, Path(folder) / "ledger.db")
        _make_tables(place)
        return place.path.read_bytes()


@cache
def _statements(url: str) -> str:
    """What makes the tables of a ledger on this server, which knows it best itself."""
    place = _nobodys(url)
    _make_tables(place)
    statements = dumped(url, place.schema)
    drop_schemas(url, {place.schema})
    return statements


def _nobodys(url: str) -> PostgresqlSchema:
    return PostgresqlSchema(NOBODY, url)


def _make_tables(place: Place) -> None:
    database = open_database(place)
    with database.migrating() as connection:
        migrate(connection, database.where)
    database.close()


def drop_schemas(url: str, schemas: set[str]) -> None:
    with connect(url, autocommit=True) as connection:
        for schema in schemas:
            connection.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
