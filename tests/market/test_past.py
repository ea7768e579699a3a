"""Past candles are asked for politely: of an exchange only while it tells what is new, and not again during an outage."""

from __future__ import annotations

import pandas as pd
import pytest

from core.domain import Series, Timeframe
from core.errors import MarketUnavailable
from core.market import past as past_module
from core.market.feed import CandleFeed
from core.market.past import PastCandles
from tests.market.hand_made_candles import HandMadeMarket

BTC = Series("BTCUSDT", Timeframe.M15)


@pytest.fixture
def exchange() -> HandMadeMarket:
    return HandMadeMarket(kind="exchange")


@pytest.fixture
def feed(exchange: HandMadeMarket) -> CandleFeed:
    """Holds 50 candles of each coin."""
    feed = CandleFeed(exchange, (Timeframe.M15,), history=50)
    feed.refresh_once()
    exchange.asked.clear()
    return feed


def away(symbol: str, timeframe: Timeframe, honest: pd.DataFrame) -> pd.DataFrame:
    raise MarketUnavailable("The exchange is away.")


def test_an_exchange_is_asked_once_for_what_the_feed_does_not_keep(feed: CandleFeed, exchange: HandMadeMarket) -> None:
    past = PastCandles(feed, exchange)
    assert len(past.newest(BTC, 40)) == 40
    assert exchange.asked == []
    assert len(past.newest(BTC, 700)) == 700
    assert exchange.asked == [("BTCUSDT", Timeframe.M15, 700)]
    assert len(past.at_hand(BTC, 700)) == 50
    assert len(exchange.asked) == 1


def test_an_exchange_that_is_late_with_what_is_new_is_not_asked_for_what_is_old(
    feed: CandleFeed, exchange: HandMadeMarket
) -> None:
    exchange.clock.advance(2 * Timeframe.M15.duration)
    with pytest.raises(MarketUnavailable, match="nothing old now"):
        PastCandles(feed, exchange).newest(BTC, 700)
    assert exchange.asked == []


def test_after_an_outage_an_exchange_is_left_alone_for_a_while(
    feed: CandleFeed, exchange: HandMadeMarket, monkeypatch: pytest.MonkeyPatch
) -> None:
    past, exchange.answer = PastCandles(feed, exchange), away
    for _ in range(5):
        with pytest.raises(MarketUnavailable):
            past.newest(BTC, 700)
    assert len(exchange.asked) == 3
    exchange.answer = lambda symbol, timeframe, honest: honest
    real = past_module.time.monotonic
    monkeypatch.setattr(past_module.time, "monotonic", lambda: real() + past_module.LEFT_ALONE_SECONDS)
    assert len(past.newest(BTC, 700)) == 700


def test_a_market_that_answers_from_memory_gives_any_span() -> None:
    market = HandMadeMarket()
    past = PastCandles(CandleFeed(market, (Timeframe.M15,), history=50), market)
    assert len(past.newest(BTC, 3000)) == len(past.at_hand(BTC, 3000)) == 3000


def test_once_another_market_is_followed_nothing_of_it_is_taken_for_the_past_of_the_first(
    feed: CandleFeed, exchange: HandMadeMarket
) -> None:
    past = PastCandles(feed, exchange)
    feed.follow(HandMadeMarket())
    feed.refresh_once()
    for ask in (past.newest, past.at_hand):
        with pytest.raises(MarketUnavailable, match="followed no longer"):
            ask(BTC, 40)
    with pytest.raises(MarketUnavailable, match="followed no longer"):
        past.tick_size("BTCUSDT")


def test_a_time_gone_by_is_asked_for_politely_too(feed: CandleFeed, exchange: HandMadeMarket) -> None:
    past, until = PastCandles(feed, exchange), exchange.now() - 300 * Timeframe.M15.duration
    found = past.until(BTC, until, 70)
    assert len(found) == 70
    assert until - 2 * Timeframe.M15.duration < found.frame()["open_time"].iloc[-1] <= until - Timeframe.M15.duration
    exchange.clock.advance(2 * Timeframe.M15.duration)
    with pytest.raises(MarketUnavailable, match="nothing old now"):
        past.until(BTC, until, 70)
