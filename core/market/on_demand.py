"""Candles fetched when they are asked for, and again once a newer one has closed: a market without a feed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from core.domain import Timeframe
from core.market.candles import CandleArrays
from core.market.feed import SERVING_HISTORY
from core.market.market import Market, MarketIdentity
from core.market.series import HeldSeries, Series, SeriesStatus

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
        held = self._served(symbol, timeframe)
        assert held.candles is not None
        return held.candles

    def arrays(self, symbol: str, timeframe: Timeframe) -> CandleArrays:
        """As ``candles``, as bare arrays."""
        held = self._served(symbol, timeframe)
        assert held.arrays is not None
        return held.arrays

    def status(self, symbol: str, timeframe: Timeframe) -> SeriesStatus:
        """What there is of one series at this moment; never raises for what the market does."""
        return self._newest(symbol, timeframe).status(self.market.now(), self.market.speed, self._waiting)

    def _served(self, symbol: str, timeframe: Timeframe) -> HeldSeries:
        held = self._newest(symbol, timeframe)
        if held.last_open_ms is None:
            raise held.why_none(self._waiting)
        return held

    def _newest(self, symbol: str, timeframe: Timeframe) -> HeldSeries:
        series = symbol, timeframe
        asked = self._asked.get(series)
        held = asked.held if asked else HeldSeries(*series)
        now = self.market.now()
        if not held.missing(now, SERVING_HISTORY) or (asked and now - asked.at < ASKED_AGAIN_AFTER):
            return held
        try:
            answer: pd.DataFrame | Exception = held.fetch(self.market, SERVING_HISTORY)
        except Exception as error:
            answer = error
        now = self.market.now()
        held = held.after(answer, now, SERVING_HISTORY)
        self._asked[series] = _Asked(held, now)
        return held

    @property
    def _waiting(self) -> str:
        return f"Waiting for the first candles of the {self.market.identity.name} market."
