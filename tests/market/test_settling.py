"""An exchange is asked right after a close, and what it told before it had settled is looked at again."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from core.domain import Series, Timeframe
from core.errors import MarketUnavailable
from core.market.feed import SHORTEST_WAIT_SECONDS, CandleFeed
from core.market.market import Access
from tests.market.hand_made_candles import HandMadeMarket
from tests.market.test_audit import steady

M15 = Timeframe.M15
BTC = Series("BTCUSDT", M15)
TO_THE_CLOSE = timedelta(minutes=7, seconds=30)


@pytest.fixture
def market() -> HandMadeMarket:
    market = HandMadeMarket(kind="exchange")
    market.access = Access(settling_seconds=2.0, parallel=4, reread=2, early_seconds=0.3)
    market.answer = steady
    return market


@pytest.fixture
def feed(market: HandMadeMarket) -> CandleFeed:
    feed = CandleFeed(market, (M15,), history=50)
    feed.refresh_once()
    return feed


def wait(feed: CandleFeed) -> float:
    seconds: float = feed._seconds_to_wait(feed._state, 0)  # type: ignore[arg-type]
    return seconds


def close_early(feed: CandleFeed, market: HandMadeMarket) -> None:
    market.clock.advance(TO_THE_CLOSE + timedelta(seconds=0.4))
    feed.refresh_once()
    market.asked.clear()


def larger(symbol: str, timeframe: Timeframe, honest: pd.DataFrame) -> pd.DataFrame:
    """The newest candle has more volume than before."""
    candles = steady(symbol, timeframe, honest)
    candles.loc[candles.index[-1], "volume"] = 379.0
    return candles


def test_it_is_asked_as_soon_as_it_may_be_and_again_once_it_has_settled(
    feed: CandleFeed, market: HandMadeMarket
) -> None:
    market.clock.advance(TO_THE_CLOSE - timedelta(seconds=1))
    assert wait(feed) == pytest.approx(1.3)
    market.clock.advance(timedelta(seconds=1.4))
    feed.refresh_once()
    assert wait(feed) == pytest.approx(1.6 + SHORTEST_WAIT_SECONDS)
    market.asked.clear()
    market.clock.advance(timedelta(seconds=1.65))
    feed.refresh_once()
    assert sorted(market.asked) == [("BTCUSDT", M15, 3), ("ETHUSDT", M15, 3)]
    assert wait(feed) == 30
    feed.refresh_once()
    assert len(market.asked) == 2


def test_what_has_settled_otherwise_is_replaced_counted_and_announced(feed: CandleFeed, market: HandMadeMarket) -> None:
    close_early(feed, market)
    assert feed.arrays(*BTC).values[4, -1] == 10
    heard: list[frozenset[Series]] = []
    feed.subscribe(heard.append)
    market.answer = larger
    market.clock.advance(timedelta(seconds=2))
    feed.refresh_once()
    assert feed.arrays(*BTC).values[4, -1] == 379
    assert BTC in heard[-1]
    assert feed.tally.corrected[M15] == 2
    assert feed.tally.audited[M15] == 0


def test_an_exchange_that_does_not_answer_then_is_asked_at_the_next_close(
    feed: CandleFeed, market: HandMadeMarket
) -> None:
    close_early(feed, market)

    def fail(*_: object) -> pd.DataFrame:
        raise MarketUnavailable("The exchange is closed.")

    market.answer = fail
    market.clock.advance(timedelta(seconds=2))
    feed.refresh_once()
    assert feed.status(*BTC).state == "fresh"
    assert wait(feed) == 30
    market.answer = larger
    market.clock.advance(M15.duration)
    feed.refresh_once()
    assert feed.status(*BTC).state == "fresh"


def test_what_is_asked_for_once_it_has_settled_is_not_asked_for_twice(feed: CandleFeed, market: HandMadeMarket) -> None:
    market.clock.advance(TO_THE_CLOSE + timedelta(seconds=2))
    feed.refresh_once()
    market.asked.clear()
    feed.refresh_once()
    assert market.asked == []
