"""Epochs: who leads now, in the ledger's own database, so that whoever led before can write nothing more.

Every transaction of a leader holds the table in a mode that one which begins an epoch has to wait for. So what a leader
enters is entered before the next epoch begins, or refused.

Each entry has the epoch of the leader that made it, and its hash covers it. What processes of the role all enter while nobody
leads, and what scripts.retrain tells beside, is of no leader and has none.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select

from core.journal.store import head_of, now_ms
from core.journal.tables import epochs

_NEWEST = select(func.max(epochs.c.epoch))


def begin_epoch(connection: Connection, leader: str) -> int:
    """Begin the next epoch in the transaction of ``connection``; its number, from 1."""
    connection.exec_driver_sql("LOCK TABLE epochs IN SHARE ROW EXCLUSIVE MODE")
    epoch = int(connection.execute(_NEWEST).scalar() or 0) + 1
    row = {"epoch": epoch, "after_seq": head_of(connection).seq, "leader": leader, "began_at_ms": now_ms()}
    connection.execute(insert(epochs).values(row))
    return epoch


def held_epoch(connection: Connection, silent_ms: int) -> int | None:
    """The newest epoch, which no other follows until the transaction of ``connection`` ends; None where there is none.

    A transaction of which the server hears nothing for ``silent_ms`` is undone: its process hangs, or is out of reach,
    and others wait.
    """
    connection.exec_driver_sql("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", (str(silent_ms),))
    connection.exec_driver_sql("LOCK TABLE epochs IN SHARE MODE")
    return connection.execute(_NEWEST).scalar()
