"""Entries for tests: plain ones, of which a test says what matters to it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from core.domain import Direction, Timeframe
from core.findings import Finding, NotAboveBaseline, Severity, UnfamiliarCandle, Verdict
from core.journal.compared import Rivals, written_rivals
from core.journal.entries import ComparisonEntry, MissingEntry, ModelEntry, OutcomeEntry, SignalEntry
from core.journal.noted import as_noted
from core.journal.vocabulary import Decision, MissingReason, Origin
from core.measured import MeasuredAccuracy

NOON_MS = 1_756_900_800_000
"""2025-09-03 12:00 UTC."""

NOT_ABOVE = Finding(
    Verdict.TRUSTED,
    Severity.NOTE,
    NotAboveBaseline(MeasuredAccuracy(0.25, 0.24, 0.26, 5360, Direction.LONG, 0.3)),
)
"""What speaks for and against the plain model, whatever it says."""

UNFAMILIAR = Finding(Verdict.OUT_OF_DISTRIBUTION, Severity.WARNING, UnfamiliarCandle(23.4, 5.9, 0.98, "vol_rel", -9.2))
"""What may speak against one signal and not the next."""

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
    """A signal on the candle that is ``number`` candles after noon; a replayed one was never shown."""
    open_ms = NOON_MS + number * timeframe.milliseconds
    if changes.get("origin") == Origin.REPLAYED:
        changes = {"shown": None} | changes
    return replace(_PLAIN, timeframe=timeframe.value, candle_open_ms=open_ms, **changes)


def silence(number: int = 0, candles: int = 1, **changes: Any) -> MissingEntry:
    """So many candles without a signal, from the one that is ``number`` candles after noon on."""
    open_ms = NOON_MS + number * Timeframe.M15.milliseconds
    plain = MissingEntry("BTCUSDT", "15m", open_ms, candles, MissingReason.GAP, "Candles are missing.", open_ms)
    return replace(plain, **changes)


def outcome(of: int, follows: int | None = None, **changes: Any) -> OutcomeEntry:
    """What became of the signal in entry ``of``: take profit 1 in the third candle; a correction where it follows another."""
    step = Timeframe.M15.milliseconds
    plain = OutcomeEntry(
        signal_seq=of,
        follows=of if follows is None else follows,
        touched="upper",
        candles_to_touch=3,
        stop_at_ms=NOON_MS + 9 * step,
        tp1_at_ms=NOON_MS + 4 * step,
        tp2_at_ms=NOON_MS + 5 * step,
        tp3_at_ms=NOON_MS + 6 * step,
        highest_atr=2.5,
        lowest_atr=-0.1,
        r=0.98,
        fee_percent=0.04,
        resolved_at_ms=NOON_MS + 17 * step,
    )
    return replace(plain, **changes)


def model(version: str = "one", **changes: Any) -> ModelEntry:
    """A tested model of BTCUSDT on 15m."""
    numbers = {name: 0.25 for name in ModelEntry.__slots__ if name.startswith(("climatology", "minutes", "test"))}
    texts = {"symbol": "BTCUSDT", "timeframe": "15m", "model_version": version, "model_kind": "cnn_lstm"}
    texts |= {"standing": as_noted([NOT_ABOVE])}
    times = {"data_until_ms": NOON_MS, "test_from_ms": NOON_MS - 100, "test_until_ms": NOON_MS, "test_n": 5360}
    times |= {"test_moves": 4000}
    return ModelEntry(**{**numbers, **texts, **times, "tested_version": "nought"} | changes)


def comparison(timeframe: str = "15m", **changes: Any) -> ComparisonEntry:
    """That a new model of BTCUSDT was better than the one in use, and was published."""
    plain = ComparisonEntry(
        timeframe=timeframe,
        decision=Decision.PUBLISHED,
        versions=written_rivals({"BTCUSDT": Rivals("one", "two", True), "ETHUSDT": Rivals(None, "three", True)}),
        coins=1,
        n=1_344,
        blocks=14,
        since_ms=NOON_MS - 14 * 86_400_000,
        champion_skill=0.01,
        challenger_skill=0.04,
        gain=0.03,
        gain_low=0.01,
        gain_high=0.05,
        decided_at_ms=NOON_MS,
    )
    return replace(plain, **changes)
