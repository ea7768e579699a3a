"""What a rule was to tell of a silent feed is told by another one, where it is stopped before: companions had left it to it.

Only what was not told yet is passed on, to one of the companions (core.alerts.silences) whose own alert of it is recorded
as covered: that one waits from now on, and the rule's own is covered by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, or_, select, update

from core.alerts.keeping import Kept, rules_kept
from core.alerts.rules import readable
from core.alerts.silences import are_companions, tell_of_silence
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
    for row in waiting:
        heir = _heir(connection, row, [each for each in companions if each.silenced_until_ms <= row.made_at_ms])
        if heir is not None:
            _set(connection, heir, status=Status.WAITING, next_try_ms=row.next_try_ms, ended_at_ms=None)
            _set(connection, row, status=Status.COVERED, ended_at_ms=now_ms, error=None)


_WAITING = (
    select(alerts)
    .where(
        alerts.c.status == Status.WAITING, alerts.c.event.in_([Event.FIRED, Event.WENT_SILENT]), alerts.c.said.is_(None)
    )
    .order_by(alerts.c.seq)
)


def _heir(connection: Connection, row: Row[Any], companions: Sequence[Kept]) -> Row[Any] | None:
    """The alert that a companion left to this one; what they came to know before it they had left to another one.

    One that watches the feed itself comes first, as it speaks for the others; and where one of them has told that the
    timeframe is silent, nobody says so again.
    """
    if not companions:
        return None
    a = alerts.c
    left = select(alerts).where(
        or_(*((a.rule_id == each.id) & (a.rule_version == each.version) for each in companions)),
        a.status == Status.COVERED,
        a.timeframe == row.timeframe,
        a.made_at_ms >= row.made_at_ms,
    )
    same_coin = left.where(a.symbol == row.symbol)
    if row.event == Event.FIRED and (first := _first(connection, same_coin, Event.FIRED)) is not None:
        return first
    if tell_of_silence(connection, companions, a.timeframe == row.timeframe, a.closed_ms >= row.closed_ms):
        return None
    return _first(connection, left if row.event == Event.WENT_SILENT else same_coin, Event.WENT_SILENT)


def _first(connection: Connection, left: Select[Any], event: Event) -> Row[Any] | None:
    of_it = left.where(alerts.c.event == event).order_by(alerts.c.rule_id, alerts.c.seq)
    return connection.execute(of_it.limit(1)).first()


def _set(connection: Connection, row: Row[Any], **values: object) -> None:
    a = alerts.c
    connection.execute(update(alerts).where(a.rule_id == row.rule_id, a.seq == row.seq).values(**values))
