"""The audit: once an hour the closed candles of every series are compared with what the market tells now.

An exchange may correct a candle hours later, and nothing else would ever ask for it again. What differs is replaced and
announced as any correction is; what was said of the candle before stays in the ledger.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import numpy as np

from core.domain import Series
from core.errors import CandorError
from core.market.candles import CandleArrays
from core.market.series import Held

AUDITED_CANDLES = 97
"""With those that a request asks to spare they are fewer than 100, for which Binance charges half as much as for more."""
EVERY = timedelta(hours=1)
"""The market's time between two audits of a series."""


class AuditTurns:
    """Whose turn it is: each series once in EVERY, one after another, so that they are spread over that time."""

    def __init__(self) -> None:
        self._queue: dict[Series, None] = {}
        self._credit = timedelta(0)
        self._last: datetime | None = None

    def due(self, series: Collection[Series], now: datetime) -> list[Series]:
        """Those of ``series`` whose turn came since the last call, the longest waiting first.

        None at the first call, which comes with candles just fetched; after a sleep, however long, each at most once.
        """
        wanted = set(series)
        self._queue = {each: None for each in self._queue if each in wanted} | dict.fromkeys(series)
        passed = timedelta(0) if self._last is None else now - self._last
        self._last = now
        self._credit += len(wanted) * min(max(passed, timedelta(0)), EVERY)
        turns = list(self._queue)[: self._credit // EVERY]
        self._credit = min(self._credit - len(turns) * EVERY, EVERY)
        for each in turns:
            self._queue[each] = self._queue.pop(each)
        return turns


def audited(held: Held, answer: CandleArrays | Exception, now: datetime, history: int) -> Held | CandorError:
    """``held`` after the comparison with what the market told anew, or why there was nothing to compare with.

    An answer that makes no sense says nothing of the candles held: they stay, and the series is not called bad for it.
    """
    after = held.after(answer, now, history)
    if isinstance(after, Held) and after.trouble is None:
        return after
    assert after.trouble is not None
    return after.trouble


def withdrawn(held: Held, answer: CandleArrays) -> list[int]:
    """Open times (Unix milliseconds) of candles held that the market no longer tells among those around them."""
    if not len(answer):
        return []
    first, last = answer.open_time_ms[[0, -1]]
    times = held.arrays.open_time_ms
    among = times[(times >= first) & (times <= last)]
    return np.setdiff1d(among, answer.open_time_ms, assume_unique=True).tolist()
