"""Which market is followed: by name, or the exchange if it answers in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.domain import Timeframe
from core.errors import InvalidRequest, MarketUnavailable, UnknownSymbol
from core.market.candles import CandleStore
from core.market.chooser import AutoFeed, choose_market, open_feed
from core.market.feed import CandleFeed
from core.settings import Settings
from tests.market.exchange_server import BinanceServer, Trouble
from tests.market.hand_made_candles import NOON, quiet_candles
from tests.market.test_feed import Heard

M15 = Timeframe.M15


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    CandleStore(tmp_path).write("BTCUSDT", M15, quiet_candles(M15, 960, NOON))
    return tmp_path


@pytest.fixture
def opened() -> Iterator[Callable[..., CandleFeed]]:
    """Opens feeds by their settings and stops them when the test ends."""
    feeds: list[CandleFeed] = []

    def open_it(**settings: object) -> CandleFeed:
        feed = open_feed(Settings(**settings))  # type: ignore[arg-type]
        feeds.append(feed)
        return feed

    yield open_it
    for feed in feeds:
        feed.stop()


def gone_exchange() -> str:
    """The address of an exchange that is there no more."""
    with BinanceServer() as server:
        return server.url


def test_the_simulated_market_follows_seed_speed_and_symbols(opened: Callable[..., CandleFeed]) -> None:
    feed = opened(market="simulated", speed=300, symbols="ETH,BTC")
    assert feed.identity is not None
    assert feed.identity.kind == "simulated"
    assert feed.speed == 300
    assert feed.symbols() == ("ETHUSDT", "BTCUSDT")
    assert opened(market="simulated").speed == 1
    one, two = (choose_market(Settings(market="simulated", seed=seed)) for seed in (1, 2))
    assert not one.candles("BTCUSDT", M15, 5).equals(two.candles("BTCUSDT", M15, 5))


def test_the_recorded_market_follows_folder_start_and_speed(opened: Callable[..., CandleFeed], recording: Path) -> None:
    start = datetime(2025, 6, 2, tzinfo=UTC)
    feed = opened(market="recorded", candles_dir=recording, recorded_start=start, speed=2)
    assert feed.identity is not None
    assert feed.identity.kind == "recorded"
    assert feed.symbols() == ("BTCUSDT",)
    assert feed.speed == 2
    assert start <= feed.now() < datetime(2025, 6, 2, 1, tzinfo=UTC)


def test_a_recording_that_is_not_there_names_the_setting(opened: Callable[..., CandleFeed], tmp_path: Path) -> None:
    with pytest.raises(MarketUnavailable, match="CANDOR_CANDLES_DIR"):
        opened(market="recorded")
    with pytest.raises(MarketUnavailable, match="CANDOR_CANDLES_DIR"):
        opened(market="recorded", candles_dir=tmp_path / "nothing")


def test_a_market_without_the_wanted_coins_says_so(opened: Callable[..., CandleFeed]) -> None:
    with pytest.raises(UnknownSymbol, match="none of the wanted coins"):
        opened(market="simulated", symbols="NOSUCHCOIN")


def test_an_unknown_exchange_is_refused_at_once(opened: Callable[..., CandleFeed]) -> None:
    with pytest.raises(InvalidRequest, match="Did you mean"):
        opened(market="exchange", exchange="binanceusd")


def test_an_exchange_that_was_named_is_never_replaced(opened: Callable[..., CandleFeed]) -> None:
    feed = opened(market="exchange", exchange_url=gone_exchange(), symbols="BTC")
    feed._following.market._pause = lambda seconds: None  # type: ignore[union-attr]
    feed.refresh_once()
    assert feed.identity is not None
    assert feed.identity.kind == "exchange"
    assert feed.status("BTCUSDT", M15).state == "loading"
    assert "cannot be reached" in (feed.status("BTCUSDT", M15).reason or "")
    assert feed.exchange_answer is None


# ---------------------------------------------------------------- auto


def test_auto_follows_the_exchange_when_it_answers(opened: Callable[..., CandleFeed], binance: BinanceServer) -> None:
    feed = opened(market="auto", exchange_url=binance.url, symbols="BTC")
    heard = Heard()
    feed.subscribe(heard)
    assert feed.identity is None
    assert feed.connecting == "Asking binanceusdm for candles…"
    assert feed.status("BTCUSDT", M15).reason == "Asking binanceusdm for candles…"
    feed.start()
    heard.wait_until(lambda: feed.status("BTCUSDT", M15).state == "fresh")
    assert feed.identity is not None
    assert feed.identity.kind == "exchange"
    assert feed.connecting is feed.exchange_answer is None


def test_auto_falls_back_to_the_simulated_market_and_says_why(opened: Callable[..., CandleFeed]) -> None:
    feed = opened(market="auto", exchange_url=gone_exchange(), symbols="BTC")
    heard = Heard()
    feed.subscribe(heard)
    feed.start()
    heard.wait_until(lambda: feed.status("BTCUSDT", M15).state == "fresh")
    assert feed.identity is not None
    assert feed.identity.kind == "simulated"
    assert "cannot be reached" in (feed.exchange_answer or "")
    assert feed.connecting is None


def test_opening_waits_for_no_exchange_that_hangs(opened: Callable[..., CandleFeed], binance: BinanceServer) -> None:
    binance.fail(Trouble(hangs=True))
    feed = opened(market="auto", exchange_url=binance.url)
    feed.start()
    assert binance.wait_for_request("time")
    assert feed.identity is None
    assert feed.asking_exchange


def test_an_exchange_that_is_too_slow_is_not_waited_for(
    opened: Callable[..., CandleFeed], binance: BinanceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.market.chooser.ANSWER_SECONDS", 0.05)
    binance.fail(Trouble(hangs=True))
    feed = opened(market="auto", exchange_url=binance.url)
    assert isinstance(feed, AutoFeed)
    feed.ask_exchange()
    assert feed.identity is not None
    assert feed.identity.kind == "simulated"
    assert feed.exchange_answer == "binanceusdm did not answer within 0.05 s. Check the internet connection."


def test_auto_with_an_unknown_exchange_says_so_and_still_shows_something(opened: Callable[..., CandleFeed]) -> None:
    feed = opened(market="auto", exchange="binanceusd")
    assert isinstance(feed, AutoFeed)
    feed.ask_exchange()
    assert feed.identity is not None
    assert feed.identity.kind == "simulated"
    assert "Did you mean 'binanceusdm'" in (feed.exchange_answer or "")


def test_auto_with_coins_that_no_market_has_says_so(opened: Callable[..., CandleFeed]) -> None:
    feed = opened(market="auto", exchange_url=gone_exchange(), symbols="NOSUCHCOIN")
    assert isinstance(feed, AutoFeed)
    feed.ask_exchange()
    assert feed.identity is None
    assert "cannot be reached" in (feed.connecting or "")
    assert "none of the wanted coins (NOSUCHCOINUSDT)" in (feed.connecting or "")


def test_trying_again_keeps_the_simulated_market_until_the_exchange_answers(
    opened: Callable[..., CandleFeed], binance: BinanceServer
) -> None:
    binance.fail(Trouble(451))
    feed = opened(market="auto", exchange_url=binance.url, symbols="BTC")
    heard = Heard()
    feed.subscribe(heard)
    feed.start()
    heard.wait_until(lambda: feed.status("BTCUSDT", M15).state == "fresh")
    simulated = feed.identity
    assert isinstance(feed, AutoFeed)
    feed.ask_exchange()
    assert feed.identity is simulated
    assert "HTTP 451" in (feed.exchange_answer or "")
    binance.recover()
    feed.retry_exchange()
    heard.wait_until(lambda: feed.identity != simulated and feed.status("BTCUSDT", M15).state == "fresh")
    assert feed.identity is not None
    assert feed.identity.kind == "exchange"
    assert feed.exchange_answer is None


def test_trying_again_does_nothing_while_the_exchange_is_followed(
    opened: Callable[..., CandleFeed], binance: BinanceServer
) -> None:
    feed = opened(market="auto", exchange_url=binance.url)
    assert isinstance(feed, AutoFeed)
    feed.ask_exchange()
    asked = len(binance.requests)
    feed.retry_exchange()
    assert not feed.asking_exchange
    assert len(binance.requests) == asked


def test_two_who_ask_at_once_make_one_switch(opened: Callable[..., CandleFeed], binance: BinanceServer) -> None:
    feed = opened(market="auto", exchange_url=binance.url)
    assert isinstance(feed, AutoFeed)
    feed.ask_exchange()
    followed = feed._following
    feed.ask_exchange()  # the second one, after waiting for the first
    assert feed._following is followed
    assert not feed.asking_exchange


def test_for_a_direct_use_auto_waits_for_the_answer(binance: BinanceServer, caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(market="auto", exchange_url=binance.url)
    assert choose_market(settings).identity.kind == "exchange"
    binance.fail(Trouble(451))
    assert choose_market(settings).identity.kind == "simulated"
    assert "HTTP 451" in caplog.text
