"""Which live signals came so late after their candle's close that they are in no figure of the live record."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import BigInteger, ColumnElement, case, literal

from core.domain import Timeframe
from core.journal.entries import CandleEntry, SignalEntry
from core.journal.tables import signals
from core.journal.vocabulary import Origin

LATE_PARTS = 4
"""A live signal is late once more than one of so many parts of a candle have gone by since its own closed.

Boards come seconds after a close, and are written at once; what is later was issued after a start or an outage, or could
not be written. Prices move with the root of time, so that in a quarter of a candle they go half as far as in a whole one:
the close that such a signal names as its entry could not be had any more.
"""


def came_late(signal: SignalEntry) -> bool:
    """Whether it is a live one that came late; a replayed one cannot."""
    return _late_by(signal, signal.delay_ms)


def _late_by(signal: SignalEntry, delay_ms: int) -> bool:
    return signal.origin == Origin.LIVE and delay_ms * LATE_PARTS > signal.series.timeframe.milliseconds


def as_written(entry: CandleEntry, now_ms: int) -> CandleEntry:
    """It as it is entered ``now_ms``, Unix milliseconds of its market: one that could not be written for too long is late.

    Its delay is then how long after its candle's close it was written. Whoever withholds a disk until outcomes are known
    could choose what to let in, so that it proves nothing when it was issued.
    """
    if not isinstance(entry, SignalEntry):
        return entry
    delay_ms = now_ms - entry.candle_open_ms - entry.series.timeframe.milliseconds
    return replace(entry, delay_ms=delay_ms) if _late_by(entry, delay_ms) else entry


def late() -> ColumnElement[bool]:
    """As ``came_late``, of a row of the signals' table."""
    parts = signals.c.delay_ms * literal(LATE_PARTS, BigInteger)
    of_candle = case({each.value: each.milliseconds for each in Timeframe}, value=signals.c.timeframe, else_=0)
    return (signals.c.origin == Origin.LIVE.value) & (parts > of_candle)
