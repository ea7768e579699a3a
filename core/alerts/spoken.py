"""Signals of the ledger as rules read them: what each said, beside what its model usually says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from core.alerts.observing import Reading
from core.domain import Timeframe
from core.journal.tables import models, signals
from core.journal.vocabulary import Origin

_COLUMNS = (
    "seq",
    "origin",
    "symbol",
    "timeframe",
    "candle_open_ms",
    "horizon_candles",
    "p_long",
    "p_short",
    "p_no_trade",
    "p_move",
    "verdict",
    "severity",
    "timing",
    "side",
)

SPOKEN: Select[Any] = (
    select(*(signals.c[name] for name in _COLUMNS), (1 - models.c.climatology_no_trade).label("usual"))
    .select_from(signals)
    .outerjoin(
        models,
        (models.c.symbol == signals.c.symbol)
        & (models.c.timeframe == signals.c.timeframe)
        & (models.c.model_version == signals.c.model_version),
    )
)
"""What ``Reading.of`` reads, and ``usual``, which is None where nobody described the model."""


def holds_at(candle_open_ms: int, timeframe: Timeframe, at_ms: int) -> bool:
    """Whether a signal of that candle is the newest that there can be at ``at_ms``, or was until that very moment.

    Where two timeframes close together, the signal of one is there a little before the other's.
    """
    closed_ms = candle_open_ms + timeframe.milliseconds
    return closed_ms <= at_ms <= closed_ms + timeframe.milliseconds


def current_at(connection: Connection, moments: Mapping[str, int]) -> dict[str, dict[Timeframe, Reading]]:
    """What the live signals of each coin say at its moment (Unix milliseconds, a candle's close)."""
    found: dict[str, dict[Timeframe, Reading]] = {symbol: {} for symbol in moments}
    if not moments:
        return found
    s, last_ms, first_ms = signals.c, max(moments.values()), min(moments.values())
    for timeframe in Timeframe:
        step = timeframe.milliseconds
        asked = SPOKEN.where(
            s.symbol.in_(moments),
            s.timeframe == timeframe.value,
            s.candle_open_ms.between(first_ms - 2 * step, last_ms - step),
            s.origin == Origin.LIVE,
        )
        for row in connection.execute(asked.order_by(s.candle_open_ms, s.seq)):
            if holds_at(row.candle_open_ms, timeframe, moments[row.symbol]):
                found[row.symbol][timeframe] = Reading.of(row, row.usual)
    return found


def live_among(connection: Connection, numbers: Collection[int]) -> dict[int, Row[Any]]:
    """Those of the signals with these numbers that were issued live."""
    asked = SPOKEN.where(signals.c.seq.in_(numbers), signals.c.origin == Origin.LIVE)
    return {row.seq: row for row in connection.execute(asked)} if numbers else {}


def usual_of(connection: Connection, versions: Collection[str]) -> dict[tuple[str, str, str], float]:
    """P(move) as it usually is, by coin, timeframe and model."""
    m = models.c
    rows = connection.execute(
        select(m.symbol, m.timeframe, m.model_version, m.climatology_no_trade).where(m.model_version.in_(versions))
    )
    return {(symbol, timeframe, version): 1 - no_trade for symbol, timeframe, version, no_trade in rows}
