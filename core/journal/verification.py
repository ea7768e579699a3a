"""Whether a ledger still is what was written: the chain is recomputed from its first entry, and the first wrong one named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, func, or_, select

from core.findings import LedgerDamage, LedgerFault
from core.journal.chain import entry_hash
from core.journal.database import Database
from core.journal.entries import ENTRIES, Content, columns_of
from core.journal.errors import LedgerDamaged
from core.journal.migrating import Tables
from core.journal.shown import decompressed
from core.journal.store import Head, beginning_of
from core.journal.tables import entries, shown

ENTRIES_TOGETHER = 2_000
"""So many are read in one transaction: whoever writes meanwhile waits no longer than that takes."""


@dataclass(frozen=True, slots=True)
class Verified:
    """Every entry up to ``head`` is as it was written, and in its place."""

    head: Head


def verify(
    database: Database,
    published: tuple[int, bytes] | None = None,
    after_each: Callable[[Head], object] = lambda reached: None,
    since: Head | None = None,
) -> Verified | LedgerDamage:
    """The whole chain recomputed, up to the entry that was its last when this began.

    ``published`` is the number and hash of an entry as somebody has kept them: a ledger that was written anew, or cut
    off, does not have it. ``after_each`` is told after every ENTRIES_TOGETHER how far it is. What was verified up to ``since`` is not
    looked at again: only that the entries after it follow on it. LedgerUnavailable where it cannot be read.
    """
    with database.reading() as connection:
        last, reached, tables = _last_of(connection), since or beginning_of(connection), Tables.of(connection)
    if last < reached.seq:
        return LedgerDamage(last + 1, LedgerFault.CUT_OFF)
    while reached.seq < last:
        together = min(ENTRIES_TOGETHER, last - reached.seq)  # what is added meanwhile is the next verification's
        found = _verify_some(database, tables, reached, published, together)
        if isinstance(found, LedgerDamage):
            return found
        reached = found
        after_each(reached)
    if published is not None and published[0] > reached.seq:
        return LedgerDamage(reached.seq + 1, LedgerFault.CUT_OFF)
    if since is not None:
        return Verified(reached)  # a look at every row of every table is what the whole verification is for
    with database.reading() as connection:
        stray = _outside_the_chain(connection, tables)
    return Verified(reached) if stray is None else LedgerDamage(stray, LedgerFault.INSERTED)


def _verify_some(
    database: Database, tables: Tables, reached: Head, published: tuple[int, bytes] | None, together: int
) -> Head | LedgerDamage:
    """The chain's next stretch after ``reached``: its end, or the first entry that is wrong."""
    stretch = _readable(database, tables, reached.seq, together)
    if stretch is None:
        if together == 1:
            return LedgerDamage(reached.seq + 1, LedgerFault.CHANGED)
        return _verify_some(database, tables, reached, published, together // 2)  # nearer to the unreadable one
    if not stretch:
        return LedgerDamage(reached.seq + 1, LedgerFault.MISSING)
    for row, content in stretch:
        fault = _fault(row, reached, content)
        if fault is not None:
            return LedgerDamage(min(row.seq, reached.seq + 1), fault)
        reached = Head(row.seq, row.hash, row.recorded_at_ms)
        if published is not None and published[0] == row.seq and published[1] != reached.hash:
            return LedgerDamage(row.seq, LedgerFault.REWRITTEN)
    return reached


_Stretch = list[tuple[Row[Any], dict[Table, Content]]]


def _readable(database: Database, tables: Tables, after: int, together: int) -> _Stretch | None:
    """As _stretch; None where somebody has made something of it that no row can hold."""
    try:
        with database.reading() as connection:
            try:
                return _stretch(connection, tables, after, together)
            except (TypeError, ValueError):
                return None
    except LedgerDamaged:
        return None


def _stretch(connection: Connection, tables: Tables, after: int, together: int) -> _Stretch:
    """The entries after ``after``, each with what its tables hold of it."""
    wanted = tables.entries.where(entries.c.seq > after).order_by(entries.c.seq).limit(together)
    rows = connection.execute(wanted).all()
    contents = _contents(connection, tables, after, rows[-1].seq if rows else after)
    return [(row, contents[row.seq]) for row in rows]


def _fault(row: Row[Any], before: Head, content: dict[Table, Content]) -> LedgerFault | None:
    """What is wrong with the entry in ``row`` after the one that is ``before``."""
    if row.seq != before.seq + 1:
        return LedgerFault.MISSING if row.seq > before.seq else LedgerFault.INSERTED
    kind = ENTRIES.get(row.kind)
    if kind is None or not isinstance(row.hash, bytes) or not isinstance(row.previous_hash, bytes):
        return LedgerFault.CHANGED
    filled = {name: value for part in content.values() for name, value in part.items()}
    tables = set(kind.tables_of(filled))
    if content.keys() - tables:
        return LedgerFault.INSERTED
    if tables - content.keys():
        return LedgerFault.MISSING
    whole = dict.fromkeys(columns_of(row.kind)) | filled
    if entry_hash(row.previous_hash, row.seq, row.kind, row.recorded_at_ms, whole, row.epoch) != row.hash:
        return LedgerFault.CHANGED
    return None if row.previous_hash == before.hash else LedgerFault.UNLINKED


def _contents(connection: Connection, tables: Tables, after: int, last: int) -> defaultdict[int, dict[Table, Content]]:
    """What each table holds of the entries after ``after`` up to ``last``."""
    by_seq: defaultdict[int, dict[Table, Content]] = defaultdict(dict)
    for table in tables.contents:
        for row in connection.execute(select(table).where(table.c.seq > after, table.c.seq <= last)).mappings():
            columns = {name: value for name, value in row.items() if name != "seq"}
            by_seq[row["seq"]][table] = _unpacked(columns) if table is shown else columns
    return by_seq


def _unpacked(columns: Content) -> Content:
    try:
        return {"shown": decompressed(columns["shown"])}
    except (ValueError, TypeError):
        return columns  # what cannot be unpacked is not what was hashed, either


def _last_of(connection: Connection) -> int:
    """The number of the last entry, whatever somebody has made of the rest of it; 0 where there is none."""
    return int(connection.execute(select(func.coalesce(func.max(entries.c.seq), 0))).scalar_one())


def _outside_the_chain(connection: Connection, tables: Tables) -> int | None:
    """The number of a row before the first entry or after the last; one view of all tables, whoever is writing."""
    last = _last_of(connection)
    for table in (entries, *tables.contents):
        outside = select(func.min(table.c.seq)).where(or_(table.c.seq < 1, table.c.seq > last))
        stray = connection.execute(outside).scalar_one()
        if stray is not None:
            return int(stray)
    return None
