"""What a rule was to tell of a silent feed is told by another one, where it is stopped before: companions had left it to it.

Only what was not told yet is passed on, to one of the companions (core.alerts.silences) whose own alert of it is recorded
as covered: that one waits from now on, and the rule's own is covered by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from core.alerts.keeping import Kept, rules_kept
from core.alerts.rules import readable
from core.alerts.silences import are_companions, tellers_of_silence
from core.alerts.states import Event
from core.alerts.statuses import Status
from core.alerts.tables import alerts


def pass_on(connection: Connection, leaving: Row[Any], now_ms: int) -> None:
    """Let companions tell what waits of a rule, whose row this is, that tells nothing more from now on where it did.

    What one of them tells instead the rule itself tells no more, whatever becomes of it.
    """
    waiting = connection.execute(_WAITING.where(alerts.c.rule_id == leaving.id)).all()
    rule = readable(leaving.rule) if waiting else None
    if rule is None:
        return
    left = Kept(leaving.id, leaving.version, rule, leaving.silenced_until_ms, leaving.target)
    companions = [each for each in rules_kept(connection) if are_companions(left, each)]
    telling = [each for each in companions if each.silenced_until_ms <= now_ms]
    for row in waiting:
        covered = _is_covered(connection, row, telling)
        heir = None if covered else _heir(connection, row, telling)
        if not covered and heir is None:
            continue
        ended = _changes(connection, row, status=Status.COVERED, ended_at_ms=now_ms, error=None)
        if ended and heir is not None:
            _changes(connection, heir, status=Status.WAITING, next_try_ms=now_ms, ended_at_ms=None)


_WAITING = (
    select(alerts)
    .where(
        alerts.c.status == Status.WAITING, alerts.c.event.in_([Event.FIRED, Event.WENT_SILENT]), alerts.c.said.is_(None)
    )
    .order_by(alerts.c.seq)
)


def _is_covered(connection: Connection, row: Row[Any], companions: Sequence[Kept]) -> bool:
    """Whether one of them says that the whole timeframe is silent."""
    tellers = tellers_of_silence(connection, alerts.c.timeframe == row.timeframe, alerts.c.closed_ms >= row.closed_ms)
    return not tellers.isdisjoint(each.id for each in companions)


def _heir(connection: Connection, row: Row[Any], companions: Sequence[Kept]) -> Row[Any] | None:
    """The alert that a companion left to this one; what they left of closes before it they had left to another one.

    One that watches the feed itself comes first, as it speaks for the others.
    """
    a = alerts.c
    left = select(alerts).where(
        a.rule_id.in_([each.id for each in companions]),
        a.status == Status.COVERED,
        a.timeframe == row.timeframe,
        a.closed_ms >= row.closed_ms,
    )
    same_coin = left.where(a.symbol == row.symbol)
    if row.event == Event.FIRED and (first := _first(connection, same_coin, Event.FIRED)) is not None:
        return first
    return _first(connection, left if row.event == Event.WENT_SILENT else same_coin, Event.WENT_SILENT)


def _first(connection: Connection, left: Select[Any], event: Event) -> Row[Any] | None:
    of_it = left.where(alerts.c.event == event).order_by(alerts.c.rule_id, alerts.c.seq)
    return connection.execute(of_it.limit(1)).first()


def _changes(connection: Connection, row: Row[Any], **values: object) -> bool:
    """Whether an alert stands as it was read: somebody may have taken it up to be sent."""
    a = alerts.c
    as_read = a.rule_id == row.rule_id, a.seq == row.seq, a.status == row.status
    return connection.execute(update(alerts).where(*as_read).values(**values)).rowcount > 0
