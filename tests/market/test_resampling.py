"""Of more coins than an exchange can be asked for at every close, longer candles are made of the shortest, and held against its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from core.domain import Series, Timeframe
from core.market.candles import CandleArrays, last_closed_open_ms, unix_ms
from core.market.exchange import ExchangeMarket
from core.market.feed import CandleFeed
from core.market.resampling import ASKED_COINS
from scripts.exchange_server import Trouble
from tests.market.exchange_server import NOON, BinanceServer, Rows
from tests.market.hand_made_candles import HandMadeMarket

M15, H1, H4, D1 = Timeframe
COINS = ("BTCUSDT", "ETHUSDT", "SOLUSDT")
BTC = Series("BTCUSDT", H1)
HISTORY = 120
MIDNIGHT = datetime(2025, 6, 5, 0, 7, 30, tzinfo=UTC)
"""Some minutes after a close of every timeframe; quarters after NOON and after EVENING."""
EVENING = MIDNIGHT - timedelta(hours=4, minutes=15)
"""Before two closes of 4h."""


class BusyLife:
    """A feed of three coins, of which two are as many as the exchange may be asked for."""

    def __init__(self, binance: BinanceServer) -> None:
        self.binance, clock = binance, binance.clock
        self.exchange = ExchangeMarket(
            "binanceusdm", binance.url, COINS, clock, lambda: clock.now().timestamp(), pause=lambda seconds: None
        )
        self.exchange._client.throttle = lambda cost=None: None
        self.feed = CandleFeed(self.exchange, tuple(Timeframe), HISTORY, COINS, asked_coins=2)
        self.feed.refresh_once()
        binance.requests.clear()

    def pass_until(self, moment: datetime) -> None:
        """By quarters of an hour; each close is asked for early, and again once it has settled."""
        while self.binance.clock.now() < moment:
            self.binance.clock.advance(M15.duration)
            self.feed.refresh_once()

    def asked(self, limit_below: int = 99) -> Counter[str]:
        """Questions for the newest candles, by timeframe; an audit asks for more of them."""
        return Counter(each["interval"] for each in self.binance.klines_asked() if int(each["limit"]) < limit_below)


@pytest.fixture
def binance() -> Iterator[BinanceServer]:
    with BinanceServer() as server:
        yield server


@pytest.fixture
def life(binance: BinanceServer) -> BusyLife:
    return BusyLife(binance)


@pytest.fixture
def evening(binance: BinanceServer) -> BusyLife:
    """Begun some hours before midnight."""
    binance.clock.set(EVENING)
    return BusyLife(binance)


def assert_its_own(life: BusyLife) -> None:
    for symbol in COINS:
        for timeframe in Timeframe:
            truth = life.binance.market.candles(symbol, timeframe, HISTORY)
            pd.testing.assert_frame_equal(life.feed.candles(symbol, timeframe), truth, rtol=1e-9)


@pytest.mark.slow
def test_longer_candles_are_made_of_the_shortest_and_are_the_exchanges_own(evening: BusyLife) -> None:
    evening.pass_until(MIDNIGHT)
    assert evening.asked().keys() == {"15m"}
    assert_its_own(evening)
    assert evening.feed.tally.made == {M15: 0, H1: 3 * 5, H4: 3 * 2, D1: 3}
    assert evening.feed.resampled_from(H1) is M15
    assert evening.feed.resampled_from(M15) is None


@pytest.mark.slow
def test_the_audit_asks_for_longer_candles_and_takes_no_rounding_for_a_disagreement(life: BusyLife) -> None:
    life.pass_until(NOON + timedelta(hours=3))
    assert all(life.feed.tally.audited[timeframe] >= 6 for timeframe in Timeframe)
    assert life.feed.tally.disagreed.total() == life.feed.tally.corrected.total() == 0


@pytest.mark.slow
def test_a_made_candle_that_the_exchange_tells_otherwise_is_counted_logged_and_replaced(
    life: BusyLife, caplog: pytest.LogCaptureFixture
) -> None:
    def distorted(symbol: str, interval: str, rows: Rows) -> Rows:
        wrong = symbol == "BTCUSDT" and interval == "1h"
        made = unix_ms(datetime(2025, 6, 4, 12, tzinfo=UTC))
        return [[*row[:5], "7.5", *row[6:]] if wrong and row[0] == made else row for row in rows]

    life.binance.distort = distorted
    life.pass_until(NOON + timedelta(hours=3))
    volumes = life.feed.candles(*BTC).set_index("open_time")["volume"]
    assert volumes["2025-06-04 12:00"] == 7.5
    assert life.feed.tally.disagreed == {M15: 0, H1: 1, H4: 0, D1: 0}
    assert caplog.text.count("BTCUSDT 1h: 1 candles made of 15m ones were not the market's own") == 1


@pytest.mark.slow
def test_a_part_that_is_corrected_corrects_what_was_made_of_it(life: BusyLife) -> None:
    def early(symbol: str, interval: str, rows: Rows) -> Rows:
        return [*rows[:-2], [*rows[-2][:5], "1e9", *rows[-2][6:]], rows[-1]] if interval == "15m" else rows

    life.binance.distort = early
    life.pass_until(datetime(2025, 6, 4, 13, 7, tzinfo=UTC))
    assert life.feed.arrays(*BTC).volume[-1] > 1e9
    life.binance.distort = None
    life.pass_until(datetime(2025, 6, 4, 13, 22, tzinfo=UTC))
    assert_its_own(life)


@pytest.mark.slow
def test_a_candle_whose_part_never_comes_is_asked_for_once_it_is_late(life: BusyLife) -> None:
    lacking = unix_ms(datetime(2025, 6, 4, 12, 30, tzinfo=UTC))
    life.binance.distort = lambda symbol, interval, rows: [
        row for row in rows if (symbol, interval) != ("BTCUSDT", "15m") or row[0] != lacking
    ]
    life.pass_until(datetime(2025, 6, 4, 12, 52, tzinfo=UTC))
    life.binance.clock.advance(timedelta(minutes=7, seconds=35))
    life.feed.refresh_once()
    assert life.asked().keys() == {"15m"}
    life.binance.clock.advance(timedelta(seconds=30))
    life.feed.refresh_once()
    assert life.asked()["1h"] == 1
    truth = life.binance.market.candles("BTCUSDT", H1, HISTORY)
    pd.testing.assert_frame_equal(life.feed.candles(*BTC), truth)


@pytest.mark.slow
def test_after_an_outage_longer_than_the_shortest_history_the_longer_ones_are_asked_for(life: BusyLife) -> None:
    life.binance.clock.advance(HISTORY * M15.duration + timedelta(hours=5))
    life.feed.refresh_once()
    assert life.asked()["1h"] == 3
    assert_its_own(life)


@pytest.mark.slow
def test_an_exchange_that_does_not_answer_is_not_asked_for_longer_candles_either(life: BusyLife) -> None:
    life.binance.fail(Trouble(503))
    life.pass_until(NOON + timedelta(hours=2))
    assert life.asked().keys() == {"15m"}
    life.binance.recover()
    life.exchange._not_before = 0.0
    life.pass_until(NOON + timedelta(hours=2, minutes=15))
    assert life.asked().keys() == {"15m"}
    assert_its_own(life)


class ManyCoins(HandMadeMarket):
    """Of every coin the same candles, without the frames that would take longer than all else."""

    def arrays(self, symbol: str, timeframe: Timeframe, limit: int) -> CandleArrays:
        self.asked.append((symbol, timeframe, limit))
        last = last_closed_open_ms(timeframe, self.now())
        times = last - np.arange(limit - 1, -1, -1) * timeframe.milliseconds
        return CandleArrays(times, np.full((5, limit), 100.0))


@pytest.mark.slow
@pytest.mark.parametrize(("coins", "asked"), [(ASKED_COINS, {M15, H1}), (ASKED_COINS + 1, {M15})])
def test_above_four_hundred_coins_only_the_shortest_candles_are_asked_for(coins: int, asked: set[Timeframe]) -> None:
    market = ManyCoins(tuple(f"C{number}USDT" for number in range(coins)), kind="exchange")
    feed = CandleFeed(market, (M15, H1), history=8)
    feed.refresh_once()
    market.asked.clear()
    market.clock.set(datetime(2025, 6, 4, 13, 0, 5, tzinfo=UTC))
    feed.refresh_once()
    assert {timeframe for _, timeframe, limit in market.asked if limit < 8} == asked
    assert feed.arrays("C0USDT", H1).open_time_ms[-1] == unix_ms(datetime(2025, 6, 4, 12, tzinfo=UTC))


def test_a_market_in_memory_is_asked_for_everything() -> None:
    market = HandMadeMarket()
    feed = CandleFeed(market, (M15, H1), history=8, asked_coins=1)
    feed.refresh_once()
    assert feed.resampled_from(H1) is None
