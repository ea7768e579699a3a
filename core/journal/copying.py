"""A copy of a ledger, entry by entry and hash by hash, whatever database either lives in: a backup, or one put back."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from core.journal.database import Database
from core.journal.errors import LedgerRefused
from core.journal.inserting import insert_columns
from core.journal.migrating import Tables, migrate
from core.journal.store import Head, beginning_of, head_of
from core.journal.tables import entries
from core.journal.verification import Verified, verify

ENTRIES_TOGETHER = 2_000
"""So many are read in one transaction, and written in one."""


def copy_ledger(source: Database, target: Database) -> Head:
    """Copy ``source``, as long as it is now, into ``target``, which holds no entry yet; the last entry of both.

    The copy is verified as a whole. LedgerRefused where ``target`` is not empty, or the copy is not the chain that
    ``source`` is: then it is the source that is damaged, as verifying it tells.
    """
    with source.reading() as reading:
        head, reached = head_of(reading), beginning_of(reading).seq
        tables = Tables.of(reading)
        beside = {table: reading.execute(select(table)).mappings().all() for table in tables.beside}
    with target.migrating() as connection:
        migrate(connection, target.where, target.path)
        if head_of_any(connection) != 0:
            raise LedgerRefused(
                f"There is a ledger in {target.where} already; a copy never overwrites one.", target.path
            )
        for table, rows in beside.items():
            connection.execute(delete(table))
            if rows:
                connection.execute(insert(table), [dict(row) for row in rows])
    while reached < head.seq:
        until = min(reached + ENTRIES_TOGETHER, head.seq)
        _copy_some(source, target, tables, reached, until)
        reached = until
    if verify(target) != Verified(head):
        raise LedgerRefused(f"The ledger in {source.where} is damaged, so a copy of it proves nothing.", source.path)
    return head


def head_of_any(connection: Connection) -> int:
    """The number of the last entry, whether or not anybody claims the ledger; 0 where there is none."""
    return connection.execute(select(entries.c.seq).order_by(entries.c.seq.desc()).limit(1)).scalar() or 0


def _copy_some(source: Database, target: Database, tables: Tables, after: int, until: int) -> None:
    rows_of = {entries: tables.entries, **{table: select(table) for table in tables.contents}}
    with source.reading() as reading:
        of_table = {
            table: reading.execute(rows.where(table.c.seq > after, table.c.seq <= until)).all()
            for table, rows in rows_of.items()
        }
    with target.in_words(), target.writing() as writing:
        for table, rows in of_table.items():
            if rows:
                insert_columns(writing, table, dict(zip(table.c.keys(), zip(*rows, strict=True), strict=True)))
