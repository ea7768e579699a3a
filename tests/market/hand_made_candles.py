"""Small candle frames, and a market whose every answer a test decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from core.domain import Timeframe
from core.market.candles import CandleArrays, candle_frame, closed_candles, last_closed_open_ms, open_times_ms
from core.market.clock import ManualClock
from core.market.market import Access, BaseMarket, MarketIdentity

NOON = datetime(2025, 6, 4, 12, 7, 30, tzinfo=UTC)


def quiet_candles(timeframe: Timeframe, count: int, now: datetime = NOON) -> pd.DataFrame:
    """``count`` valid candles, the last of them the newest that is closed at ``now``."""
    last = last_closed_open_ms(timeframe, now)
    times = last - np.arange(count - 1, -1, -1) * timeframe.milliseconds
    close = 100 + np.arange(count, dtype=float)
    return candle_frame(times, close, close + 1, close - 1, close + 0.5, np.full(count, 10.0))


class HandMadeMarket(BaseMarket):
    """Tells quiet candles of two coins by a clock that stands still, unless told to answer otherwise.

    ``answer`` may be replaced: it gets the honest candles and returns, or raises, what is to be told instead.
    """

    speed = 1.0

    def __init__(self, symbols: tuple[str, ...] = ("BTCUSDT", "ETHUSDT"), kind: str = "simulated") -> None:
        self.identity = MarketIdentity(kind, f"hand-made {kind}", None)  # type: ignore[arg-type]
        self.access = Access(settling_seconds=2.0, parallel=4, reread=2) if kind == "exchange" else Access()
        self.clock = ManualClock(NOON)
        self.asked: list[tuple[str, Timeframe, int]] = []
        self.answer: Callable[[str, Timeframe, pd.DataFrame], pd.DataFrame] = lambda symbol, timeframe, honest: honest
        self._symbols = symbols

    def now(self) -> datetime:
        return self.clock.now()

    def symbols(self) -> tuple[str, ...]:
        return self._symbols

    def tick_size(self, symbol: str) -> float:
        return 0.5

    def arrays(self, symbol: str, timeframe: Timeframe, limit: int) -> CandleArrays:
        self.asked.append((symbol, timeframe, limit))
        honest = quiet_candles(timeframe, limit, self.now())
        given = self.answer(symbol, timeframe, honest)
        return CandleArrays.of(given if given is not honest else closed_candles(given, timeframe, self.now()))


def without(candles: pd.DataFrame, *places: int) -> pd.DataFrame:
    """``candles`` with the candles at these places missing."""
    keep = np.ones(len(candles), dtype=bool)
    keep[list(places)] = False
    return candles[keep].reset_index(drop=True)


def open_times(candles: pd.DataFrame) -> list[int]:
    return open_times_ms(candles).tolist()
