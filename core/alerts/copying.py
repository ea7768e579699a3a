"""A copy of rules, how they stand and what they told, beside the copy of a ledger, whatever database either lives in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, func, insert, inspect, select, text

from core.alerts.statuses import Status
from core.alerts.tables import alert_rule_versions, alert_rules, alert_states, alerts
from core.journal.copying import ENTRIES_TOGETHER
from core.journal.database import Database


@dataclass(frozen=True, slots=True)
class Copied:
    """How many ``rules`` there are in a copy, how many of them are ``on``, and how many send to an address it holds."""

    rules: int
    on: int
    addresses: int


def copy_alerts(source: Database, target: Database, head: int, now_ms: int, addresses: bool = True) -> Copied:
    """Copy what belongs to the entries up to number ``head``, which ``target`` has, and no alerts yet.

    What was still to be sent is called unknown in the copy: whoever goes on with ``source`` sends it, and no alert is
    ever sent twice. Without ``addresses`` pages alone show what rules of the copy tell.
    """
    with source.reading() as reading:
        rules, *others = (_rows(reading, table) for table in (alert_rules, alert_states, alert_rule_versions))
    kept = rules if addresses else [rule | {"target": None} for rule in rules]
    with target.in_words(), target.writing() as writing:
        for table, rows in zip((alert_rules, alert_states, alert_rule_versions), (kept, *others), strict=True):
            _insert(writing, table, rows)
    for after in range(0, head, ENTRIES_TOGETHER):
        _copy_outbox(source, target, after, min(after + ENTRIES_TOGETHER, head), now_ms)
    with target.in_words(), target.writing() as writing:
        _go_on_numbering(writing)
    return Copied(
        len(kept), sum(bool(rule["enabled"]) for rule in kept), sum(rule["target"] is not None for rule in kept)
    )


def _copy_outbox(source: Database, target: Database, after: int, until: int, now_ms: int) -> None:
    with source.reading() as reading:
        rows = _rows(reading, alerts, alerts.c.seq > after, alerts.c.seq <= until)
    if rows:
        with target.in_words(), target.writing() as writing:
            _insert(writing, alerts, [_never_sent_again(row, now_ms) for row in rows])


def _never_sent_again(row: dict[str, Any], now_ms: int) -> dict[str, Any]:
    if row["status"] not in (Status.WAITING, Status.SENDING):
        return row
    return row | {"status": Status.UNKNOWN, "error": "copied", "ended_at_ms": now_ms, "lease_until_ms": None}


def _rows(connection: Connection, table: Table, *where: Any) -> list[dict[str, Any]]:
    """The rows of a table as far as the Candor that wrote it knew its columns; none where it knew no alerts."""
    known = inspect(connection)
    if not known.has_table(table.name):
        return []
    there = {column["name"] for column in known.get_columns(table.name)}
    asked = select(*(column for column in table.c if column.name in there)).where(*where)
    return [dict(row) for row in connection.execute(asked).mappings()]


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _go_on_numbering(connection: Connection) -> None:
    """No rule to come gets the number of one that there was: alerts of that would be taken for its own."""
    columns = alert_rules.c.id, alert_rule_versions.c.rule_id, alerts.c.rule_id
    last = max(connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one() for column in columns)
    if not last:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT setval(pg_get_serial_sequence('alert_rules', 'id'), :last)"), {"last": last})
    else:
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = 'alert_rules'"))
        connection.execute(
            text("INSERT INTO sqlite_sequence (name, seq) VALUES ('alert_rules', :last)"), {"last": last}
        )
