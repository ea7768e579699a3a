"""How likely moves were on past boards: the signals issued live on one candle of a timeframe, all coins together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from core.domain import Timeframe
from core.journal.tables import signals
from core.journal.vocabulary import Origin


@dataclass(frozen=True, slots=True)
class PastBoard:
    """What was said live on the candle that opened at ``open_ms`` (Unix milliseconds): mean P(move) of so many ``coins``."""

    open_ms: int
    coins: int
    move: float


def past_boards(
    connection: Connection, timeframe: Timeframe, symbols: Collection[str], since_ms: int
) -> tuple[PastBoard, ...]:
    """Those of the candles that opened from ``since_ms`` on, oldest first."""
    found = (
        select(signals.c.candle_open_ms, func.count(signals.c.symbol.distinct()), func.avg(signals.c.p_move))
        .where(
            signals.c.symbol.in_(list(symbols)),
            signals.c.timeframe == timeframe.value,
            signals.c.candle_open_ms >= since_ms,
            signals.c.origin == Origin.LIVE.value,
        )
        .group_by(signals.c.candle_open_ms)
        .order_by(signals.c.candle_open_ms)
    )
    return tuple(PastBoard(*row) for row in connection.execute(found))
