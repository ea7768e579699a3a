"""Where a market's ledger is kept: a SQLite file of its own, or a schema of its own on a PostgreSQL server."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from core.market.market import MarketIdentity

_LONGEST_SCHEMA = 63
"""Letters of a name that PostgreSQL keeps."""


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A ledger in a file."""

    market: str
    path: Path


@dataclass(frozen=True, slots=True)
class PostgresqlSchema:
    """A ledger on a server; ``url`` may hold a password and is not shown."""

    market: str
    url: str = field(repr=False)

    @property
    def schema(self) -> str:
        """A name of its own for each market, whatever signs are in the market's."""
        plain = "ledger_" + re.sub(r"\W", "_", self.market)
        digest = hashlib.sha256(self.market.encode()).hexdigest()[:8]
        return plain if len(plain) <= _LONGEST_SCHEMA else f"{plain[: _LONGEST_SCHEMA - 9]}_{digest}"


Place = SqliteFile | PostgresqlSchema


def ledger_name(market: MarketIdentity) -> str:
    """The market as its ledger names it, such as ``simulated-seed1`` or ``exchange-binanceusdm``.

    Markets whose prices may differ never have the same.
    """
    parts = [
        market.kind,
        *([market.name] if market.name != market.kind else []),
        *([market.which] if market.which else []),
    ]
    return re.sub(r"[^a-z0-9.]+", "-", "-".join(parts).lower())


def place_of(market: MarketIdentity, data_dir: Path, database_url: str | None) -> Place:
    """Where a market's ledger belongs: on the server where one is named, otherwise in the data folder."""
    return place_named(ledger_name(market), data_dir, database_url)


def place_named(name: str, data_dir: Path, database_url: str | None) -> Place:
    """As place_of, of a market by the name that its ledger has for it."""
    if database_url is not None:
        return PostgresqlSchema(name, database_url)
    return SqliteFile(name, data_dir / f"ledger-{name}.db")
