"""A candle that does not come is noticed by the clock alone, and said once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.domain import Timeframe
from core.errors import MarketUnavailable
from core.market.feed import CandleFeed
from core.market.market import GRACE_SECONDS, Access
from tests.market.hand_made_candles import HandMadeMarket

M15, H1 = Timeframe.M15, Timeframe.H1
JUST_LATE = timedelta(minutes=7, seconds=30 + GRACE_SECONDS + 1)
"""From the hand-made noon until the next candle is late."""
COINS = ("ADAUSDT", "BNBUSDT", "BTCUSDT", "ETHUSDT", "XRPUSDT")


@pytest.fixture
def market() -> HandMadeMarket:
    return HandMadeMarket(COINS, kind="exchange")


@pytest.fixture
def feed(market: HandMadeMarket) -> CandleFeed:
    feed = CandleFeed(market, (M15, H1), history=50)
    feed.refresh_once()
    return feed


def fall_silent(market: HandMadeMarket) -> None:
    """It goes on answering, and has nothing new."""
    silent_since = market.now()
    market.answer = lambda symbol, timeframe, honest: honest[honest["open_time"] + timeframe.duration <= silent_since]


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.name == "core.market.lateness"]


@pytest.mark.slow
def test_a_market_that_answers_and_has_nothing_new_is_called_late_once_and_counted(
    feed: CandleFeed, market: HandMadeMarket, caplog: pytest.LogCaptureFixture
) -> None:
    fall_silent(market)
    market.clock.advance(JUST_LATE - timedelta(seconds=1))
    feed.refresh_once()
    assert warnings_in(caplog) == []
    for _ in range(3):
        market.clock.advance(timedelta(seconds=1))
        feed.refresh_once()
    assert warnings_in(caplog) == [
        "15m: no candle that closed at 2025-06-04T12:15:00Z or later has come: ADAUSDT, BNBUSDT, BTCUSDT and 2 more."
    ]
    assert (feed.tally.late[M15], feed.tally.late[H1]) == (5, 0)


@pytest.mark.slow
def test_the_end_of_an_outage_is_said_and_the_next_one_counts_anew(
    feed: CandleFeed, market: HandMadeMarket, caplog: pytest.LogCaptureFixture
) -> None:
    honest = market.answer
    for _ in range(2):
        fall_silent(market)
        market.clock.advance(M15.duration)
        feed.refresh_once()
        market.answer = honest
        feed.refresh_once()
    assert warnings_in(caplog)[1] == "15m: late no more, after up to 0:07:30: ADAUSDT, BNBUSDT, BTCUSDT and 2 more."
    assert len(warnings_in(caplog)) == 4
    assert feed.tally.late[M15] == 10


def test_one_coin_that_is_late_is_named_alone(
    feed: CandleFeed, market: HandMadeMarket, caplog: pytest.LogCaptureFixture
) -> None:
    market.answer = lambda symbol, timeframe, honest: honest[:-1] if symbol == "BTCUSDT" else honest
    market.clock.advance(JUST_LATE)
    feed.refresh_once()
    assert warnings_in(caplog) == ["15m: no candle that closed at 2025-06-04T12:15:00Z or later has come: BTCUSDT."]


def test_a_market_that_was_away_from_the_start_is_late_too_without_naming_a_close_that_nobody_knows_of(
    market: HandMadeMarket, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object) -> None:
        raise MarketUnavailable("The exchange is down.")

    market.answer = away  # type: ignore[assignment]
    feed = CandleFeed(market, (M15,), history=50)
    feed.refresh_once()
    market.clock.advance(timedelta(seconds=GRACE_SECONDS + 1))
    feed.refresh_once()
    assert warnings_in(caplog) == [
        "15m: asked for since 2025-06-04T12:07:30Z, and no candle has come yet: ADAUSDT, BNBUSDT, BTCUSDT and 2 more."
    ]
    assert feed.tally.late[M15] == 5


def test_an_exchange_may_be_given_more_time_than_others(market: HandMadeMarket) -> None:
    market.access = Access(settling_seconds=2.0, parallel=4, reread=2, late_seconds=60)
    feed = CandleFeed(market, (M15,), history=50)
    feed.refresh_once()
    fall_silent(market)
    market.clock.advance(JUST_LATE)
    feed.refresh_once()
    assert feed.status("BTCUSDT", M15).state == "fresh"
    market.clock.advance(timedelta(seconds=40))
    feed.refresh_once()
    assert feed.status("BTCUSDT", M15).state == "stale"
    assert feed.tally.late[M15] == 5


def test_the_feed_looks_again_when_a_candle_becomes_late(feed: CandleFeed, market: HandMadeMarket) -> None:
    market.clock.advance(timedelta(minutes=7, seconds=30 + GRACE_SECONDS - 3))
    assert feed._seconds_to_wait(feed._state, 5) == pytest.approx(3.05)
    market.clock.advance(timedelta(seconds=4))
    assert feed._seconds_to_wait(feed._state, 5) == 16
