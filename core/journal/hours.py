"""How often a barrier was touched by hour of the day: what became of a ledger's signals.

What a candle's barriers came to is the market's doing and no model's, so that live and replayed signals on one candle say
the same and count once. Neighbouring candles of a day share their future: a record is worth its days, not its candles.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import BigInteger, Connection, case, func, literal, select

from core.domain import Series, Timeframe
from core.journal.damage import is_time
from core.journal.judged import counting_outcome
from core.journal.tables import outcomes, signals
from core.journal.vocabulary import Origin
from core.model.scores import DAY_MS
from core.signals.hours import HourRecord
from core.signals.outcomes import Touched

HOUR_MS = 3_600_000


def hour_records(
    connection: Connection, timeframe: Timeframe, symbols: Collection[str], since_ms: int
) -> tuple[HourRecord, ...]:
    """Those of the candles that opened from ``since_ms`` on (Unix milliseconds), coin by coin and hour by hour."""
    opened = signals.c.candle_open_ms
    closed = opened + literal(timeframe.milliseconds, BigInteger)
    hour = (closed // literal(HOUR_MS, BigInteger)) % 24
    touched = outcomes.c.touched.in_([Touched.UPPER.value, Touched.LOWER.value])
    found = (
        select(
            signals.c.symbol,
            hour,
            func.count(opened.distinct()),
            func.count((closed // literal(DAY_MS, BigInteger)).distinct()),
            func.count(case((touched, opened)).distinct()),
            func.count(case((signals.c.origin == Origin.LIVE.value, opened)).distinct()),
        )
        .select_from(signals.join(outcomes, counting_outcome()))
        .where(
            signals.c.symbol.in_(list(symbols)),
            signals.c.timeframe == timeframe.value,
            opened >= since_ms,
            is_time(opened),
        )
        .group_by(signals.c.symbol, hour)
        .order_by(signals.c.symbol, hour)
    )
    return tuple(HourRecord(Series(symbol, timeframe), *counts) for symbol, *counts in connection.execute(found))
