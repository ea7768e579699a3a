"""What an exchange streams of open candles is heard through real ccxt.pro, and stored nowhere; sockets that fail are left for new ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import ccxt.pro  # noqa: F401 - at once, or the first stream would wait for it
import pytest

from core.domain import Series, Timeframe
from core.market.exchange import ExchangeMarket
from core.market.exchange_client import make_stream_client
from core.market.feed import CandleFeed
from core.market.hints import Hint, Hints
from core.market.stream import CandleStream, Hear, Patience, Row, Rows
from scripts.exchange_stream import BinanceStream
from tests.market.exchange_server import NOON, BinanceServer
from tests.waiting import until

M15, H1 = Timeframe.M15, Timeframe.H1
BTC, ETH = Series("BTCUSDT", M15), Series("ETHUSDT", M15)
PAIRS = {("BTC/USDT:USDT", "15m"): BTC, ("ETH/USDT:USDT", "15m"): ETH}
OPEN_MS = int(NOON.timestamp()) // 900 * 900_000
QUICK = Patience(look_seconds=0.01, pause_seconds=0.02, longest_pause_seconds=0.02)
CANDLE = (100.0, 102.0, 99.0, 101.0, 5.0)


@pytest.fixture(scope="module")
def markets() -> dict[str, Any]:
    """What a local exchange lists, as ccxt has it."""
    with BinanceServer() as server:
        market = ExchangeMarket("binanceusdm", server.url, ("BTCUSDT", "ETHUSDT"))
        market.symbols()
        return dict(market._client.markets)


@pytest.fixture
def sockets() -> Iterator[BinanceStream]:
    with BinanceStream() as sockets:
        yield sockets


class Listener:
    """A stream of real ccxt.pro from the local sockets, and the newest row that it told of each series."""

    def __init__(self, markets: dict[str, Any], sockets: BinanceStream) -> None:
        self.newest: dict[Series, Row] = {}
        self.seconds = 0.0
        make = partial(redirected, markets, sockets.url)
        self.stream = CandleStream(make, PAIRS, self._hear, 200, QUICK, lambda: self.seconds)

    def _hear(self, series: Series, rows: Rows) -> None:
        self.newest[series] = rows[-1]

    def __enter__(self) -> Listener:
        self.stream.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.stop()
        self.stream.join(20)


def redirected(markets: dict[str, Any], url: str) -> Any:
    client = make_stream_client("binanceusdm", markets)
    assert client is not None
    client.urls["api"]["ws"]["linear"] = f"{url}/ws"
    client.timeout_on_exit = 0
    return client


@pytest.mark.slow
def test_open_candles_of_all_series_are_heard_on_one_socket(markets: dict[str, Any], sockets: BinanceStream) -> None:
    with Listener(markets, sockets) as listener:
        assert sockets.wait_for_subscribers(BTC)
        assert sockets.subscriptions == [["btcusdt@kline_15m", "ethusdt@kline_15m"]]
        sockets.tell(BTC, OPEN_MS, CANDLE)
        sockets.tell(ETH, OPEN_MS, (10, 10, 9, 9.5, 70))
        until(lambda: len(listener.newest) == 2)
        sockets.tell(BTC, OPEN_MS, (100, 103, 99, 103, 6))
        until(lambda: listener.newest[BTC] == (OPEN_MS, 100, 103, 99, 103, 6))
        assert listener.newest[ETH] == (OPEN_MS, 10, 10, 9, 9.5, 70)
        assert listener.stream.reconnects == 0
    assert sockets.wait_for_subscribers(BTC, 0)


@pytest.mark.slow
@pytest.mark.parametrize("trouble", ["dropped", "wrong JSON", "acknowledges only", "old"])
def test_a_socket_that_fails_in_whatever_way_is_left_for_a_new_one_that_goes_on(
    markets: dict[str, Any], sockets: BinanceStream, trouble: str
) -> None:
    sockets.acknowledges_only = trouble == "acknowledges only"
    with Listener(markets, sockets) as listener:
        assert sockets.wait_for_subscriptions(1)
        sockets.acknowledges_only = False
        if trouble == "dropped":
            sockets.drop()
        if trouble == "wrong JSON":
            sockets.send("btcusdt@kline_15m", '{"e": "kline", "k": {"t"')
        if trouble == "old":
            until(lambda: telling(sockets, CANDLE) and BTC in listener.newest)
        listener.seconds += 23.5 * 3600 if trouble == "old" else 61
        assert sockets.wait_for_subscriptions(2)
        again = (1.0, 4.0, 1.0, 3.0, 2.0)
        until(lambda: telling(sockets, again) and listener.newest.get(BTC) == (OPEN_MS, *again))
        assert listener.stream.reconnects >= (trouble != "dropped")  # ccxt may have gone on by itself then


def telling(sockets: BinanceStream, values: tuple[float, ...]) -> bool:
    """Tell an open candle once more to whoever listens now."""
    sockets.tell(BTC, OPEN_MS, values)
    return True


def test_an_exchange_without_a_stream_is_simply_not_heard() -> None:
    stream = CandleStream(lambda: make_stream_client("nosuch", {}), PAIRS, lambda series, rows: None, 200)
    stream.start()
    stream.stop()
    stream.join(20)
    assert stream.reconnects == 0


def test_pauses_between_attempts_grow_up_to_a_minute() -> None:
    pauses = [[Patience().pause(failures) for _ in range(200)] for failures in range(12)]
    for failures, of in enumerate(pauses):
        assert 0.5 * min(60, 2**failures) <= min(of) <= max(of) <= 1.5 * min(60, 2**failures)


# ---------------------------------------------------------------- what is made of it


class Followed:
    """A feed over a local exchange, and the hints of a stream that the test tells by hand."""

    def __init__(self, server: BinanceServer, streamed: bool = False) -> None:
        self.server, self.clock = server, server.clock
        self.seconds = 0.0
        symbols, passed = ("BTCUSDT", "ETHUSDT"), lambda: server.clock.now().timestamp()
        market = ExchangeMarket("binanceusdm", server.url, symbols, server.clock, passed, streamed=streamed)
        self.feed = CandleFeed(market, (M15, H1), history=30)
        self.hints = Hints(self.feed, lambda: self.seconds)
        self.hints.start()
        self.feed.refresh_once()

    def tell(self, *rows: tuple[Any, ...]) -> None:
        self.hints.hear(BTC, rows)

    def pass_to_the_close(self, seconds: float = 3) -> None:
        self.clock.set(NOON.replace(minute=15, second=0) + timedelta(seconds=seconds))


@pytest.fixture
def followed(binance: BinanceServer) -> Followed:
    return Followed(binance)


def test_the_open_candle_is_told_for_so_long_as_it_is_heard_of(followed: Followed) -> None:
    assert followed.hints.forming("BTCUSDT", M15) is None
    followed.tell((OPEN_MS, *CANDLE))
    assert followed.hints.forming("BTCUSDT", M15) == Hint(OPEN_MS, *CANDLE, 0.0)
    assert followed.hints.forming("ETHUSDT", M15) is None
    followed.seconds = 61
    followed.tell((OPEN_MS, *CANDLE))  # the same again is no news
    assert followed.hints.forming("BTCUSDT", M15) is None
    followed.tell((OPEN_MS, 100.0, 102.0, 99.0, 99.0, 6.0))
    assert followed.hints.forming("BTCUSDT", M15) is not None


@pytest.mark.slow
def test_the_open_candle_of_a_longer_timeframe_is_made_of_closed_ones_and_the_open_one(followed: Followed) -> None:
    followed.pass_to_the_close()
    followed.feed.refresh_once()
    held = followed.feed.arrays(*BTC)[-1:]
    followed.tell((OPEN_MS + 900_000, 1.0, 1e6, 0.5, 2.0, 5.0))
    hour = followed.hints.forming("BTCUSDT", H1)
    assert hour == Hint(OPEN_MS, float(held.open[0]), 1e6, 0.5, 2.0, float(held.volume[0]) + 5.0, 0.0)


def test_where_a_closed_candle_is_missing_there_is_no_longer_one(followed: Followed) -> None:
    followed.pass_to_the_close()
    followed.tell((OPEN_MS + 900_000, *CANDLE))
    assert followed.hints.forming("BTCUSDT", H1) is None
    assert followed.hints.forming("BTCUSDT", M15) is not None


@pytest.mark.slow
def test_nothing_that_a_stream_tells_is_ever_held_as_a_candle(followed: Followed) -> None:
    before = followed.feed.arrays(*BTC)
    followed.tell((OPEN_MS, *CANDLE), (OPEN_MS + 900_000, *CANDLE))
    followed.feed.refresh_once()
    assert followed.feed.arrays(*BTC) is before


def test_rows_that_come_again_late_or_broken_change_nothing(followed: Followed) -> None:
    followed.tell((OPEN_MS, *CANDLE))
    followed.tell(
        (OPEN_MS - 900_000, 1.0, 1.0, 1.0, 1.0, 1.0),
        (OPEN_MS + 7, *CANDLE),
        (OPEN_MS, 100.0, 90.0, 99.0, 101.0, 5.0),
        (OPEN_MS, 100.0, None, 99.0, 101.0, 5.0),
        (OPEN_MS, 100.0, float("nan"), 99.0, 101.0, 5.0),
        (OPEN_MS, -1.0, 102.0, -2.0, 101.0, 5.0),
        (OPEN_MS + 900_000, *CANDLE),  # it opens in seven minutes
        (OPEN_MS,),
        ("soon", *CANDLE),
    )
    assert followed.hints.forming("BTCUSDT", M15) == Hint(OPEN_MS, *CANDLE, 0.0)


@pytest.mark.slow
def test_a_closed_candle_that_the_exchange_tells_otherwise_is_counted_once(
    followed: Followed, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    followed.tell((OPEN_MS, *CANDLE))
    followed.pass_to_the_close()
    followed.tell((OPEN_MS, *CANDLE), (OPEN_MS + 900_000, *CANDLE))
    followed.feed.refresh_once()
    followed.feed.refresh_once()
    assert followed.hints.disagreements == 1
    assert caplog.text.count("the stream told the candle of 2025-06-04 12:00 UTC otherwise") == 1


def test_a_closed_candle_that_both_tell_alike_is_no_disagreement(followed: Followed) -> None:
    followed.pass_to_the_close()
    truth = followed.server.market.arrays("BTCUSDT", M15, 1)
    followed.tell((OPEN_MS, *truth.values[:, 0].tolist()))
    followed.tell((OPEN_MS + 900_000, *CANDLE))
    followed.feed.refresh_once()
    assert followed.feed.arrays(*BTC).open_time_ms[-1] == OPEN_MS
    assert followed.hints.disagreements == 0


def test_a_candle_that_opens_lets_the_feed_look_where_the_last_one_is_lacking(followed: Followed) -> None:
    followed.tell((OPEN_MS, *CANDLE))
    followed.pass_to_the_close(seconds=0.1)
    followed.tell((OPEN_MS + 900_000, *CANDLE))
    assert not followed.feed._wake.is_set()  # sooner than the exchange is asked
    followed.pass_to_the_close(seconds=1)
    followed.hints.hear(ETH, [(OPEN_MS, *CANDLE), (OPEN_MS + 900_000, *CANDLE)])
    assert followed.feed._wake.is_set()


@pytest.mark.slow
def test_the_stream_is_that_of_the_market_that_is_followed(followed: Followed) -> None:
    opened: list[tuple[str, ...]] = []

    class Streamed(ExchangeMarket):
        def open_stream(self, symbols: tuple[str, ...], timeframe: Timeframe, hear: Hear) -> CandleStream | None:
            opened.append((*symbols, timeframe))
            return super().open_stream(symbols, timeframe, hear)

    followed.tell((OPEN_MS, *CANDLE))
    market = Streamed("binanceusdm", followed.server.url, ("ETHUSDT", "SOLUSDT"), followed.clock)
    followed.feed.follow(market)
    followed.feed.refresh_once()
    assert opened == [("ETHUSDT", "SOLUSDT", M15)]
    assert followed.hints.forming("BTCUSDT", M15) is None
    followed.hints.stop()
    assert followed.hints.reconnects == 0


@pytest.mark.slow
def test_what_an_exchange_streams_arrives_as_hints_until_it_is_followed_no_more(
    binance: BinanceServer, sockets: BinanceStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "core.market.exchange.make_stream_client", lambda name, markets: redirected(markets, sockets.url)
    )
    followed = Followed(binance, streamed=True)
    try:
        assert sockets.wait_for_subscribers(BTC)
        sockets.tell(BTC, OPEN_MS, CANDLE)
        until(lambda: followed.hints.forming("BTCUSDT", M15))
    finally:
        followed.hints.stop()
    assert sockets.wait_for_subscribers(BTC, 0)
