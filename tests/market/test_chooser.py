"""Which market is followed: by name, or the exchange if it answers in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.domain import Timeframe
from core.errors import InvalidRequest, MarketUnavailable, UnknownSymbol
from core.findings import AwaitingMarket
from core.market.candle_files import CandleStore
from core.market.chooser import AutoMarket, choose_market, open_feed
from core.market.feed import CandleFeed
from core.settings import Settings
from core.wording.sentences import problem_text
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
    """Opens the feeds of named markets and stops them when the test ends."""
    feeds: list[CandleFeed] = []

    def open_it(**settings: object) -> CandleFeed:
        feed, auto = open_feed(Settings(**settings))  # type: ignore[arg-type]
        assert auto is None
        feeds.append(feed)
        return feed

    yield open_it
    for feed in feeds:
        feed.stop()


@pytest.fixture
def opened_auto() -> Iterator[Callable[..., AutoMarket]]:
    """As ``opened``, of a market that is still to be chosen."""
    autos: list[AutoMarket] = []

    def open_it(**settings: object) -> AutoMarket:
        _, auto = open_feed(Settings(market="auto", **settings))  # type: ignore[arg-type]
        assert auto is not None
        autos.append(auto)
        return auto

    yield open_it
    for auto in autos:
        auto.feed.stop()


def start(auto: AutoMarket) -> None:
    auto.feed.start()
    auto.retry_exchange()


def reason(feed: CandleFeed) -> str:
    """What is said of BTC's 15m candles."""
    problem = feed.status("BTCUSDT", M15).problem
    return "" if problem is None else problem_text(problem)


def gone_exchange() -> str:
    """The address of an exchange that is there no more."""
    with BinanceServer() as server:
        return server.url


@pytest.mark.slow
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


@pytest.mark.parametrize(
    ("symbols", "sentence"),
    [
        ("NOSUCHCOIN", r"CANDOR_SYMBOLS cannot be used: Unknown symbol 'NOSUCHCOINUSDT'\. This market has 34 coins"),
        ("BTC,TIAA", r"Unknown symbol 'TIAAUSDT'\. Did you mean 'TIAUSDT'\?"),
        ("BTC,RNDR/USDT", r"RNDR is called RENDER now\. Did you mean 'RENDERUSDT'\?"),
        ("MATIC,EOS", r"MATIC is called POL now; this market has neither\. .*EOS is called A now"),
    ],
)
def test_a_wanted_coin_that_a_market_lacks_ends_the_start_with_a_suggestion(
    opened: Callable[..., CandleFeed], symbols: str, sentence: str
) -> None:
    with pytest.raises(UnknownSymbol, match=sentence):
        opened(market="simulated", symbols=symbols)


def test_a_recording_of_a_coin_by_its_old_name_is_followed_by_that(
    opened: Callable[..., CandleFeed], tmp_path: Path
) -> None:
    CandleStore(tmp_path).write("MATICUSDT", M15, quiet_candles(M15, 96, NOON))
    assert opened(market="recorded", candles_dir=tmp_path, symbols="MATIC").symbols() == ("MATICUSDT",)
    with pytest.raises(UnknownSymbol, match=r"POL is called MATIC in this market\. Did you mean 'MATICUSDT'"):
        opened(market="recorded", candles_dir=tmp_path, symbols="POL")


def test_an_unknown_exchange_is_refused_at_once(opened: Callable[..., CandleFeed]) -> None:
    with pytest.raises(InvalidRequest, match="Did you mean"):
        opened(market="exchange", exchange="binanceusd")


def test_an_exchange_that_was_named_is_never_replaced(opened: Callable[..., CandleFeed]) -> None:
    feed = opened(market="exchange", exchange_url=gone_exchange(), symbols="BTC")
    feed._state.market._pause = lambda seconds: None  # type: ignore[union-attr]
    feed.refresh_once()
    assert feed.identity is not None
    assert feed.identity.kind == "exchange"
    assert feed.status("BTCUSDT", M15).state == "loading"
    assert "cannot be reached" in reason(feed)


def test_a_password_of_a_proxy_is_told_to_nobody_and_makes_no_other_market(opened: Callable[..., CandleFeed]) -> None:
    gone = gone_exchange()
    feeds = [
        opened(market="exchange", exchange_url=gone.replace("//", f"//{who}"), symbols="BTC")
        for who in ("bob:hunter2@", "")
    ]
    for feed in feeds:
        feed._state.market._pause = lambda seconds: None  # type: ignore[union-attr]
        feed.refresh_once()
    assert feeds[0].identity == feeds[1].identity
    assert "cannot be reached" in reason(feeds[0])
    assert gone.partition("//")[2] in reason(feeds[0])
    assert "bob" not in reason(feeds[0])
    assert "hunter2" not in reason(feeds[0])


# ---------------------------------------------------------------- auto


@pytest.mark.slow
def test_auto_follows_the_exchange_when_it_answers(
    opened_auto: Callable[..., AutoMarket], binance: BinanceServer
) -> None:
    auto = opened_auto(exchange_url=binance.url, symbols="BTC")
    feed = auto.feed
    heard = Heard()
    feed.subscribe(heard)
    assert feed.identity is None
    assert feed.awaited == AwaitingMarket(exchange="binanceusdm")
    assert reason(feed) == "Asking binanceusdm for candles…"
    start(auto)
    heard.wait_until(lambda: feed.status("BTCUSDT", M15).state == "fresh")
    assert feed.identity is not None
    assert feed.identity.kind == "exchange"
    assert feed.awaited is auto.exchange_answer is None


@pytest.mark.slow
def test_auto_falls_back_to_the_simulated_market_and_says_why(opened_auto: Callable[..., AutoMarket]) -> None:
    auto = opened_auto(exchange_url=gone_exchange(), symbols="BTC")
    feed = auto.feed
    heard = Heard()
    feed.subscribe(heard)
    start(auto)
    heard.wait_until(lambda: feed.status("BTCUSDT", M15).state == "fresh")
    assert feed.identity is not None
    assert feed.identity.kind == "simulated"
    assert "cannot be reached" in (auto.exchange_answer or "")
    assert feed.awaited is None


def test_opening_waits_for_no_exchange_that_hangs(
    opened_auto: Callable[..., AutoMarket], binance: BinanceServer
) -> None:
    binance.fail(Trouble(hangs=True))
    auto = opened_auto(exchange_url=binance.url)
    feed = auto.feed
    start(auto)
    assert binance.wait_for_request("time")
    assert feed.identity is None
    assert auto.asking


def test_an_exchange_that_is_too_slow_is_not_waited_for(
    opened_auto: Callable[..., AutoMarket], binance: BinanceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.market.chooser.ANSWER_SECONDS", 0.05)
    binance.fail(Trouble(hangs=True))
    auto = opened_auto(exchange_url=binance.url)
    feed = auto.feed
    auto.ask_exchange()
    assert feed.identity is not None
    assert feed.identity.kind == "simulated"
    assert auto.exchange_answer == "binanceusdm did not answer within 0.05 s. Check the internet connection."


def test_auto_with_an_unknown_exchange_says_so_and_still_shows_something(
    opened_auto: Callable[..., AutoMarket],
) -> None:
    auto = opened_auto(exchange="binanceusd")
    feed = auto.feed
    auto.ask_exchange()
    assert feed.identity is not None
    assert feed.identity.kind == "simulated"
    assert "Did you mean 'binanceusdm'" in (auto.exchange_answer or "")


def test_auto_with_coins_that_no_market_has_says_so(opened_auto: Callable[..., AutoMarket]) -> None:
    auto = opened_auto(exchange_url=gone_exchange(), symbols="NOSUCHCOIN")
    feed = auto.feed
    auto.ask_exchange()
    assert feed.identity is None
    assert feed.awaited is not None
    assert "cannot be reached" in (feed.awaited.trouble or "")
    assert "CANDOR_SYMBOLS cannot be used: Unknown symbol 'NOSUCHCOINUSDT'" in (feed.awaited.trouble or "")


@pytest.mark.slow
def test_trying_again_keeps_the_simulated_market_until_the_exchange_answers(
    opened_auto: Callable[..., AutoMarket], binance: BinanceServer
) -> None:
    binance.fail(Trouble(451))
    auto = opened_auto(exchange_url=binance.url, symbols="BTC")
    feed = auto.feed
    heard = Heard()
    feed.subscribe(heard)
    start(auto)
    heard.wait_until(lambda: feed.status("BTCUSDT", M15).state == "fresh")
    simulated = feed.identity
    auto.ask_exchange()
    assert feed.identity is simulated
    assert "HTTP 451" in (auto.exchange_answer or "")
    binance.recover()
    auto.retry_exchange()
    heard.wait_until(lambda: feed.identity != simulated and feed.status("BTCUSDT", M15).state == "fresh")
    assert feed.identity is not None
    assert feed.identity.kind == "exchange"
    assert auto.exchange_answer is None


def test_trying_again_does_nothing_while_the_exchange_is_followed(
    opened_auto: Callable[..., AutoMarket], binance: BinanceServer
) -> None:
    auto = opened_auto(exchange_url=binance.url)
    auto.ask_exchange()
    asked = len(binance.requests)
    auto.retry_exchange()
    assert not auto.asking
    assert len(binance.requests) == asked


def test_two_who_ask_at_once_make_one_switch(opened_auto: Callable[..., AutoMarket], binance: BinanceServer) -> None:
    auto = opened_auto(exchange_url=binance.url)
    feed = auto.feed
    auto.ask_exchange()
    followed = feed._state
    auto.ask_exchange()  # the second one, after waiting for the first
    assert feed._state is followed
    assert not auto.asking


def test_for_a_direct_use_auto_waits_for_the_answer(binance: BinanceServer, caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(market="auto", exchange_url=binance.url)
    assert choose_market(settings).identity.kind == "exchange"
    binance.fail(Trouble(451))
    assert choose_market(settings).identity.kind == "simulated"
    assert "HTTP 451" in caplog.text
