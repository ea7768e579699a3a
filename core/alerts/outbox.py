"""The outbox: who may send what now, so that no two processes ever send the same, and what became of it.

A process claims a rule's alerts by changing their status, which only one can do, and has them for a while. Whoever dies
meanwhile leaves them to nobody: they may have arrived, and are called unknown.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, func, or_, select, update

from core.alerted import Alerted
from core.alerts.limits import not_before
from core.alerts.rows import UNREADABLE, alerted
from core.alerts.rules import Rule, readable
from core.alerts.sending import Fate, Refused, Sent
from core.alerts.statuses import (
    BACKOFF_MS,
    GROUP_WAIT_MS,
    HOUR_MS,
    LEASE_MS,
    LONGEST_RETRY_AFTER_MS,
    OVERDUE_MS,
    Status,
)
from core.alerts.tables import alert_rules, alerts
from core.journal.database import Database

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Claimed:
    """Alerts of one rule that this process alone may send; ``target`` is a secret."""

    claim: str
    rule: Rule
    target: str
    alerts: tuple[Alerted, ...]
    held: bool


class Outbox:
    """Thread-safe; LedgerUnavailable where it cannot be read or written. Times are Unix milliseconds of this machine."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def has_due(self, now_ms: int) -> bool:
        """Whether there is anything to claim, or to give up."""
        a = alerts.c
        due = or_(
            (a.status == Status.WAITING) & _is_time(now_ms),
            (a.status == Status.SENDING) & (a.lease_until_ms <= now_ms),
        )
        with self._database.reading() as connection:
            return connection.execute(select(a.seq).where(due).limit(1)).first() is not None

    def overdue(self, now_ms: int) -> int:
        """How many alerts should have been taken up OVERDUE_MS ago, and were not: whoever sends is behind, or is busy."""
        late = alerts.c.status == Status.WAITING, alerts.c.next_try_ms <= now_ms - OVERDUE_MS
        with self._database.reading() as connection:
            return int(connection.execute(select(func.count()).where(*late)).scalar_one())

    def claim(self, now_ms: int) -> Claimed | None:
        """All that is due of one rule that sends; None where nothing is, or nothing may be sent now.

        What is due of rules that only pages show is told with that.
        """
        with self._database.in_words(), self._database.writing() as connection:
            _give_up_on_the_dead(connection, now_ms)
            for rule_id in _due_rules(connection, now_ms):
                claimed = _claim(connection, rule_id, now_ms)
                if claimed is not None:
                    return claimed
        return None

    def finish(self, claim: str, fate: Fate, now_ms: int) -> None:
        """Enter what became of what was claimed."""
        with self._database.in_words(), self._database.writing() as connection:
            _finish(connection, claim, fate, now_ms)


def look_at_again(connection: Connection, rule_id: int, now_ms: int) -> None:
    """Whatever holds the alerts of a rule: its hours and limits are others now. What is tried again keeps its pauses."""
    a = alerts.c
    held = a.rule_id == rule_id, a.status == Status.WAITING, a.attempts == 0, a.next_try_ms > now_ms
    connection.execute(update(alerts).where(*held).values(next_try_ms=now_ms))


def _give_up_on_the_dead(connection: Connection, now_ms: int) -> None:
    a = alerts.c
    dead = (a.status == Status.SENDING) & (a.lease_until_ms <= now_ms)
    connection.execute(update(alerts).where(dead).values(status=Status.UNKNOWN, ended_at_ms=now_ms, error="died"))


def _due_rules(connection: Connection, now_ms: int) -> Sequence[int]:
    return connection.execute(select(alerts.c.rule_id).where(*_due(now_ms)).distinct()).scalars().all()


def _due(now_ms: int, rule_id: int | None = None) -> tuple[Any, ...]:
    due = alerts.c.status == Status.WAITING, _is_time(now_ms)
    return due if rule_id is None else (*due, alerts.c.rule_id == rule_id)


def _is_time(now_ms: int) -> Any:
    """Whether an alert may be looked at: what was made in a time to come was made by a clock that has been put right since."""
    return or_(alerts.c.next_try_ms <= now_ms, alerts.c.made_at_ms > now_ms + HOUR_MS)


def _claim(connection: Connection, rule_id: int, now_ms: int) -> Claimed | None:
    row = connection.execute(select(alert_rules).where(alert_rules.c.id == rule_id).with_for_update()).first()
    rule = None if row is None else readable(row.rule)
    due = _due(now_ms, rule_id)
    if row is None or rule is None or not row.enabled:
        _end(connection, due, Status.GIVEN_UP, now_ms, "rule_gone")
    elif now_ms < row.silenced_until_ms:
        _end(connection, due, Status.SILENCED, now_ms, None)
    elif (later_ms := _not_before(connection, rule_id, rule, now_ms)) > now_ms:
        connection.execute(update(alerts).where(*due).values(next_try_ms=later_ms))
    elif row.target is None:
        claim = _take(connection, rule_id, now_ms, status=Status.SHOWN, ended_at_ms=now_ms)
        _readable(connection, claim, now_ms)
    else:
        return _taken(connection, rule_id, rule, row.target, now_ms)
    return None


def _end(connection: Connection, which: tuple[Any, ...], status: Status, now_ms: int, error: str | None) -> None:
    connection.execute(update(alerts).where(*which).values(status=status, ended_at_ms=now_ms, error=error))


def _not_before(connection: Connection, rule_id: int, rule: Rule, now_ms: int) -> int:
    """When the rule's next message may be sent (core.alerts.limits)."""
    a = alerts.c
    ended = func.max(func.coalesce(a.ended_at_ms, now_ms))
    of_this_hour = (
        a.status.in_([Status.DELIVERED, Status.UNKNOWN, Status.SHOWN])
        & a.ended_at_ms.between(now_ms - HOUR_MS + 1, now_ms + HOUR_MS)
    ) | (a.status == Status.SENDING)
    sent = select(ended).where(a.rule_id == rule_id, a.claim.is_not(None), of_this_hour).group_by(a.claim)
    return not_before(rule, sorted(connection.execute(sent).scalars()), now_ms)


def _taken(connection: Connection, rule_id: int, rule: Rule, target: str, now_ms: int) -> Claimed | None:
    claim = _take(connection, rule_id, now_ms, status=Status.SENDING, lease_until_ms=now_ms + LEASE_MS)
    found = _readable(connection, claim, now_ms)
    if not found:  # or another process has them
        return None
    held = any(row.attempts == 1 and row.next_try_ms > row.made_at_ms + GROUP_WAIT_MS for row, _ in found)
    return Claimed(claim, rule, target, tuple(alert for _, alert in found), held)


def _readable(connection: Connection, claim: str, now_ms: int) -> list[tuple[Row[Any], Alerted]]:
    """What was taken up and can be told. The rest is given up: what nobody can read would keep all others from being sent."""
    rows = connection.execute(select(alerts).where(alerts.c.claim == claim).order_by(alerts.c.seq)).all()
    read = [(row, alerted(row)) for row in rows]
    spoilt = [row for row, alert in read if alert is None]
    if spoilt:
        log.warning(
            "Somebody has changed alerts that wait: %s.", ", ".join(f"{row.rule_id}-{row.seq}" for row in spoilt)
        )
        which = alerts.c.claim == claim, alerts.c.seq.in_([row.seq for row in spoilt])
        given_up = {"status": Status.GIVEN_UP, "ended_at_ms": now_ms, "error": UNREADABLE}
        connection.execute(update(alerts).where(*which).values(claim=None, lease_until_ms=None, **given_up))
    return [(row, alert) for row, alert in read if alert is not None]


def _take(connection: Connection, rule_id: int, now_ms: int, **values: object) -> str:
    """Take up what is due of a rule, and what still waits for others of the same closes: they are told together."""
    a, claim = alerts.c, uuid4().hex
    closes = connection.execute(select(a.closed_ms).where(*_due(now_ms, rule_id)).distinct()).scalars().all()
    together = or_(_is_time(now_ms), (a.attempts == 0) & a.closed_ms.in_(closes))
    first_sent_ms = func.coalesce(a.told_at_ms, now_ms)
    taken = update(alerts).where(a.rule_id == rule_id, a.status == Status.WAITING, together)
    connection.execute(taken.values(claim=claim, attempts=a.attempts + 1, told_at_ms=first_sent_ms, **values))
    return claim


def _finish(connection: Connection, claim: str, fate: Fate, now_ms: int) -> None:
    ours = (alerts.c.claim == claim,)
    if isinstance(fate, Sent):
        _end(connection, ours, Status.DELIVERED, now_ms, None)
    elif not isinstance(fate, Refused):
        _end(connection, ours, Status.UNKNOWN, now_ms, fate.why)
    else:
        being_sent = (*ours, alerts.c.status == Status.SENDING)  # or it is called unknown, and is not sent again
        _end(connection, (*being_sent, alerts.c.attempts > len(BACKOFF_MS)), Status.GIVEN_UP, now_ms, fate.why)
        attempts = connection.execute(select(func.max(alerts.c.attempts)).where(*being_sent)).scalar()
        if attempts is not None:
            again = {"status": Status.WAITING, "claim": None, "lease_until_ms": None, "error": fate.why}
            next_try_ms = now_ms + _pause_ms(fate, attempts)
            connection.execute(update(alerts).where(*being_sent).values(next_try_ms=next_try_ms, **again))


def _pause_ms(fate: Refused, attempts: int) -> int:
    """As long as it is usual after so many attempts, or as long as the server asks, whichever is longer."""
    asked_ms = 0 if fate.retry_after is None else min(round(fate.retry_after * 1000), LONGEST_RETRY_AFTER_MS)
    return max(BACKOFF_MS[attempts - 1], asked_ms)
