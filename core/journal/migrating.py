"""Brings a ledger's tables up to what this version of Candor expects."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Select, Table, inspect, null, select, text

from core.journal.entries import TABLES
from core.journal.errors import LedgerRefused, LedgerUnavailable
from core.journal.tables import entries, epochs, ledger

NEWEST = "0008"
"""The last step of core/journal/migrations/versions."""


def migrate(connection: Connection, where: str, path: Path | None = None) -> None:
    """Take the steps that are lacking, in the caller's transaction; LedgerRefused for the ledger of a newer Candor."""
    reached = reached_step(connection)
    if reached == NEWEST:
        return
    _refuse_newer(reached, where, path)
    _upgrade(connection)


def require_newest(connection: Connection, where: str, path: Path | None = None) -> None:
    """LedgerRefused for a ledger at another step than this version reads, where the lacking ones cannot be taken.

    LedgerUnavailable where nobody has begun one.
    """
    reached = reached_step(connection)
    _refuse_newer(reached, where, path)
    if reached is None:
        raise LedgerUnavailable(
            f"There is no ledger in {where} yet: nothing that records this market has run. Start Candor with "
            "CANDOR_ROLE=feeder or all.",
            path,
        )
    if reached != NEWEST:
        raise LedgerRefused(
            f"The ledger in {where} is at step {reached}, and this version of Candor reads step {NEWEST}. Whoever of this "
            "version records there takes that step by itself: free some space and allow writing, or start the version that wrote it.",
            path,
        )


def _refuse_newer(reached: str | None, where: str, path: Path | None) -> None:
    if reached is not None and reached > NEWEST:
        raise LedgerRefused(
            f"The ledger in {where} is at step {reached}, which this version of Candor, that knows {NEWEST}, cannot "
            "read. Start the newer version that wrote it.",
            path,
        )


def reached_step(connection: Connection) -> str | None:
    """The last step that a ledger's tables have taken; None where there are none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT max(version_num) FROM alembic_version")).scalar_one()


@dataclass(frozen=True, slots=True)
class Tables:
    """What a ledger has: one that an earlier Candor wrote is read, and copied, as it is."""

    entries: Select[Any]
    """Every column of ``entries``, NULL for one that came later."""
    contents: tuple[Table, ...]
    """The tables of what entries hold."""
    beside: tuple[Table, ...]
    """Those of the chain's owner and of who has led it."""
    lacking: frozenset[str]
    """The columns of ``entries`` that came later."""

    @classmethod
    def of(cls, connection: Connection) -> Self:
        there = inspect(connection)
        has = {column["name"] for column in there.get_columns(entries.name)}
        lacking = frozenset(entries.c.keys()) - has
        columns = (null().label(column.name) if column.name in lacking else column for column in entries.c)
        contents = tuple(table for table in TABLES if there.has_table(table.name))
        beside = tuple(table for table in (ledger, epochs) if there.has_table(table.name))
        return cls(select(*columns).select_from(entries), contents, beside, lacking)


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - takes a fifth of a second, and is needed once in a ledger's life
    from alembic.config import Config  # noqa: PLC0415

    steps = Config()
    steps.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    steps.attributes["connection"] = connection
    command.upgrade(steps, "head")
