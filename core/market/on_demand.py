"""Candles fetched when they are asked for, and again once a newer one has closed: a market without a feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd

from core.domain import Timeframe
from core.market.candles import CandleArrays, check_candles, last_closed_open_ms
from core.market.feed import SERVING_HISTORY, SeriesStatus
from core.market.market import Market, MarketIdentity


@dataclass(frozen=True, slots=True)
class _Fetched:
    """Candles asked for when ``newest_ms`` was the newest closed candle's open time."""

    newest_ms: int
    candles: pd.DataFrame
    arrays: CandleArrays


class OnDemandCandles:
    """For scripts and notebooks that ask for a few predictions; an application uses CandleFeed."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self._fetched: dict[tuple[str, Timeframe], _Fetched] = {}

    @property
    def identity(self) -> MarketIdentity:
        return self.market.identity

    def now(self) -> datetime:
        return self.market.now()

    def symbols(self) -> tuple[str, ...]:
        return self.market.symbols()

    def tick_size(self, symbol: str) -> float:
        return self.market.tick_size(symbol)

    def candles(self, symbol: str, timeframe: Timeframe) -> pd.DataFrame:
        """The newest closed candles; BadCandles or MarketUnavailable say why there are none."""
        return self._newest(symbol, timeframe).candles

    def arrays(self, symbol: str, timeframe: Timeframe) -> CandleArrays:
        """As ``candles``, as bare arrays."""
        return self._newest(symbol, timeframe).arrays

    def _newest(self, symbol: str, timeframe: Timeframe) -> _Fetched:
        newest = last_closed_open_ms(timeframe, self.market.now())
        fetched = self._fetched.get((symbol, timeframe))
        if fetched is None or fetched.newest_ms != newest:
            candles = check_candles(self.market.candles(symbol, timeframe, SERVING_HISTORY), timeframe)
            fetched = self._fetched[symbol, timeframe] = _Fetched(newest, candles, CandleArrays.of(candles))
        return fetched

    def status(self, symbol: str, timeframe: Timeframe) -> SeriesStatus:
        """Always fresh: what ``candles`` returns was asked for after the newest close."""
        last = self.arrays(symbol, timeframe).open_time_ms
        opened = datetime.fromtimestamp(last[-1] / 1000, UTC) if len(last) else None
        return SeriesStatus("fresh" if len(last) else "short", None, opened, len(last))
