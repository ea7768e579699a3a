"""Candles older than those that a feed keeps, asked for beside it and never in its way."""

from __future__ import annotations

import time

from core.domain import Series
from core.errors import CandorError, MarketUnavailable
from core.market.candles import CandleArrays
from core.market.feed import CandleFeed
from core.market.market import Market
from core.market.outage import OutageWatch
from core.market.series import NEVER

LEFT_ALONE_SECONDS = 300.0
"""So long, in real time, a market is asked for nothing old after an outage, or while it does not even tell what is new."""


class PastCandles:
    """The past of whatever market ``feed`` follows. For one thread, which waits while an exchange answers.

    An exchange is asked one question after another, and only while its newest candles come in time. Its own limits hold
    for these questions and the feed's together.
    """

    def __init__(self, feed: CandleFeed) -> None:
        self._feed = feed
        self._watch = OutageWatch()
        self._not_before = 0.0

    def newest(self, series: Series, candles: int) -> CandleArrays:
        """The newest ``candles`` closed candles, oldest first, and fewer where history is shorter.

        MarketUnavailable where none are to be had now, other errors as of Market.arrays.
        """
        market = self._feed.market
        if market is None:
            raise MarketUnavailable("No market is followed yet, so there are no past candles.")
        return market.arrays(*series, candles) if market.access.from_memory else self._asked(market, series, candles)

    def at_hand(self, series: Series, candles: int) -> CandleArrays:
        """As ``newest``, but an exchange is not asked: what the feed keeps of it is all there is. Errors as of the feed's."""
        market = self._feed.market
        if market is not None and market.access.from_memory:
            return market.arrays(*series, candles)
        return self._feed.arrays(*series)[-candles:]

    def _asked(self, market: Market, series: Series, candles: int) -> CandleArrays:
        held = self._feed.arrays(*series)
        if len(held) >= candles:
            return held[-candles:]
        wait = self._not_before - time.monotonic()
        if wait > 0 or self._feed.status(*series).state != "fresh":
            raise MarketUnavailable(
                f"{market.identity.name} is asked for nothing old now; it has to answer in time first."
            )
        try:
            answer = market.arrays(*series, candles)
        except CandorError as error:
            if not isinstance(error, NEVER) and self._watch.heard(error):
                self._not_before = time.monotonic() + LEFT_ALONE_SECONDS
            raise
        self._watch.heard(answer)
        return answer
