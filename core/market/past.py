"""Candles older than those that a feed keeps, asked for beside it and never in its way."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from core.domain import Series
from core.errors import CandorError, MarketUnavailable
from core.market.candles import CandleArrays
from core.market.feed import CandleFeed
from core.market.market import Market
from core.market.outage import OutageWatch
from core.market.series import NEVER

LEFT_ALONE_SECONDS = 300.0
"""So long, in real time, a market is asked for nothing old after an outage."""

T = TypeVar("T")


class PastCandles:
    """The past of ``market``, which ``feed`` follows; of no other, whatever the feed follows later.

    For one thread, which waits while an exchange answers. An exchange is asked one question after another, and only while
    its newest candles come in time; its own limits hold for these questions and the feed's together.
    """

    def __init__(self, feed: CandleFeed, market: Market) -> None:
        self.market = market
        self._feed = feed
        self._watch = OutageWatch()
        self._not_before = 0.0

    def now(self) -> datetime:
        """The market's own time."""
        return self.market.now()

    def tick_size(self, symbol: str) -> float:
        """The coin's smallest price step, as the feed learned it; errors as of the feed's."""
        return self._followed(lambda: self._feed.tick_size(symbol))

    def newest(self, series: Series, candles: int) -> CandleArrays:
        """The newest ``candles`` closed candles, oldest first, and fewer where history is shorter.

        MarketUnavailable where none are to be had now, other errors as of Market.arrays.
        """
        if self.market.access.from_memory:
            return self.market.arrays(*series, candles)
        held = self.at_hand(series, candles)
        if len(held) == candles:
            return held
        return self._answered(series, lambda: self.market.arrays(*series, candles))

    def until(self, series: Series, until: datetime, candles: int) -> CandleArrays:
        """The last ``candles`` that had closed by ``until``, oldest first, and fewer where history begins; errors as of ``newest``."""
        if self.market.access.from_memory:
            return self.market.arrays_until(*series, until, candles)
        return self._answered(series, lambda: self.market.arrays_until(*series, until, candles))

    def at_hand(self, series: Series, candles: int) -> CandleArrays:
        """As ``newest``, but an exchange is not asked: what the feed keeps of it is all there is. Errors as of the feed's."""
        if self.market.access.from_memory:
            return self.market.arrays(*series, candles)
        return self._followed(lambda: self._feed.arrays(*series))[-candles:]

    def _answered(self, series: Series, ask: Callable[[], CandleArrays]) -> CandleArrays:
        in_time = self._followed(lambda: self._feed.status(*series).state == "fresh")
        if not in_time or time.monotonic() < self._not_before:
            name = self.market.identity.name
            raise MarketUnavailable(f"{name} is asked for nothing old now; it has to answer in time first.")
        try:
            answer = ask()
        except CandorError as error:
            if not isinstance(error, NEVER) and self._watch.heard(error):
                self._not_before = time.monotonic() + LEFT_ALONE_SECONDS
            raise
        self._watch.heard(answer)
        return answer

    def _followed(self, read: Callable[[], T]) -> T:
        """What the feed says of this market; MarketUnavailable where it follows another by now."""
        value = read()
        if self._feed.market is not self.market:
            raise MarketUnavailable(f"{self.market.identity.name} is followed no longer.")
        return value
