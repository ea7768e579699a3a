"""Candles fetched when they are asked for, and again once a newer one has closed: a market without a feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from core.domain import Series, Timeframe
from core.findings import AwaitingCandles
from core.market.candles import CandleArrays
from core.market.feed import SERVING_HISTORY
from core.market.market import Market, MarketIdentity
from core.market.series import Held, HeldSeries, NothingHeld, SeriesStatus, fetch, patience_with

ASKED_AGAIN_AFTER = timedelta(seconds=1)
"""Market time for which a market that has not got the newest candle yet, or did not answer, is left alone."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is held of a series since the market was asked for it, by the market's own time."""

    held: HeldSeries
    at: datetime


class OnDemandCandles:
    """For scripts and notebooks that ask for a few predictions; an application uses CandleFeed. Thread-safe."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self._asked: dict[Series, _Asked] = {}

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
        """The newest closed candles; a CandorError says why there are none."""
        return self._served(symbol, timeframe).candles

    def arrays(self, symbol: str, timeframe: Timeframe) -> CandleArrays:
        """As ``candles``, as bare arrays."""
        return self._served(symbol, timeframe).arrays

    def status(self, symbol: str, timeframe: Timeframe) -> SeriesStatus:
        """What there is of one series at this moment; never raises for what the market does."""
        return self.reading(symbol, timeframe)[1]

    def reading(self, symbol: str, timeframe: Timeframe) -> tuple[HeldSeries, SeriesStatus]:
        """What there is of one series and how that stands; never raises for what the market does."""
        held = self._newest(symbol, timeframe)
        return held, held.status(self.market.now(), patience_with(self.market), self._waiting)

    def _served(self, symbol: str, timeframe: Timeframe) -> Held:
        held = self._newest(symbol, timeframe)
        if isinstance(held, Held):
            return held
        raise held.error(self._waiting)

    def _newest(self, symbol: str, timeframe: Timeframe) -> HeldSeries:
        series = Series(symbol, timeframe)
        asked = self._asked.get(series)
        held = asked.held if asked else NothingHeld(series)
        now = self.market.now()
        if not held.missing(now, SERVING_HISTORY) or (asked and now - asked.at < ASKED_AGAIN_AFTER):
            return held
        try:
            answer: CandleArrays | Exception = fetch(held, self.market, SERVING_HISTORY)
        except Exception as error:
            answer = error
        now = self.market.now()
        held = held.after(answer, now, SERVING_HISTORY)
        self._asked[series] = _Asked(held, now)
        return held

    @property
    def _waiting(self) -> AwaitingCandles:
        return AwaitingCandles(self.market.identity.name)
