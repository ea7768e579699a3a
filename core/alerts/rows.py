"""Alerts as rows of the outbox hold them. No chain tells of those that somebody has changed one: each row is read for itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Row

from core.alerted import Agreement, Alerted, SignalSummary, Touch
from core.domain import Series, Timeframe
from core.market.candles import moment_of

UNREADABLE = "unreadable"
"""Why an alert is told to nobody of whose words somebody has made something else."""

_SUMMARY, _AGREEMENT, _TOUCH = TypeAdapter(SignalSummary), TypeAdapter(Agreement), TypeAdapter(Touch)


def alerted(row: Row[Any]) -> Alerted | None:
    """The alert of a row; None where somebody has made something else of it."""
    named = named_alert(row)
    if named is None or row.said is None:
        return named
    try:
        fields = orjson.loads(row.said)
        return replace(named, signal=_SUMMARY.validate_python(fields), beside=_beside(fields))
    except (ValueError, TypeError):
        return None


def named_alert(row: Row[Any]) -> Alerted | None:
    """Which alert a row is, of what and when, without what the signal said; None where that cannot be read either."""
    try:
        series, closed_at = Series(row.symbol, Timeframe(row.timeframe)), moment_of(row.closed_ms)
    except (ValueError, TypeError, ArithmeticError):
        return None
    return Alerted(row.rule_id, row.seq, row.event, series, closed_at, None, rule_version=row.rule_version)


def _beside(fields: dict[str, Any]) -> Agreement | Touch | None:
    if "agreement" in fields:
        return _AGREEMENT.validate_python(fields["agreement"])
    if "touch" in fields:
        return _TOUCH.validate_python(fields["touch"])
    return None
