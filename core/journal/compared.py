"""The ledger's comparisons of new models with those in use, in the order they were entered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import orjson
from sqlalchemy import select

from core.journal.database import Database
from core.journal.entries import ComparisonEntry, columns_of
from core.journal.store import head_of
from core.journal.tables import comparisons, entries


class Rivals(NamedTuple):
    """The versions of a coin's model in use, None where there was none, and of the new one."""

    champion: str | None
    challenger: str
    published: bool


@dataclass(frozen=True, slots=True)
class StoredComparison:
    """Entry ``seq``; ``rivals`` by coin."""

    seq: int
    recorded_at_ms: int
    said: ComparisonEntry
    rivals: dict[str, Rivals]


def comparisons_after(database: Database, after: int, limit: int) -> tuple[list[StoredComparison], int]:
    """Those after entry ``after``, and after which to go on; LedgerUnavailable, LedgerDamaged where they cannot be read."""
    wanted = _ALL.where(comparisons.c.seq > after).order_by(comparisons.c.seq).limit(limit)
    with database.reading() as connection:
        head = head_of(connection).seq
        found = [
            StoredComparison(seq, recorded_at_ms, said, rivals_of(said.versions))
            for seq, recorded_at_ms, *columns in connection.execute(wanted)
            for said in [ComparisonEntry(*columns)]
        ]
    return found, found[-1].seq if len(found) == limit else max(after, head)


def written_rivals(rivals: dict[str, Rivals]) -> str:
    """As an entry holds them."""
    return orjson.dumps({symbol: each._asdict() for symbol, each in rivals.items()}).decode()


def rivals_of(written: str) -> dict[str, Rivals]:
    """ValueError, TypeError or LookupError where somebody has made something else of it."""
    return {symbol: Rivals(**each) for symbol, each in orjson.loads(written).items()}


_ALL = select(
    comparisons.c.seq, entries.c.recorded_at_ms, *(comparisons.c[name] for name in columns_of(ComparisonEntry.kind))
).join_from(comparisons, entries, entries.c.seq == comparisons.c.seq)
