"""The feed: what it serves, when it asks, and how it bears what markets do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.domain import Series, Timeframe
from core.errors import BadCandles, MarketUnavailable, NotEnoughCandles, SeriesUnavailable, UnknownSymbol
from core.findings import AwaitingMarket
from core.market.candles import empty_candles, gap_free_segments
from core.market.clock import ManualClock, ScaledClock
from core.market.exchange import REREAD_CANDLES, ExchangeMarket
from core.market.feed import CandleFeed
from core.market.outage import FAILURES_IN_A_ROW
from core.market.series import MOST_ASKED
from tests.drawn_once import DrawnOnce
from tests.market.exchange_server import HTML, BinanceServer, Trouble
from tests.market.hand_made_candles import NOON, HandMadeMarket, open_times, quiet_candles, without
from tests.problems import reason_of

M15, H1 = Timeframe.M15, Timeframe.H1
BTC, ETH = Series("BTCUSDT", M15), Series("ETHUSDT", M15)
LATER = timedelta(seconds=21)
"""Longer than a late candle is forgiven."""


class Heard(list[frozenset[Series]]):
    """Remembers what a feed announced, and lets a test wait for more."""

    def __init__(self) -> None:
        super().__init__()
        self._heard = threading.Condition()

    def __call__(self, changed: frozenset[Series]) -> None:
        with self._heard:
            self.append(changed)
            self._heard.notify_all()

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        with self._heard:
            assert self._heard.wait_for(is_so, 20), f"not within 20 s; heard {len(self)} announcements"


@pytest.fixture
def market() -> HandMadeMarket:
    return HandMadeMarket()


@pytest.fixture
def feed(market: HandMadeMarket) -> CandleFeed:
    """A feed of two coins on two timeframes that has made its first pass."""
    feed = CandleFeed(market, (M15, H1), history=50)
    feed.refresh_once()
    return feed


def close_a_candle(market: HandMadeMarket) -> None:
    market.clock.advance(M15.duration)


def fail_with(error: Exception) -> Callable[..., pd.DataFrame]:
    def answer(*_: object) -> pd.DataFrame:
        raise error

    return answer


# ---------------------------------------------------------------- serving


def test_it_serves_the_newest_closed_candles_of_every_series(feed: CandleFeed, market: HandMadeMarket) -> None:
    for symbol in ("BTCUSDT", "ETHUSDT"):
        for timeframe in (M15, H1):
            pd.testing.assert_frame_equal(feed.candles(symbol, timeframe), quiet_candles(timeframe, 50))
            assert feed.status(symbol, timeframe).state == "fresh"
    assert feed.status(*BTC).candles == 50
    assert feed.status(*BTC).last_open_time == datetime(2025, 6, 4, 11, 45, tzinfo=UTC)


def test_it_speaks_for_its_market(feed: CandleFeed, market: HandMadeMarket) -> None:
    assert feed.identity is market.identity
    assert feed.now() == NOON
    assert feed.symbols() == ("BTCUSDT", "ETHUSDT")
    assert feed.tick_size("BTC") == 0.5
    assert feed.speed == 1


def test_the_arrays_are_those_of_the_candles(feed: CandleFeed, market: HandMadeMarket) -> None:
    close_a_candle(market)
    feed.refresh_once()
    assert feed.arrays(*BTC).open_time_ms.tolist() == open_times(feed.candles(*BTC))
    assert np.array_equal(feed.arrays(*BTC).close, feed.candles(*BTC)["close"])


def test_a_ticker_is_enough_and_an_unknown_symbol_gets_a_suggestion(feed: CandleFeed) -> None:
    assert feed.candles("btc", M15) is feed.candles(*BTC)
    for ask in (feed.candles, feed.arrays, feed.status):
        with pytest.raises(UnknownSymbol, match="Did you mean 'BTCUSDT'"):
            ask("BTCUSD", M15)
    with pytest.raises(UnknownSymbol):
        feed.tick_size("XXX")


def test_reading_asks_the_market_nothing(feed: CandleFeed, market: HandMadeMarket) -> None:
    asked = len(market.asked)
    feed.candles(*BTC), feed.status(*BTC), feed.symbols(), feed.tick_size("BTCUSDT")
    assert len(market.asked) == asked


def test_before_the_first_pass_everything_is_loading(market: HandMadeMarket) -> None:
    feed = CandleFeed(market)
    assert feed.status(*BTC).state == "loading"
    with pytest.raises(MarketUnavailable, match="Waiting for the first candles of the hand-made"):
        feed.candles(*BTC)


@pytest.mark.parametrize("kind", ["simulated", "exchange"])
def test_a_wanted_coin_that_the_market_does_not_list_is_named_where_its_candles_would_be(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    market = HandMadeMarket(kind=kind)
    feed = CandleFeed(market, (M15,), symbols=("ETHUSDT", "BTCCUSDT"))
    feed.refresh_once()
    assert feed.symbols() == ("ETHUSDT", "BTCCUSDT")
    assert list(feed.unlisted or ()) == ["BTCCUSDT"]
    assert feed.status("ETHUSDT", M15).state == "fresh"
    assert feed.status("BTCCUSDT", M15).state == "short"
    assert "Did you mean 'BTCUSDT'?" in reason_of(feed.status("BTCCUSDT", M15))
    for ask in (lambda: feed.candles("BTCCUSDT", M15), lambda: feed.tick_size("BTCCUSDT")):
        with pytest.raises(UnknownSymbol, match="BTCCUSDT"):
            ask()
    assert {symbol for symbol, _, _ in market.asked} == {"ETHUSDT"}
    assert "BTCCUSDT" in caplog.text


def test_a_market_that_has_none_of_the_wanted_coins_is_not_followed(market: HandMadeMarket) -> None:
    with pytest.raises(UnknownSymbol, match="CANDOR_SYMBOLS"):
        CandleFeed(market, symbols=("NOSUCHUSDT",))


def test_a_timeframe_that_is_not_followed_has_no_candles(feed: CandleFeed) -> None:
    with pytest.raises(MarketUnavailable):
        feed.candles("BTCUSDT", Timeframe.D1)
    assert feed.status("BTC", Timeframe.D1).state == "loading"


# ---------------------------------------------------------------- asking


def test_after_a_close_it_asks_for_the_new_candle_alone(feed: CandleFeed, market: HandMadeMarket) -> None:
    market.asked.clear()
    feed.refresh_once()
    assert market.asked == []
    close_a_candle(market)
    feed.refresh_once()
    assert market.asked == [("BTCUSDT", M15, 1), ("ETHUSDT", M15, 1)]
    assert len(feed.candles(*BTC)) == 50
    assert feed.candles(*BTC)["open_time"].iloc[-1] == datetime(2025, 6, 4, 12, tzinfo=UTC)


def test_candles_that_close_while_the_market_is_asked_leave_no_gap(feed: CandleFeed, market: HandMadeMarket) -> None:
    def slowly(symbol: str, timeframe: Timeframe, honest: pd.DataFrame) -> pd.DataFrame:
        """Three candles close while the first coin is told; the market then tells as many as it was asked for."""
        if market.now() < NOON + 4 * M15.duration:
            market.clock.advance(3 * M15.duration)
        return quiet_candles(timeframe, len(honest), market.now())

    close_a_candle(market)
    market.answer = slowly
    feed.refresh_once()
    for series in (BTC, ETH):
        assert len(gap_free_segments(feed.candles(*series), M15)) == 1
        assert feed.candles(*series)["open_time"].iloc[-1] == datetime(2025, 6, 4, 12, 45, tzinfo=UTC)


def test_candles_missed_while_offline_are_fetched_together(feed: CandleFeed, market: HandMadeMarket) -> None:
    market.answer = fail_with(MarketUnavailable("The exchange is down."))
    for _ in range(7):
        close_a_candle(market)
        feed.refresh_once()
    market.answer = lambda symbol, timeframe, honest: honest
    market.asked.clear()
    feed.refresh_once()
    assert (*BTC, 7) in market.asked
    assert len(gap_free_segments(feed.candles(*BTC), M15)) == 1
    assert feed.status(*BTC).state == "fresh"


def test_after_a_long_sleep_no_more_than_the_history_is_asked_for(feed: CandleFeed, market: HandMadeMarket) -> None:
    market.clock.advance(timedelta(days=30))
    market.asked.clear()
    feed.refresh_once()
    assert max(limit for _, _, limit in market.asked) == 50
    assert len(gap_free_segments(feed.candles(*BTC), M15)) == 1


def test_a_gap_in_history_stays_a_gap(market: HandMadeMarket) -> None:
    gap = quiet_candles(M15, 50)["open_time"].iloc[[20, 21]]
    market.answer = lambda symbol, timeframe, honest: honest[~honest["open_time"].isin(gap)]
    feed = CandleFeed(market, (M15,), history=50)
    feed.refresh_once()
    close_a_candle(market)
    feed.refresh_once()
    assert [s.stop - s.start for s in gap_free_segments(feed.candles(*BTC), M15)] == [20, 29]
    assert feed.status(*BTC).state == "fresh"


def test_a_candle_that_is_not_closed_yet_is_not_believed(feed: CandleFeed, market: HandMadeMarket) -> None:
    market.answer = lambda symbol, timeframe, honest: quiet_candles(timeframe, 5, market.now() + timeframe.duration)
    close_a_candle(market)
    feed.refresh_once()
    assert feed.candles(*BTC)["open_time"].iloc[-1] == datetime(2025, 6, 4, 12, tzinfo=UTC)


def test_a_candle_that_is_corrected_after_its_close_is_corrected_here_and_said_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    market = HandMadeMarket(kind="exchange")
    feed = CandleFeed(market, (M15,), history=50)
    feed.refresh_once()
    caplog.set_level("INFO")
    heard = Heard()
    feed.subscribe(heard)
    market.answer = lambda symbol, timeframe, honest: honest.assign(
        volume=np.where(honest["open_time"] == datetime(2025, 6, 4, 11, 45, tzinfo=UTC), 379.0, 10.0)
    )
    close_a_candle(market)
    feed.refresh_once()
    assert market.asked[-1][2] == 1 + REREAD_CANDLES
    assert feed.candles(*BTC)["volume"].iloc[-3:].tolist() == [10.0, 379.0, 10.0]
    assert len(feed.candles(*BTC)) == 50
    assert "BTCUSDT 15m: the candle of 2025-06-04 11:45 UTC was corrected after its close." in caplog.text
    assert heard == [frozenset({BTC, ETH})]


def test_a_correction_alone_is_announced_too(feed: CandleFeed, market: HandMadeMarket) -> None:
    market.answer = lambda symbol, timeframe, honest: without(honest, -2) if symbol == "BTCUSDT" else honest
    for _ in range(2):
        close_a_candle(market)
    feed.refresh_once()
    heard = Heard()
    feed.subscribe(heard)
    market.answer = lambda symbol, timeframe, honest: honest
    feed.refresh_once()
    assert heard == [frozenset({BTC})]


def test_a_candle_that_comes_after_its_successor_is_asked_for_again_until_it_is_there(
    feed: CandleFeed, market: HandMadeMarket
) -> None:
    market.answer = lambda symbol, timeframe, honest: without(honest, -2) if symbol == "BTCUSDT" else honest
    close_a_candle(market)
    close_a_candle(market)
    feed.refresh_once()
    assert len(gap_free_segments(feed.candles(*BTC), M15)) == 2
    market.asked.clear()
    market.answer = lambda symbol, timeframe, honest: honest
    feed.refresh_once()
    assert market.asked == [("BTCUSDT", M15, 2)]
    assert len(gap_free_segments(feed.candles(*BTC), M15)) == 1
    market.asked.clear()
    feed.refresh_once()
    assert market.asked == []


def test_candles_that_never_come_are_asked_for_a_bounded_number_of_times_and_then_named(
    market: HandMadeMarket, caplog: pytest.LogCaptureFixture
) -> None:
    lost = {datetime(2025, 6, 4, 9, 0, tzinfo=UTC), datetime(2025, 6, 4, 9, 15, tzinfo=UTC)}
    market.answer = lambda symbol, timeframe, honest: honest[~honest["open_time"].isin(lost)]
    feed = CandleFeed(market, (M15,), history=50, symbols=("BTCUSDT",))
    for _ in range(MOST_ASKED + 5):
        feed.refresh_once()
    assert len(market.asked) == 1 + MOST_ASKED - 1
    sentence = "2 candles are missing since 2025-06-04 09:00 UTC and asked for in vain."
    assert feed.status(*BTC).state == "fresh"
    assert reason_of(feed.status(*BTC)) == sentence
    assert caplog.text.count(sentence) == 1
    market.answer = lambda symbol, timeframe, honest: honest
    close_a_candle(market)
    feed.refresh_once()
    assert market.asked[-1] == ("BTCUSDT", M15, 13)  # with what has closed, it is asked for them again
    assert (feed.status(*BTC).problem, len(gap_free_segments(feed.candles(*BTC), M15))) == (None, 1)


def test_a_history_that_was_told_only_in_part_is_asked_for_again(market: HandMadeMarket) -> None:
    market.answer = lambda symbol, timeframe, honest: honest.iloc[-1:]
    feed = CandleFeed(market, (M15,), history=50, symbols=("BTCUSDT",))
    feed.refresh_once()
    assert len(feed.candles(*BTC)) == 1
    market.answer = lambda symbol, timeframe, honest: honest
    feed.refresh_once()
    assert len(feed.candles(*BTC)) == 50


def test_a_coin_that_is_younger_than_the_window_is_asked_for_its_past_a_bounded_number_of_times(
    market: HandMadeMarket,
) -> None:
    listed = quiet_candles(M15, 20)["open_time"].iloc[0]
    market.answer = lambda symbol, timeframe, honest: honest[honest["open_time"] >= listed]
    feed = CandleFeed(market, (M15,), history=50, symbols=("BTCUSDT",))
    for _ in range(MOST_ASKED + 5):
        feed.refresh_once()
    assert len(market.asked) == MOST_ASKED
    assert (feed.status(*BTC).state, feed.status(*BTC).problem) == ("fresh", None)


def test_what_is_told_anew_and_broken_does_not_keep_out_what_is_new(caplog: pytest.LogCaptureFixture) -> None:
    market = HandMadeMarket(kind="exchange")
    feed = CandleFeed(market, (M15,), history=50)
    feed.refresh_once()
    before = feed.candles(*BTC)["high"].iloc[-1]
    market.answer = lambda symbol, timeframe, honest: honest.assign(
        high=np.where(honest["open_time"] == datetime(2025, 6, 4, 11, 45, tzinfo=UTC), 1.0, honest["high"])
    )
    close_a_candle(market)
    feed.refresh_once()
    assert feed.status(*BTC).state == "fresh"
    assert feed.candles(*BTC)["open_time"].iloc[-1] == datetime(2025, 6, 4, 12, tzinfo=UTC)
    assert feed.candles(*BTC)["high"].iloc[-2] == before
    assert (
        "what was told anew of older candles is not believed. The candle of 2025-06-04 11:45 UTC breaks" in caplog.text
    )


def test_a_window_that_lost_its_middle_loses_nothing_else(market: HandMadeMarket) -> None:
    """What is absent is found, and only that, whichever candles a market leaves out for a while."""
    rng = np.random.default_rng(5)
    feed = CandleFeed(market, (M15,), history=50, symbols=("BTCUSDT",))
    market.answer = lambda symbol, timeframe, honest: without(
        honest, *np.flatnonzero(rng.random(len(honest)) < 0.3)[: len(honest) - 1]
    )
    for _ in range(8):
        close_a_candle(market)
        feed.refresh_once()
    market.answer = lambda symbol, timeframe, honest: honest
    feed.refresh_once()
    assert len(gap_free_segments(feed.candles(*BTC), M15)) == 1
    assert len(feed.candles(*BTC)) == 50


# ---------------------------------------------------------------- troubles


def test_a_late_candle_is_forgiven_for_a_moment_and_then_called_stale(feed: CandleFeed, market: HandMadeMarket) -> None:
    market.clock.set(NOON.replace(minute=15, second=0))
    assert feed.status(*BTC).state == "fresh"
    market.clock.advance(LATER)
    status = feed.status(*BTC)
    assert status.state == "stale"
    assert reason_of(status) == "1 candle is missing since 2025-06-04 11:45 UTC."
    assert status.candles == 50


def test_while_the_market_is_away_old_candles_are_served_as_stale_and_it_recovers_by_itself(
    feed: CandleFeed, market: HandMadeMarket
) -> None:
    before = feed.arrays(*BTC)
    market.answer = fail_with(MarketUnavailable("The exchange is down."))
    market.clock.advance(timedelta(hours=1))
    feed.refresh_once()
    assert feed.arrays(*BTC) is before
    assert feed.status(*BTC).state == "stale"
    assert reason_of(feed.status(*BTC)) == "4 candles are missing since 2025-06-04 11:45 UTC. The exchange is down."
    market.answer = lambda symbol, timeframe, honest: honest
    feed.refresh_once()
    assert feed.status(*BTC).state == "fresh"
    assert reason_of(feed.status(*BTC)) is None


def test_a_candle_the_market_has_not_got_yet_is_asked_for_again(feed: CandleFeed, market: HandMadeMarket) -> None:
    market.answer = lambda symbol, timeframe, honest: honest.iloc[:-1] if symbol == "BTCUSDT" else honest
    market.clock.advance(M15.duration + LATER)
    feed.refresh_once()
    assert (feed.status(*BTC).state, feed.status(*ETH).state) == ("stale", "fresh")
    market.answer = lambda symbol, timeframe, honest: honest
    feed.refresh_once()
    assert feed.status(*BTC).state == "fresh"


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda frame: pd.concat([frame, frame.assign(volume=1.0)]).sort_values("open_time"), "is there twice"),
        (lambda frame: frame.assign(low=-1.0), "zero or negative"),
        (lambda frame: frame.assign(high=0.5), "low <= open, close <= high"),
        (lambda frame: frame.assign(open_time=frame["open_time"] + timedelta(minutes=1)), "15m boundary"),
        (lambda frame: frame.drop(columns="volume"), "lack the column"),
        (lambda frame: frame.assign(open_time=frame["open_time"].dt.tz_localize(None)), "UTC time zone"),
    ],
)
def test_bad_news_leaves_the_last_good_candles_and_says_why(
    feed: CandleFeed, market: HandMadeMarket, spoil: Callable, sentence: str
) -> None:
    before = feed.arrays(*BTC)
    market.answer = lambda symbol, timeframe, honest: spoil(honest) if symbol == "BTCUSDT" else honest
    close_a_candle(market)
    feed.refresh_once()
    assert feed.arrays(*BTC) is before
    assert feed.status(*BTC).state == "bad"
    assert sentence in (reason_of(feed.status(*BTC)) or "")
    assert feed.status(*ETH).state == "fresh"
    market.answer = lambda symbol, timeframe, honest: honest
    feed.refresh_once()
    assert feed.status(*BTC).state == "fresh"


def test_candles_that_were_bad_from_the_start_are_not_served(market: HandMadeMarket) -> None:
    market.answer = lambda symbol, timeframe, honest: honest.iloc[::-1]
    feed = CandleFeed(market, (M15,))
    feed.refresh_once()
    assert feed.status(*BTC).state == "bad"
    with pytest.raises(BadCandles, match="must be sorted"):
        feed.candles(*BTC)


def test_a_coin_without_a_closed_candle_is_short(market: HandMadeMarket) -> None:
    market.answer = lambda symbol, timeframe, honest: empty_candles()
    feed = CandleFeed(market, (M15,))
    feed.refresh_once()
    assert feed.status(*BTC).state == "short"
    with pytest.raises(NotEnoughCandles, match="BTCUSDT has no closed 15m candle yet"):
        feed.candles(*BTC)
    market.answer = lambda symbol, timeframe, honest: honest
    feed.refresh_once()
    assert feed.status(*BTC).state == "fresh"


def test_a_series_the_market_will_never_have_is_short_and_not_asked_for_again(market: HandMadeMarket) -> None:
    def answer(symbol: str, timeframe: Timeframe, honest: pd.DataFrame) -> pd.DataFrame:
        if timeframe is H1:
            raise NotEnoughCandles("The exchange has no 1h candles.")
        return honest

    market.answer = answer
    feed = CandleFeed(market, (M15, H1))
    feed.refresh_once()
    assert (feed.status("BTCUSDT", H1).state, feed.status(*BTC).state) == ("short", "fresh")
    market.asked.clear()
    close_a_candle(market)
    feed.refresh_once()
    assert {timeframe for _, timeframe, _ in market.asked} == {M15}


def test_a_refusal_that_concerns_one_series_is_not_the_markets_outage() -> None:
    many = HandMadeMarket(tuple(f"C{n:02}USDT" for n in range(30)))

    def answer(symbol: str, timeframe: Timeframe, honest: pd.DataFrame) -> pd.DataFrame:
        if symbol < "C20":
            raise SeriesUnavailable(f"{symbol} is not traded today.")
        return honest

    many.answer = answer
    feed = CandleFeed(many, (M15,))
    feed.refresh_once()
    assert len(many.asked) == 30
    assert feed.status("C25USDT", M15).state == "fresh"
    assert reason_of(feed.status("C03USDT", M15)) == "C03USDT is not traded today."


def test_a_market_that_never_answered_leaves_a_sentence(market: HandMadeMarket) -> None:
    market.answer = fail_with(MarketUnavailable("The exchange is down."))
    feed = CandleFeed(market, (M15,))
    feed.refresh_once()
    assert feed.status(*BTC).state == "loading"
    market.clock.advance(timedelta(minutes=7))
    feed.refresh_once()
    assert reason_of(feed.status(*BTC)) == (
        "The exchange is down. No candles since 2025-06-04 12:07 UTC; it is asked again."
    )
    with pytest.raises(MarketUnavailable, match="is down"):
        feed.candles(*BTC)


@pytest.mark.slow
def test_what_nobody_foresaw_becomes_a_sentence_too_and_goes_to_the_log(
    feed: CandleFeed, market: HandMadeMarket, caplog: pytest.LogCaptureFixture
) -> None:
    market.answer = fail_with(ZeroDivisionError())
    market.clock.advance(M15.duration + LATER)
    feed.refresh_once()
    assert "BTCUSDT 15m could not be read (ZeroDivisionError); the log has the details." in (
        reason_of(feed.status(*BTC)) or ""
    )
    assert "Traceback" in caplog.text


def test_an_unavailable_market_is_not_asked_for_every_series(market: HandMadeMarket) -> None:
    many = HandMadeMarket(tuple(f"C{n}USDT" for n in range(30)))
    many.answer = fail_with(MarketUnavailable("The exchange is down."))
    feed = CandleFeed(many, (M15,))
    feed.refresh_once()
    assert len(many.asked) == FAILURES_IN_A_ROW
    assert (reason_of(feed.status("C29USDT", M15)) or "").startswith("The exchange is down. No candles since")


def test_a_series_that_always_fails_does_not_keep_the_others_waiting() -> None:
    many = HandMadeMarket(tuple(f"C{n}USDT" for n in range(10)))

    def answer(symbol: str, timeframe: Timeframe, honest: pd.DataFrame) -> pd.DataFrame:
        if symbol < "C5":
            raise MarketUnavailable("It did not answer in time.")
        return honest

    many.answer = answer
    feed = CandleFeed(many, (M15,))
    for _ in range(4):
        feed.refresh_once()
    assert [symbol for symbol in many.symbols() if feed.status(symbol, M15).state == "fresh"] == [
        f"C{n}USDT" for n in range(5, 10)
    ]


# ---------------------------------------------------------------- announcing


def test_it_announces_what_changed_after_memory_is_up_to_date(feed: CandleFeed, market: HandMadeMarket) -> None:
    newest: list = []
    feed.subscribe(lambda changed: newest.append((changed, feed.candles(*BTC)["open_time"].iloc[-1])))
    feed.refresh_once()
    assert newest == []
    close_a_candle(market)
    feed.refresh_once()
    assert newest == [(frozenset({BTC, ETH}), pd.Timestamp("2025-06-04 12:00", tz="UTC"))]


def test_becoming_stale_and_recovering_is_announced(feed: CandleFeed, market: HandMadeMarket) -> None:
    heard = Heard()
    feed.subscribe(heard)
    market.answer = fail_with(MarketUnavailable("The exchange is down."))
    market.clock.advance(M15.duration + LATER)
    feed.refresh_once()
    assert heard == [frozenset({BTC, ETH})]
    feed.refresh_once()
    assert len(heard) == 1
    market.answer = lambda symbol, timeframe, honest: honest
    feed.refresh_once()
    assert len(heard) == 2


def test_a_subscriber_that_fails_harms_neither_the_feed_nor_the_others(
    feed: CandleFeed, market: HandMadeMarket, caplog: pytest.LogCaptureFixture
) -> None:
    heard = Heard()
    feed.subscribe(lambda changed: 1 / 0)
    feed.subscribe(heard)
    close_a_candle(market)
    feed.refresh_once()
    assert len(heard) == 1
    assert "A subscriber of the candle feed failed." in caplog.text


def test_an_ended_subscription_hears_nothing(feed: CandleFeed, market: HandMadeMarket) -> None:
    heard = Heard()
    end = feed.subscribe(heard)
    end()
    end()
    close_a_candle(market)
    feed.refresh_once()
    assert heard == []


# ---------------------------------------------------------------- another market


def test_a_switch_forgets_the_old_market_in_the_same_instant(feed: CandleFeed) -> None:
    other = HandMadeMarket(("ETHUSDT", "SOLUSDT"), kind="recorded")
    feed.follow(other)
    assert feed.identity is other.identity
    assert feed.symbols() == ("ETHUSDT", "SOLUSDT")
    assert feed.status(*ETH).state == "loading"
    with pytest.raises(UnknownSymbol):
        feed.candles(*BTC)
    feed.refresh_once()
    assert feed.status("SOLUSDT", H1).state == "fresh"


def test_a_switch_is_announced_for_the_series_of_both_markets(feed: CandleFeed) -> None:
    heard = Heard()
    feed.subscribe(heard)
    feed.follow(HandMadeMarket(("SOLUSDT",)))
    feed.refresh_once()
    assert {symbol for symbol, _ in heard[0]} == {"BTCUSDT", "ETHUSDT", "SOLUSDT"}
    assert heard[-1] == {("SOLUSDT", M15), ("SOLUSDT", H1)}


def test_an_answer_of_the_old_market_never_lands_in_the_new_one(market: HandMadeMarket) -> None:
    feed = CandleFeed(market, (M15,), history=50)
    other = HandMadeMarket(("BTCUSDT",), kind="recorded")

    def switch_meanwhile(symbol: str, timeframe: Timeframe, honest: pd.DataFrame) -> pd.DataFrame:
        feed.follow(other)
        return honest

    market.answer = switch_meanwhile
    feed.refresh_once()
    assert feed.identity is other.identity
    assert feed.status(*BTC).state == "loading"


def test_without_a_market_it_says_what_is_awaited() -> None:
    feed = CandleFeed(AwaitingMarket())
    feed.refresh_once()
    assert feed.identity is None
    assert len(feed.symbols()) == 34
    assert feed.status(*BTC).state == "loading"
    with pytest.raises(MarketUnavailable, match="No market is chosen yet"):
        feed.candles(*BTC)
    with pytest.raises(MarketUnavailable):
        feed.tick_size("BTCUSDT")


# ---------------------------------------------------------------- in the background


@pytest.fixture
def running() -> Iterator[Callable[[CandleFeed], Heard]]:
    """Starts feeds that are stopped when the test ends."""
    started: list[CandleFeed] = []

    def run(feed: CandleFeed) -> Heard:
        heard = Heard()
        feed.subscribe(heard)
        feed.start()
        started.append(feed)
        return heard

    yield run
    for feed in started:
        feed.stop()


@pytest.mark.slow
def test_candles_close_by_themselves_while_the_feed_runs(running: Callable[[CandleFeed], Heard]) -> None:
    feed = CandleFeed(DrawnOnce(1, ScaledClock(NOON, 9000)), (M15,), history=60, symbols=("BTCUSDT",))
    heard = running(feed)
    heard.wait_until(lambda: feed.status(*BTC).candles == 60)
    first = feed.candles(*BTC)["open_time"].iloc[-1]
    heard.wait_until(lambda: feed.candles(*BTC)["open_time"].iloc[-1] >= first + 5 * M15.duration)


@pytest.mark.parametrize("kind", ["simulated", "exchange"])
def test_what_no_handler_expects_ends_neither_the_feed_nor_a_pass_for_good(
    kind: str, running: Callable[[CandleFeed], Heard], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.market.feed.RETRY_SECONDS", (0.001,))
    market = HandMadeMarket(kind=kind)
    feed, honest, asked = CandleFeed(market, (M15,)), market.answer, iter(range(99))

    def answer(*question: Any) -> pd.DataFrame:
        if next(asked) < 5:
            raise SystemExit("a library has had enough")
        return honest(*question)

    market.answer = answer
    heard = running(feed)
    heard.wait_until(lambda: feed.status(*BTC).state == feed.status(*ETH).state == "fresh")
    assert not feed.died


def test_a_switch_wakes_the_feed(running: Callable[[CandleFeed], Heard]) -> None:
    feed = CandleFeed(DrawnOnce(1, ManualClock(NOON)), (M15,), history=60)
    heard = running(feed)
    heard.wait_until(lambda: feed.status(*BTC).state == "fresh")
    feed.follow(HandMadeMarket())
    heard.wait_until(lambda: feed.symbols() == ("BTCUSDT", "ETHUSDT") and feed.status(*BTC).state == "fresh")


def test_it_can_be_stopped_and_started_again(running: Callable[[CandleFeed], Heard], market: HandMadeMarket) -> None:
    feed = CandleFeed(market, (M15,))
    heard = running(feed)
    heard.wait_until(lambda: feed.status(*BTC).state == "fresh")
    feed.stop()
    feed.stop()
    close_a_candle(market)
    feed.start()
    heard.wait_until(lambda: feed.candles(*BTC)["open_time"].iloc[-1].hour == 12)


# ---------------------------------------------------------------- with an exchange


def exchange_feed(binance: BinanceServer) -> CandleFeed:
    coins = ("BTCUSDT", "ETHUSDT")
    exchange = ExchangeMarket("binanceusdm", binance.url, coins, binance.clock, pause=lambda seconds: None)
    return CandleFeed(exchange, (M15,), history=60, symbols=coins)


def test_an_exchange_is_followed_with_as_few_requests_as_there_is_news(binance: BinanceServer) -> None:
    feed = exchange_feed(binance)
    feed.refresh_once()
    pd.testing.assert_frame_equal(feed.candles(*BTC), binance.market.candles(*BTC, 60))
    assert len(binance.klines_asked()) == 2
    assert feed.tick_size("BTCUSDT") == 0.1
    assert feed.symbols() == ("BTCUSDT", "ETHUSDT")


def test_an_exchange_that_lists_a_coin_no_more_is_followed_with_the_others(binance: BinanceServer) -> None:
    binance.unlisted = {"ETHUSDT"}
    feed = exchange_feed(binance)
    feed.refresh_once()
    assert feed.status(*BTC).state == "fresh"
    assert feed.status("ETHUSDT", M15).state == "short"
    assert "Did you mean" in str(
        (feed.unlisted or {})["ETHUSDT"]
    )  # among all that it lists, though BTC alone is followed


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (HTML, "not candles"),
        (Trouble(451), "HTTP 451"),
        (Trouble(429, headers={"Retry-After": "60"}), "limits our requests"),
        (Trouble(500), "out of order"),
        (Trouble(hangs_up=True), "cannot be reached"),
    ],
)
def test_whatever_an_exchange_does_the_last_good_candles_stay_and_it_recovers(
    binance: BinanceServer, trouble: Trouble, sentence: str
) -> None:
    feed = exchange_feed(binance)
    feed.refresh_once()
    before = feed.arrays(*BTC)
    binance.fail(trouble)
    binance.clock.advance(M15.duration + LATER)
    feed.refresh_once()
    assert feed.arrays(*BTC) is before
    assert feed.status(*BTC).state == "stale"
    assert sentence in (reason_of(feed.status(*BTC)) or "")
    binance.recover()
    _end_ban(feed)
    feed.refresh_once()
    assert feed.status(*BTC).state == "fresh"
    assert len(gap_free_segments(feed.candles(*BTC), M15)) == 1


def test_an_exchange_that_is_down_from_the_start_is_listed_once_it_is_back(binance: BinanceServer) -> None:
    binance.fail(Trouble(500))
    feed = exchange_feed(binance)
    feed.refresh_once()
    assert feed.symbols() == ("BTCUSDT", "ETHUSDT")
    assert feed.status(*BTC).state == "loading"
    assert "out of order" in (reason_of(feed.status(*BTC)) or "")
    binance.recover()
    feed.refresh_once()
    assert feed.status(*BTC).state == "fresh"


def test_stopping_does_not_wait_for_an_exchange_that_hangs(
    binance: BinanceServer, running: Callable[[CandleFeed], Heard]
) -> None:
    binance.fail(Trouble(hangs=True, path="klines"))
    feed = exchange_feed(binance)
    running(feed)
    assert binance.wait_for_request("klines")
    thread = feed._thread
    assert thread is not None
    feed.stop()
    assert not thread.is_alive()  # although no request has been answered
    assert not binance._let_go.is_set()


def test_a_switch_does_not_wait_for_an_exchange_that_hangs(
    binance: BinanceServer, running: Callable[[CandleFeed], Heard]
) -> None:
    binance.fail(Trouble(hangs=True))
    feed = exchange_feed(binance)
    heard = running(feed)
    assert binance.wait_for_request("exchangeInfo")
    feed.follow(HandMadeMarket())
    heard.wait_until(lambda: feed.status(*BTC).state == "fresh")


def test_an_exchange_that_is_followed_no_more_is_not_even_asked(binance: BinanceServer) -> None:
    feed = exchange_feed(binance)
    other = HandMadeMarket()
    feed.subscribe(lambda changed: feed.follow(other) if feed.identity is not other.identity else None)
    feed.refresh_once()
    assert binance.requests == []


def _end_ban(feed: CandleFeed) -> None:
    exchange = feed._state.market
    assert isinstance(exchange, ExchangeMarket)
    exchange._not_before = 0.0
