"""What can become of an alert, and how long things take; times in milliseconds."""

from __future__ import annotations

from enum import StrEnum

GROUP_WAIT_MS = 3_000
"""So long an alert waits for others of its candle close, to be told together."""

LEASE_MS = 120_000
"""So long one process may take to send; after that nobody knows what became of it."""

BACKOFF_MS = (10_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000)
"""Between attempts; after as many the alert is given up."""

LONGEST_RETRY_AFTER_MS = 3_600_000

OVERDUE_MS = 60_000
"""A service that does not answer keeps the others waiting for half of it."""

HOUR_MS = 3_600_000


class Status(StrEnum):
    """How far an alert has come."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    UNKNOWN = "unknown"
    """It was being sent when the process or the connection died: it may have arrived, and is never sent again."""
    SILENCED = "silenced"
    COVERED = "covered"
    """Another rule tells it to the same place: its companion (core.alerts.silences)."""
    LATE = "late"
    """Its signal held no longer when it could be written."""
    SHOWN = "shown"
    """Its rule sends nothing: pages and the API alone tell it."""
