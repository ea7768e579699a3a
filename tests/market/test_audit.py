"""What an exchange corrects long after is found within the hour, and harms nothing where it cannot be found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from core.domain import Series, Timeframe
from core.errors import MarketUnavailable
from core.market.audit import AUDITED_CANDLES, AuditTurns
from core.market.candles import unix_ms
from core.market.exchange import ExchangeMarket
from core.market.feed import CandleFeed
from tests.market.exchange_server import BinanceServer, Rows
from tests.market.hand_made_candles import NOON, HandMadeMarket, without

M15 = Timeframe.M15
BTC, ETH = Series("BTCUSDT", M15), Series("ETHUSDT", M15)
CORRECTED = datetime(2025, 6, 4, 9, 30, tzinfo=UTC)
"""Ten candles before the hand-made noon."""


@pytest.fixture
def market() -> HandMadeMarket:
    market = HandMadeMarket(kind="exchange")
    market.answer = steady
    return market


def steady(symbol: str, timeframe: Timeframe, honest: pd.DataFrame) -> pd.DataFrame:
    """The same candle of a time, whatever the number of candles asked for."""
    return honest.assign(open=100.0, high=101.0, low=99.0, close=100.5)


@pytest.fixture
def feed(market: HandMadeMarket) -> CandleFeed:
    feed = CandleFeed(market, (M15,), history=120)
    feed.refresh_once()
    return feed


def pass_an_hour(feed: CandleFeed, market: HandMadeMarket) -> None:
    """As the feed looks again and again."""
    for _ in range(30):
        market.clock.advance(timedelta(minutes=2))
        feed.refresh_once()


def with_volume(volume: float) -> Callable[[str, Timeframe, pd.DataFrame], pd.DataFrame]:
    return lambda symbol, timeframe, honest: steady(symbol, timeframe, honest).assign(
        volume=np.where((symbol == "BTCUSDT") & (honest["open_time"] == CORRECTED), volume, honest["volume"])
    )


def audits_asked(market: HandMadeMarket) -> Counter[str]:
    return Counter(symbol for symbol, _, limit in market.asked if limit == AUDITED_CANDLES)


def test_a_candle_that_is_corrected_long_after_its_close_is_replaced_within_the_hour_and_announced(
    feed: CandleFeed, market: HandMadeMarket, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    market.answer = with_volume(379.0)
    before, heard = feed.candles(*BTC)["open_time"].iloc[0], list[frozenset[Series]]()
    feed.subscribe(heard.append)
    pass_an_hour(feed, market)
    found = feed.candles(*BTC).set_index("open_time")["volume"]
    assert found[CORRECTED] == 379.0
    assert len(found) == 120
    assert found.index[0] == before + 4 * M15.duration
    assert frozenset({BTC}) in heard
    assert caplog.text.count("the candle of 2025-06-04 09:30 UTC was corrected after its close") == 1
    assert feed.tally.corrected[M15] == 1
    assert feed.tally.audited[M15] == 2


@pytest.mark.slow
def test_each_series_is_audited_once_an_hour_and_never_two_at_once(feed: CandleFeed, market: HandMadeMarket) -> None:
    for hour in range(1, 4):
        pass_an_hour(feed, market)
        assert audits_asked(market) == {"BTCUSDT": hour, "ETHUSDT": hour}


def test_a_market_that_never_corrects_is_not_audited() -> None:
    market = HandMadeMarket()
    feed = CandleFeed(market, (M15,), history=120)
    feed.refresh_once()
    pass_an_hour(feed, market)
    assert audits_asked(market) == {}
    assert feed.tally.audited[M15] == 0


@pytest.mark.parametrize("broken", ["cannot be", "unanswered", "empty"])
def test_an_audit_without_an_answer_that_makes_sense_leaves_everything_as_it_is(
    broken: str, feed: CandleFeed, market: HandMadeMarket
) -> None:
    def answer(symbol: str, timeframe: Timeframe, honest: pd.DataFrame) -> pd.DataFrame:
        if len(honest) != AUDITED_CANDLES:
            return steady(symbol, timeframe, honest)
        if broken == "unanswered":
            raise MarketUnavailable("The exchange is down.")
        return steady(symbol, timeframe, honest).assign(low=-1.0) if broken == "cannot be" else honest[:0]

    market.answer = answer
    pass_an_hour(feed, market)
    assert len(audits_asked(market)) == 2
    assert feed.status(*BTC).state == feed.status(*ETH).state == "fresh"
    assert feed.status(*BTC).candles == 120
    assert feed.tally.corrected[M15] == 0


def test_a_candle_that_is_told_no_more_is_kept_and_named(
    feed: CandleFeed, market: HandMadeMarket, caplog: pytest.LogCaptureFixture
) -> None:
    market.answer = lambda symbol, timeframe, honest: without(
        steady(symbol, timeframe, honest), *([-20] if len(honest) == AUDITED_CANDLES else [])
    )
    pass_an_hour(feed, market)
    assert feed.status(*BTC).candles == 120
    assert "BTCUSDT 15m: 1 candles are not told any more" in caplog.text
    assert feed.tally.corrected[M15] == 2  # one of each coin


def test_a_series_that_never_comes_does_not_keep_the_others_from_being_audited(
    feed: CandleFeed, market: HandMadeMarket
) -> None:
    def answer(symbol: str, timeframe: Timeframe, honest: pd.DataFrame) -> pd.DataFrame:
        if symbol == "ETHUSDT":
            raise MarketUnavailable("Nothing of this coin.")
        return steady(symbol, timeframe, honest)

    market.answer = answer
    pass_an_hour(feed, market)
    assert audits_asked(market)["BTCUSDT"] == 1


def test_the_turns_are_spread_evenly_and_a_sleep_brings_each_at_most_once() -> None:
    many = [Series(f"C{number}USDT", M15) for number in range(240)]
    turns = AuditTurns()
    assert turns.due(many, NOON) == []
    for minute in range(1, 61):
        assert len(turns.due(many, NOON + timedelta(minutes=minute))) == 4
    assert turns.due(many, NOON - timedelta(minutes=9)) == []
    slept = turns.due(many, NOON + timedelta(days=3))
    assert sorted(slept) == sorted(many)
    assert turns.due(many, NOON + timedelta(days=3, minutes=1)) == many[:4]


def test_an_exchange_is_audited_with_so_few_candles_that_it_charges_least(binance: BinanceServer) -> None:
    def correct(symbol: str, interval: str, rows: Rows) -> Rows:
        return [[*row[:5], "379.0", *row[6:]] if row[0] == unix_ms(CORRECTED) else row for row in rows]

    clock, coins = binance.clock, ("BTCUSDT",)
    exchange = ExchangeMarket("binanceusdm", binance.url, coins, clock, lambda: clock.now().timestamp())
    feed = CandleFeed(exchange, (M15,), history=120, symbols=coins)
    feed.refresh_once()
    binance.distort = correct
    for _ in range(13):
        clock.advance(timedelta(minutes=5))
        feed.refresh_once()
    assert max(int(asked["limit"]) for asked in binance.klines_asked()[1:]) == 99
    assert feed.candles(*BTC).set_index("open_time")["volume"][CORRECTED] == 379.0


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(lambda row: [[*row[:2], "1", "1000000", *row[4:]]], id="unlawful"),
        pytest.param(lambda row: [row, [*row[:5], "1.0", *row[6:]]], id="told twice"),
        pytest.param(lambda row: [[*row[:5], None, *row[6:]]], id="without volume"),
    ],
)
def test_a_held_candle_that_an_exchange_tells_anew_and_broken_keeps_no_newer_one_out(
    binance: BinanceServer, broken: Callable[[list[object]], Rows], caplog: pytest.LogCaptureFixture
) -> None:
    clock = binance.clock
    exchange = ExchangeMarket("binanceusdm", binance.url, ("BTCUSDT",), clock, lambda: clock.now().timestamp())
    feed = CandleFeed(exchange, (M15,), history=50, symbols=("BTCUSDT",))
    feed.refresh_once()
    held = feed.candles(*BTC).iloc[-1]
    broken_at = unix_ms(held["open_time"].to_pydatetime())
    binance.distort = lambda symbol, interval, rows: [
        each for row in rows for each in (broken(row) if row[0] == broken_at else [row])
    ]
    for _ in range(3):
        clock.advance(M15.duration)
        feed.refresh_once()
        assert feed.status(*BTC).state == "fresh"
    candles = feed.candles(*BTC).set_index("open_time")
    assert candles.index[-1] == held["open_time"] + 3 * M15.duration
    assert candles["volume"][held["open_time"]] == held["volume"]
    assert "what was told anew of older candles is not believed" in caplog.text
