"""What was told in the last minutes, message by message, for pages that are open."""

from __future__ import annotations

from itertools import groupby

from sqlalchemy import select

from core.alerted import Message, Notice
from core.alerts.rows import alerted
from core.alerts.tables import alerts
from core.journal.database import Database

LATELY_MS = 120_000
"""So long a message is told: a page hears it within seconds, and one that slept for longer has the history."""

HELD_MS = 60_000
"""What is told so long after it was made was held; sooner it only waited for others."""

MOST_ALERTS = 500
"""So many of the newest are looked at."""


def recent_notices(database: Database, market: str, now_ms: int) -> tuple[Notice, ...]:
    """The messages of the last LATELY_MS before ``now_ms``, the oldest first; ``market`` is the kind of the ledger's market."""
    a = alerts.c
    newest = select(alerts).where(a.told_at_ms > now_ms - LATELY_MS)
    with database.reading() as connection:
        found = connection.execute(newest.order_by(a.told_at_ms.desc(), a.rule_id, a.seq).limit(MOST_ALERTS)).all()
    notices = []
    for (at_ms, rule_id), together in groupby(found, key=lambda row: (row.told_at_ms, row.rule_id)):
        rows = list(together)
        held = any(at_ms - row.made_at_ms > HELD_MS for row in rows)
        recent = tuple(alert for alert in map(alerted, rows) if alert is not None)
        if recent:
            notices.append(Notice(f"{rule_id}-{at_ms}", Message(rows[-1].rule_name, market, recent, held)))
    return tuple(reversed(notices))
