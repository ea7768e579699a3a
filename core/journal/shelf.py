"""Which ledgers there are: the files in a data folder, or the schemas on a server."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select, text

from core.errors import CandorError
from core.journal.database import Database, open_database
from core.journal.errors import LedgerRefused
from core.journal.places import Place, PostgresqlSchema, SqliteFile
from core.journal.tables import ledger


def ledgers_at(data_dir: Path, database_url: str | None) -> list[Place]:
    """Where each ledger is that Candor would write with these settings."""
    if database_url is not None:
        return list(_on_server(database_url))
    return [SqliteFile(path.stem.removeprefix("ledger-"), path) for path in sorted(data_dir.glob("ledger-*.db"))]


def file_there(path: Path) -> Path:
    """``path``, where it is a file; CandorError that says what there is instead."""
    if path.is_file():
        return path
    if path.is_dir():
        raise CandorError(f"{{path}} is a folder; name a file in it. It has {_databases_in(path)}.", path)
    raise CandorError(
        f"There is no file {{path}}; expected a ledger, or a copy of one. Its folder has {_databases_in(path.parent)}.",
        path,
    )


def _databases_in(folder: Path) -> str:
    return ", ".join(sorted(each.name for each in folder.glob("*.db"))) or "no *.db"


def market_of(database: Database) -> str:
    """Whose ledger a database holds; LedgerRefused where it is none."""
    with database.reading() as connection:
        markets = connection.execute(select(ledger.c.market)).scalars().all()
    if len(markets) != 1:
        raise LedgerRefused(f"{database.where} is no ledger: it names {len(markets)} markets.", database.path)
    return markets[0]


def _on_server(url: str) -> list[Place]:
    database = open_database(PostgresqlSchema("", url))
    try:
        with database.reading() as connection:
            schemas = connection.execute(
                text("SELECT table_schema FROM information_schema.tables WHERE table_name = 'ledger' ORDER BY 1")
            ).scalars()
            ours = [schema for schema in schemas if schema.startswith("ledger_")]
            markets = [
                connection.execute(text(f'SELECT min(market) FROM "{schema}".ledger')).scalar() for schema in ours
            ]
    finally:
        database.close()
    return [PostgresqlSchema(market, url) for market in markets if market is not None]
