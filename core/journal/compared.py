"""The ledger's comparisons of new models with those in use, in the order they were entered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Row, func, select

from core.domain import Timeframe
from core.journal.database import Database
from core.journal.entries import ComparisonEntry, columns_of
from core.journal.store import head_of
from core.journal.tables import comparisons, entries


class Rivals(NamedTuple):
    """The versions of a coin's model in use, None where there was none that could be used, and of the new one.

    ``unusable`` is whether there was one whose files could not be used; the first entries say nothing of it.
    """

    champion: str | None
    challenger: str
    published: bool
    unusable: bool = False


@dataclass(frozen=True, slots=True)
class StoredComparison:
    """Entry ``seq``; ``rivals`` by coin."""

    seq: int
    recorded_at_ms: int
    entry: ComparisonEntry
    rivals: dict[str, Rivals]


def comparisons_after(database: Database, after: int, limit: int) -> tuple[list[StoredComparison], int]:
    """Those after entry ``after``, and after which to go on; LedgerUnavailable, LedgerDamaged where they cannot be read."""
    wanted = _ALL.where(comparisons.c.seq > after).order_by(comparisons.c.seq).limit(limit)
    with database.reading() as connection:
        head = head_of(connection).seq
        found = [_stored(row) for row in connection.execute(wanted)]
    return found, found[-1].seq if len(found) == limit else max(after, head)


def newest_comparisons(database: Database) -> tuple[StoredComparison, ...]:
    """The last one of each timeframe, the shortest first; errors as of comparisons_after."""
    newest = select(func.max(comparisons.c.seq)).group_by(comparisons.c.timeframe)
    with database.reading() as connection:
        found = [_stored(row) for row in connection.execute(_ALL.where(comparisons.c.seq.in_(newest)))]
        return tuple(sorted(found, key=lambda each: list(Timeframe).index(Timeframe(each.entry.timeframe))))


def _stored(row: Row[Any]) -> StoredComparison:
    columns: tuple[Any, ...] = tuple(row)
    entry = ComparisonEntry(*columns[2:])
    return StoredComparison(row.seq, row.recorded_at_ms, entry, rivals_of(entry.versions))


def written_rivals(rivals: dict[str, Rivals]) -> str:
    """As an entry holds them."""
    return orjson.dumps({symbol: each._asdict() for symbol, each in rivals.items()}).decode()


def rivals_of(written: str) -> dict[str, Rivals]:
    """ValueError, TypeError or LookupError where somebody has made something else of it."""
    return {symbol: Rivals(**each) for symbol, each in orjson.loads(written).items()}


_ALL = select(
    comparisons.c.seq, entries.c.recorded_at_ms, *(comparisons.c[name] for name in columns_of(ComparisonEntry.kind))
).join_from(comparisons, entries, entries.c.seq == comparisons.c.seq)
