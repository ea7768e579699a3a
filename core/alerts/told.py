"""What was told, in the order of the ledger's entries, and what became of each alert and of the signal behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from core.alerted import Alerted, Touch
from core.alerts.rows import UNREADABLE, alerted, named_alert
from core.alerts.statuses import Status
from core.alerts.tables import alerts
from core.journal.database import Database
from core.journal.judged import counting_outcome
from core.journal.tables import outcomes, signals
from core.signals.outcomes import Touched


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """An alert of the rule that had this name; times are Unix milliseconds of this machine.

    ``error`` is a word for why it did not arrive (core.alerts.sending), or that somebody has made something else of what it
    said, which is None then; ``touched`` what became of the signal so far.
    """

    alert: Alerted
    rule: str
    status: Status
    attempts: int
    made_at_ms: int
    next_try_ms: int | None
    ended_at_ms: int | None
    error: str | None
    touched: Touched | None


def alerts_after(database: Database, after: int, most: int) -> tuple[list[AlertRecord], int]:
    """The first alerts of entries after ``after``, at least ``most`` where there are as many, and after which to go on.

    Those of one entry stay together, so that nobody who goes on from there misses any.
    """
    with database.reading() as connection:
        rows = list(connection.execute(_RECORDS.where(alerts.c.seq > after).order_by(*_ORDER).limit(most)))
        if len(rows) == most:
            last = [alerts.c.seq == rows[-1].seq, alerts.c.rule_id > rows[-1].rule_id]
            rows += connection.execute(_RECORDS.where(*last).order_by(*_ORDER))
        found = _readable(rows)
    return found, rows[-1].seq if rows else after


def newest_alerts(database: Database, most: int) -> list[AlertRecord]:
    """The newest alerts that no other rule tells to the same place, newest first."""
    with database.reading() as connection:
        newest = (
            _RECORDS.where(alerts.c.status != Status.COVERED)
            .order_by(alerts.c.seq.desc(), alerts.c.rule_id)
            .limit(most)
        )
        return _readable(connection.execute(newest))


_ORDER = alerts.c.seq, alerts.c.rule_id

_RECORDS: Select[Any] = (
    select(alerts, outcomes.c.touched)
    .outerjoin(signals, signals.c.seq == alerts.c.seq)
    .outerjoin(outcomes, counting_outcome())
)


def _readable(rows: Iterable[Row[Any]]) -> list[AlertRecord]:
    """What nobody can say of which alert it is, or how far it has come, is left out: the others are told all the same."""
    return [record for record in map(_record, rows) if record is not None]


def _record(row: Row[Any]) -> AlertRecord | None:
    whole = alerted(row)
    alert = whole or named_alert(row)
    if alert is None or row.status not in set(Status):
        return None
    status = Status(row.status)
    return AlertRecord(
        alert,
        row.rule_name,
        status,
        row.attempts,
        row.made_at_ms,
        row.next_try_ms if status is Status.WAITING else None,
        row.ended_at_ms,
        row.error or (UNREADABLE if whole is None else None),
        _touched(row, alert),
    )


def _touched(row: Row[Any], alert: Alerted) -> Touched | None:
    if isinstance(alert.beside, Touch):
        return Touched(alert.beside.barrier)
    return None if row.touched is None else Touched(row.touched)
