"""Which entry holds what no program of ours writes: looked for once, when what was read made no sense.

It is a quick look and proves nothing: a number that was changed into another one is only found by the chain
(core.journal.verification).
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    LargeBinary,
    Table,
    and_,
    func,
    null,
    select,
    true,
)

from core.domain import Direction, Timeframe
from core.journal.entries import ENTRIES
from core.journal.migrating import Tables
from core.journal.tables import entries
from core.journal.vocabulary import Decision, Origin
from core.market.candles import LATEST_MS
from core.signals.outcomes import Touched

MOST_CANDLES = LATEST_MS // min(timeframe.milliseconds for timeframe in Timeframe)
"""More than that can lie nowhere."""

_VOCABULARY: Mapping[str, Collection[str]] = {
    "kind": tuple(ENTRIES),
    "decision": [decision.value for decision in Decision],
    "origin": [origin.value for origin in Origin],
    "timeframe": [timeframe.value for timeframe in Timeframe],
    "direction": [direction.value for direction in Direction],
    "levels_side": [direction.value for direction in Direction],
    "touched": [touched.value for touched in Touched],
}


def first_damaged(connection: Connection) -> int | None:
    """The lowest number of an entry with such a row; None where all rows look as if they had been entered."""
    tables = Tables.of(connection)
    found = [
        connection.execute(
            select(func.min(table.c.seq)).where(~seems_entered(connection, table, tables.lacking))
        ).scalar_one()
        for table in (entries, *tables.contents)
    ]
    return min((int(seq) for seq in found if seq is not None), default=None)


def seems_entered(connection: Connection, table: Table, lacking: Container[str] = ()) -> ColumnElement[bool]:
    """Whether every column of a row, but those ``lacking``, is of the type, and within the bounds, of what is entered."""
    typed = connection.dialect.name != "sqlite"  # a server keeps everything else out of its columns
    there = (column for column in table.c if column.name not in lacking)
    return and_(true(), *(fits for column in there for fits in _fits(column, typed)))


def is_time(column: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a value is a moment, as Unix milliseconds; SQLite holds every text to be larger than a number."""
    return column.between(0, LATEST_MS)


def _fits(column: Column[Any], typed: bool) -> Iterator[ColumnElement[bool]]:
    """What holds for every value of a column."""
    given = [
        *([] if typed else [func.typeof(column) == _stored_as(column)]),
        *([column.in_(list(_VOCABULARY[column.name]))] if column.name in _VOCABULARY else []),
        *([is_time(column)] if column.name.endswith("_ms") and column.name != "delay_ms" else []),
        *([column.between(0, MOST_CANDLES)] if "candles" in column.name else []),
    ]
    yield from ((column == null()) | fits for fits in given) if column.nullable else given


def _stored_as(column: Column[Any]) -> str:
    """How SQLite keeps the values of a column."""
    if isinstance(column.type, Integer):
        return "integer"
    if isinstance(column.type, Float):
        return "real"
    return "blob" if isinstance(column.type, LargeBinary) else "text"
