"""Entries for tests: plain ones, of which a test says what matters to it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from core.domain import Timeframe
from core.journal.entries import MissingEntry, SignalEntry
from core.journal.vocabulary import MissingReason, Origin

NOON_MS = 1_756_900_800_000
"""2025-09-03 12:00 UTC."""

_PLAIN = SignalEntry(
    origin=Origin.LIVE,
    symbol="BTCUSDT",
    timeframe="15m",
    candle_open_ms=NOON_MS,
    model_version="one",
    model_kind="cnn_lstm",
    code="0123456789ab",
    direction="LONG",
    p_long=0.1 + 0.2,
    p_short=0.25,
    p_no_trade=0.45,
    p_move=0.55,
    close=108_000.1,
    atr=321.5,
    upper_barrier=108_707.4,
    lower_barrier=107_292.8,
    horizon_candles=16,
    levels_side="LONG",
    entry=108_000.1,
    stop_loss=107_292.8,
    tp1=108_707.4,
    tp2=109_414.7,
    tp3=110_122.0,
    verdict="trusted",
    severity=None,
    timing="proven",
    side="unproven",
    issued_at_ms=NOON_MS + 902_000,
    delay_ms=2_000,
    shown=json.dumps({"symbol": "BTCUSDT", "trust": {"reasons": ["Right 48 % of the time."]}}),
)


def signal(number: int = 0, timeframe: Timeframe = Timeframe.M15, **changes: Any) -> SignalEntry:
    """A signal on the candle that is ``number`` candles after noon."""
    open_ms = NOON_MS + number * timeframe.milliseconds
    return replace(_PLAIN, timeframe=timeframe.value, candle_open_ms=open_ms, **changes)


def silence(number: int = 0, candles: int = 1, **changes: Any) -> MissingEntry:
    """So many candles without a signal, from the one that is ``number`` candles after noon on."""
    open_ms = NOON_MS + number * Timeframe.M15.milliseconds
    plain = MissingEntry("BTCUSDT", "15m", open_ms, candles, MissingReason.GAP, "Candles are missing.", open_ms)
    return replace(plain, **changes)
