"""Moments as every answer of the API writes them."""

from __future__ import annotations

from core.market.candles import moment_of
from core.text import iso


def moment_json(unix_ms: int) -> str:
    """``2025-09-03T12:00:00Z``; ValueError or OverflowError for what is no moment."""
    return iso(moment_of(unix_ms))


def moment_or_none(unix_ms: int | None) -> str | None:
    return None if unix_ms is None else moment_json(unix_ms)
