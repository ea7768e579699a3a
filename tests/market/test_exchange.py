"""Live candles: the real ccxt against a server on this machine that speaks the exchange's wire format."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import ccxt
import pandas as pd
import pytest
import requests

from core.domain import Timeframe
from core.errors import (
    BadCandles,
    InvalidRequest,
    MarketUnavailable,
    NotEnoughCandles,
    SeriesUnavailable,
    UnknownSymbol,
)
from core.market.candles import CandleArrays
from core.market.clock import ManualClock
from core.market.errors import header_time, seconds_to_leave_alone
from core.market.exchange import SPARE_CANDLES, ExchangeMarket
from core.market.quirks import quirks_of
from tests.market.exchange_server import HTML, NOON, TRUNCATED, UNKNOWN_SYMBOL, BinanceServer, Trouble

M15, H1 = Timeframe.M15, Timeframe.H1


class Pauses(list[float]):
    """Remembers the pauses it was asked to make, and makes none."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def time_of(clock: ManualClock) -> Callable[[], float]:
    """Time that passes as that clock says."""
    return lambda: clock.now().timestamp()


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def exchange(binance: BinanceServer, pauses: Pauses) -> ExchangeMarket:
    return ExchangeMarket("binanceusdm", binance.url, pause=pauses)


# ---------------------------------------------------------------- candles


def test_candles_arrive_as_the_exchange_has_them(binance: BinanceServer, exchange: ExchangeMarket) -> None:
    candles = exchange.candles("BTCUSDT", M15, 300)
    pd.testing.assert_frame_equal(candles, binance.market.candles("BTCUSDT", M15, 300))


def test_a_ticker_is_enough(exchange: ExchangeMarket) -> None:
    assert exchange.candles("eth", H1, 3).equals(exchange.candles("ETHUSDT", H1, 3))


def test_the_open_candle_is_told_by_the_exchange_and_not_believed(
    binance: BinanceServer, exchange: ExchangeMarket
) -> None:
    opens: list[int] = []
    binance.distort = lambda symbol, interval, rows: opens.extend(row[0] for row in rows) or rows
    last = exchange.candles("BTCUSDT", M15, 3)["open_time"].iloc[-1]
    assert last == NOON.replace(minute=45, hour=11, second=0)
    list(exchange.history("BTCUSDT", M15, NOON - timedelta(hours=1)))
    raw = binance.answer("/fapi/v1/klines", {"symbol": "BTCUSDT", "interval": "15m", "limit": "3"})[1]
    assert raw[-1][0] > last.timestamp() * 1000  # the server does tell it


def test_closed_is_judged_by_the_exchanges_clock_and_not_by_ours(binance: BinanceServer) -> None:
    ours = ManualClock(datetime(2031, 1, 1, tzinfo=UTC))
    exchange = ExchangeMarket("binanceusdm", binance.url, clock=ours, passed=time_of(ours))
    exchange.symbols()
    assert exchange.now() == NOON
    ours.advance(timedelta(minutes=7, seconds=29))
    assert exchange.candles("BTCUSDT", M15, 1)["open_time"].iloc[0].strftime("%H:%M") == "11:45"
    ours.advance(timedelta(seconds=1))
    binance.clock.set(exchange.now())
    assert exchange.candles("BTCUSDT", M15, 1)["open_time"].iloc[0].strftime("%H:%M") == "12:00"


def test_a_long_history_comes_in_pages(binance: BinanceServer, exchange: ExchangeMarket) -> None:
    candles = exchange.candles("BTCUSDT", M15, 1200)
    pd.testing.assert_frame_equal(candles, binance.market.candles("BTCUSDT", M15, 1200))
    asked = binance.klines_asked()
    page = quirks_of("binanceusdm").page_candles
    assert [int(each["limit"]) for each in asked] == [page, page, 1200 - 2 * page + SPARE_CANDLES]
    assert len({page["startTime"] for page in asked}) == 3


def test_candles_of_a_time_gone_by_are_asked_for_without_those_that_came_since(
    binance: BinanceServer, exchange: ExchangeMarket
) -> None:
    until = NOON - timedelta(days=40)
    candles = exchange.arrays_until("BTCUSDT", M15, until, 300).frame()
    newest = binance.market.candles("BTCUSDT", M15, 300 + 40 * 96)
    pd.testing.assert_frame_equal(
        candles, newest[newest["open_time"] + M15.duration <= until].tail(300).reset_index(drop=True)
    )
    assert len(binance.klines_asked()) == 1
    assert len(exchange.arrays_until("BTCUSDT", M15, NOON + timedelta(days=1), 3)) == 3, "what is to come is not told"


def test_history_begins_where_it_is_asked_to_or_at_the_listing(
    binance: BinanceServer, exchange: ExchangeMarket
) -> None:
    since = NOON - timedelta(hours=4)
    pages = list(exchange.history("BTCUSDT", H1, since))
    assert [str(time)[11:16] for page in pages for time in page.frame()["open_time"]] == ["09:00", "10:00", "11:00"]
    listing = int((NOON - timedelta(hours=2)).timestamp() * 1000)
    binance.distort = lambda symbol, interval, rows: [row for row in rows if row[0] >= listing]
    assert len(exchange.candles("BTCUSDT", H1, 1000)) == 1


def test_a_gap_stays_a_gap(binance: BinanceServer, exchange: ExchangeMarket) -> None:
    binance.distort = lambda symbol, interval, rows: [row for row in rows if (row[0] // 900_000) % 5]
    candles = exchange.candles("BTCUSDT", M15, 50)
    assert len(candles) == 40


def test_candles_that_break_the_contract_are_bad_and_not_repaired(
    binance: BinanceServer, exchange: ExchangeMarket
) -> None:
    binance.distort = lambda symbol, interval, rows: [[*rows[0][:5], "7", *rows[0][6:]], *rows]
    with pytest.raises(BadCandles, match="is there twice"):
        exchange.candles("BTCUSDT", M15, 5)
    binance.distort = lambda symbol, interval, rows: (
        [[*row[:3], "1", *row[4:]] for row in rows[:-2]] + [[*row[:2], "1", *row[3:]] for row in rows[-2:]]
    )
    with pytest.raises(BadCandles, match="low <= open, close <= high"):
        exchange.candles("BTCUSDT", M15, 5)
    binance.distort = lambda symbol, interval, rows: [[*row[:4], None, *row[5:]] for row in rows]
    with pytest.raises(BadCandles, match="not a finite number"):
        exchange.candles("BTCUSDT", M15, 5)


# ---------------------------------------------------------------- listing


def test_it_follows_the_watchlist_as_far_as_the_exchange_lists_it(
    binance: BinanceServer, exchange: ExchangeMarket
) -> None:
    binance.unlisted = {"WIFUSDT"}
    assert len(exchange.symbols()) == 33
    assert exchange.symbols()[0] == "BTCUSDT"
    with pytest.raises(UnknownSymbol, match="WIFUSDT"):
        exchange.candles("WIFUSDT", M15, 5)


def test_only_the_wanted_coins_are_followed(binance: BinanceServer) -> None:
    exchange = ExchangeMarket("binanceusdm", binance.url, ("SOLUSDT", "NOSUCHUSDT"))
    assert exchange.symbols() == ("SOLUSDT",)


def test_ticks_are_the_exchanges(exchange: ExchangeMarket) -> None:
    assert exchange.tick_size("BTCUSDT") == 0.1
    assert exchange.tick_size("DOGEUSDT") == 0.00001


@pytest.mark.slow
def test_spot_is_used_where_there_is_no_swap(binance: BinanceServer) -> None:
    binance.spot_only = {"ETHUSDT"}
    exchange = ExchangeMarket("binance", binance.url, ("BTCUSDT", "ETHUSDT"))
    assert exchange.symbols() == ("BTCUSDT", "ETHUSDT")
    assert len(exchange.candles("BTCUSDT", M15, 5)) == len(exchange.candles("ETHUSDT", M15, 5)) == 5
    assert [path for path, _ in binance.requests if "klines" in path] == ["/fapi/v1/klines", "/api/v3/klines"]


def test_an_unknown_exchange_gets_a_suggestion() -> None:
    with pytest.raises(InvalidRequest, match=r"Unknown exchange 'binanceusd'\. Did you mean 'binanceusdm'\?"):
        ExchangeMarket("binanceusd")


def test_it_is_no_simulated_market(exchange: ExchangeMarket) -> None:
    assert exchange.identity.kind == "exchange"
    assert exchange.identity.name == "binanceusdm"
    assert exchange.identity.notice is None


# ---------------------------------------------------------------- troubles

ERROR = {"code": -1003, "msg": "Too many requests"}


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (HTML, "something that is not candles"),
        (TRUNCATED, "something that is not candles"),
        (Trouble(body="null"), "something that is not candles"),
        (Trouble(451, "Unavailable For Legal Reasons"), r"HTTP 451.*CANDOR_EXCHANGE"),
        (Trouble(403, "<html>Forbidden</html>"), r"HTTP 403.*CANDOR_EXCHANGE"),
        (Trouble(404, "not here"), "HTTP 404"),
        (Trouble(400, json.dumps({"code": -1000, "msg": "An unknown error"})), "An unknown error"),
        (Trouble(418, json.dumps(ERROR), {"Retry-After": "120"}), r"limits our requests \(HTTP 418\).*120 s"),
    ],
)
def test_a_refusal_is_explained_and_not_tried_again(
    binance: BinanceServer, exchange: ExchangeMarket, pauses: Pauses, trouble: Trouble, sentence: str
) -> None:
    exchange.symbols()
    binance.fail(trouble)
    with pytest.raises(MarketUnavailable, match=sentence):
        exchange.candles("BTCUSDT", M15, 5)
    assert len(binance.klines_asked()) == 1
    assert pauses == []


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (Trouble(500, "oops"), "out of order .HTTP 500"),
        (Trouble(503, "<html>"), "out of order .HTTP 503"),
        (Trouble(429, json.dumps(ERROR)), "limits our requests .HTTP 429"),
        (Trouble(hangs_up=True), "connection broke off"),
    ],
)
def test_a_passing_trouble_is_tried_again_after_ever_longer_pauses(
    binance: BinanceServer, exchange: ExchangeMarket, pauses: Pauses, trouble: Trouble, sentence: str
) -> None:
    exchange.symbols()
    binance.fail(trouble)
    with pytest.raises(MarketUnavailable, match=sentence):
        exchange.candles("BTCUSDT", M15, 5)
    assert len(binance.klines_asked()) == 3
    assert 0.25 <= pauses[0] <= 0.75
    assert 0.5 <= pauses[1] <= 1.5
    assert len(pauses) == 2


def test_a_trouble_that_passes_leaves_no_trace(binance: BinanceServer, exchange: ExchangeMarket) -> None:
    exchange.symbols()
    binance.fail(Trouble(502, "bad gateway", times=2))
    assert len(exchange.candles("BTCUSDT", M15, 5)) == 5


def test_a_short_retry_after_is_waited_out(binance: BinanceServer, exchange: ExchangeMarket, pauses: Pauses) -> None:
    exchange.symbols()
    binance.fail(Trouble(429, json.dumps(ERROR), {"Retry-After": "2"}, times=1))
    assert len(exchange.candles("BTCUSDT", M15, 5)) == 5
    assert any(1.5 < pause <= 2 for pause in pauses)


def test_while_a_ban_lasts_nothing_more_is_asked(binance: BinanceServer, exchange: ExchangeMarket) -> None:
    exchange.symbols()
    binance.fail(Trouble(418, json.dumps(ERROR), {"Retry-After": "120"}, times=1))
    for _ in range(3):
        with pytest.raises(MarketUnavailable, match="limits our requests"):
            exchange.candles("BTCUSDT", M15, 5)
    assert len(binance.klines_asked()) == 1


def test_a_coin_the_exchange_forgot_is_that_coins_trouble_alone(
    binance: BinanceServer, exchange: ExchangeMarket
) -> None:
    exchange.symbols()
    binance.fail(Trouble(400, json.dumps(UNKNOWN_SYMBOL), symbol="BTCUSDT"))
    with pytest.raises(UnknownSymbol, match="binanceusdm does not know BTCUSDT"):
        exchange.candles("BTCUSDT", M15, 5)
    assert len(exchange.candles("ETHUSDT", M15, 5)) == 5


def test_an_exchange_that_is_not_there_is_named_with_its_address(pauses: Pauses) -> None:
    with BinanceServer() as server:
        closed = server.url
    exchange = ExchangeMarket("binanceusdm", closed, pause=pauses)
    with pytest.raises(MarketUnavailable, match=r"127\.0\.0\.1.*refused.*Check the internet connection"):
        exchange.symbols()


def test_a_slow_exchange_is_given_up_on(binance: BinanceServer, exchange: ExchangeMarket) -> None:
    exchange.symbols()
    exchange._client.timeout = 50
    binance.fail(Trouble(hangs=True))
    with pytest.raises(MarketUnavailable, match="did not answer in time"):
        exchange.candles("BTCUSDT", M15, 5)


def test_a_listing_that_makes_no_sense_is_explained(binance: BinanceServer, exchange: ExchangeMarket) -> None:
    binance.fail(HTML)
    with pytest.raises(MarketUnavailable, match="not candles"):
        exchange.symbols()


def test_a_clock_that_cannot_be_read_later_is_believed_a_little_longer(
    binance: BinanceServer, exchange: ExchangeMarket, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange.symbols()
    before = exchange.candles("BTCUSDT", M15, 5)
    monkeypatch.setattr("core.market.exchange_clock.BELIEVED_SECONDS", -1.0)
    binance.fail(Trouble(500, "oops", path="/time"))
    assert exchange.candles("BTCUSDT", M15, 5).equals(before)


# ---------------------------------------------------------------- what closed means


@pytest.mark.parametrize("step", [timedelta(minutes=20), timedelta(minutes=-20), timedelta(days=400)])
def test_a_wall_clock_that_steps_closes_no_candle_and_is_compared_anew(binance: BinanceServer, step: timedelta) -> None:
    ours, passed = ManualClock(NOON), [0.0]
    exchange = ExchangeMarket("binanceusdm", binance.url, clock=ours, passed=lambda: passed[0])
    before = exchange.candles("BTCUSDT", M15, 3)
    ours.set(NOON + step)
    assert exchange.now() == NOON
    candles = exchange.candles("BTCUSDT", M15, 3)
    pd.testing.assert_frame_equal(candles, before)
    assert exchange.now() == NOON


def test_a_wall_clock_that_steps_while_candles_are_fetched_closes_none(binance: BinanceServer) -> None:
    ours = ManualClock(NOON)
    exchange = ExchangeMarket("binanceusdm", binance.url, clock=ours, passed=lambda: 0.0)
    exchange.symbols()
    binance.distort = lambda symbol, interval, rows: ours.set(NOON + timedelta(minutes=20)) or rows
    assert exchange.candles("BTCUSDT", M15, 3)["volume"].iloc[-1] != 1.0
    assert sum(path.endswith("/time") for path, _ in binance.requests) == 2


def test_after_a_sleep_the_time_slept_is_asked_for(binance: BinanceServer) -> None:
    ours = ManualClock(NOON)
    exchange = ExchangeMarket("binanceusdm", binance.url, clock=ours, passed=lambda: 0.0)
    exchange.symbols()
    for clock in (ours, binance.clock):
        clock.advance(timedelta(hours=3))
    exchange.compare_clocks()
    assert exchange.now() == NOON + timedelta(hours=3)


def test_where_a_clock_was_set_and_the_exchange_is_away_the_later_time_counts(binance: BinanceServer) -> None:
    ours = ManualClock(NOON)
    exchange = ExchangeMarket("binanceusdm", binance.url, clock=ours, passed=lambda: 0.0, pause=lambda seconds: None)
    exchange.symbols()
    ours.advance(timedelta(hours=3))
    binance.fail(Trouble(503))
    with pytest.raises(MarketUnavailable, match="HTTP 503"):
        exchange.compare_clocks()
    assert exchange.now() == NOON + timedelta(hours=3)


def test_a_candle_is_final_once_a_later_one_has_opened_though_the_clock_of_the_exchange_is_ahead(
    binance: BinanceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = ManualClock(NOON)
    exchange = ExchangeMarket("binanceusdm", binance.url, clock=ours, passed=time_of(ours))
    honest = binance.answer
    ahead = {"serverTime": int((NOON + timedelta(minutes=10)).timestamp() * 1000)}
    monkeypatch.setattr(
        binance, "answer", lambda path, query: (200, ahead) if path.endswith("/time") else honest(path, query)
    )
    newest = exchange.candles("BTCUSDT", M15, 3)
    assert exchange.now() == NOON + timedelta(minutes=10)  # 12:17:30, though its candle of 12:00 is open until 12:15
    assert newest["open_time"].iloc[-1] == NOON.replace(hour=11, minute=45, second=0)
    assert newest["volume"].iloc[-1] != 1.0
    for clock in (ours, binance.clock):
        clock.advance(timedelta(minutes=8))
    assert exchange.candles("BTCUSDT", M15, 3)["open_time"].iloc[-1] == NOON.replace(minute=0, second=0)


def test_what_was_seen_of_one_coin_proves_the_candle_of_another(binance: BinanceServer) -> None:
    ours = ManualClock(NOON)
    exchange = ExchangeMarket("binanceusdm", binance.url, clock=ours, passed=lambda: 0.0)
    binance.distort = lambda symbol, interval, rows: rows if symbol == "BTCUSDT" else rows[:-1]
    noon = NOON.replace(minute=45, hour=11, second=0)
    assert exchange.candles("ETHUSDT", M15, 3)["open_time"].iloc[-1] < noon
    exchange.candles("BTCUSDT", M15, 3)
    assert exchange.candles("ETHUSDT", M15, 3)["open_time"].iloc[-1] == noon


def test_what_is_seen_of_another_coin_while_an_answer_is_under_way_proves_nothing_of_it(
    binance: BinanceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer of 12:14:58, when the exchange's clock said 12:15:03; another of 12:15:01 comes before it is judged."""
    five_ahead = ManualClock(NOON.replace(minute=15, second=3))
    exchange = ExchangeMarket("binanceusdm", binance.url, clock=five_ahead, passed=time_of(five_ahead))
    honest = binance.answer
    ahead = {"serverTime": int(five_ahead.now().timestamp() * 1000)}
    monkeypatch.setattr(
        binance, "answer", lambda path, query: (200, ahead) if path.endswith("/time") else honest(path, query)
    )
    binance.clock.set(NOON.replace(minute=14, second=58))
    exchange.symbols()
    final = exchange._final

    def another_answers_first(*judged: object) -> CandleArrays:
        monkeypatch.setattr(exchange, "_final", final)
        binance.clock.set(NOON.replace(minute=15, second=1))
        exchange.candles("ETHUSDT", M15, 3)
        return final(*judged)  # type: ignore[arg-type]

    monkeypatch.setattr(exchange, "_final", another_answers_first)
    candles = exchange.candles("BTCUSDT", M15, 3)
    assert candles["open_time"].iloc[-1] == NOON.replace(hour=11, minute=45, second=0)
    assert candles["volume"].iloc[-1] != 1.0


@pytest.mark.parametrize("count", [497, 498, 499, 500, 998])
def test_however_full_a_page_is_its_last_candle_is_not_lost(
    binance: BinanceServer, exchange: ExchangeMarket, count: int
) -> None:
    pd.testing.assert_frame_equal(
        exchange.candles("BTCUSDT", M15, count), binance.market.candles("BTCUSDT", M15, count)
    )


def test_a_candle_after_which_nothing_was_traded_is_believed_after_a_while(binance: BinanceServer) -> None:
    binance.clock.set(NOON.replace(minute=14, second=59))
    exchange = ExchangeMarket("binanceusdm", binance.url, clock=binance.clock, passed=time_of(binance.clock))
    binance.distort = lambda symbol, interval, rows: rows[:-1]
    assert exchange.candles("BTCUSDT", H1, 3)["open_time"].iloc[-1] == NOON.replace(hour=10, minute=0, second=0)
    binance.clock.set(NOON.replace(minute=15, second=0))
    assert exchange.candles("BTCUSDT", H1, 3)["open_time"].iloc[-1] == NOON.replace(hour=11, minute=0, second=0)


@pytest.mark.parametrize("fewer", [0, 1])
def test_an_exchange_that_tells_only_closed_candles_is_no_candle_late(binance: BinanceServer, fewer: int) -> None:
    binance.clock.set(NOON.replace(minute=20, second=0))
    exchange = ExchangeMarket("binanceusdm", binance.url, clock=binance.clock, passed=time_of(binance.clock))
    honest = binance._klines
    binance._klines = lambda query: honest(query | {"limit": str(int(query["limit"]) - fewer)})  # type: ignore[method-assign]
    binance.distort = lambda symbol, interval, rows: [row for row in rows if row[5] != "1.0"]
    exchange.candles("BTCUSDT", H1, 3)
    binance.clock.set(NOON.replace(minute=30, second=2))
    candles = exchange.candles("ETHUSDT", M15, 3)
    pd.testing.assert_frame_equal(candles, binance.market.candles("ETHUSDT", M15, 3))


def test_a_clock_far_ahead_of_the_candles_and_of_ours_is_named_and_closes_no_candle(
    binance: BinanceServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ours = ManualClock(NOON)
    exchange = ExchangeMarket("binanceusdm", binance.url, clock=ours, passed=time_of(ours))
    honest = binance.answer
    ahead = {"serverTime": int((NOON + timedelta(minutes=23)).timestamp() * 1000)}
    monkeypatch.setattr(
        binance, "answer", lambda path, query: (200, ahead) if path.endswith("/time") else honest(path, query)
    )
    assert exchange.candles("BTCUSDT", M15, 3)["open_time"].iloc[-1] == NOON.replace(hour=11, minute=45, second=0)
    assert exchange.now() == NOON.replace(minute=30)  # fifteen minutes after 12:15, by that clock
    assert "is 0:23:00 ahead of this machine's" in caplog.text


@pytest.mark.parametrize("milliseconds", [0, 10**18, -1, 1756684800, "soon", None])
def test_a_time_at_which_nobody_trades_is_not_believed(
    binance: BinanceServer, exchange: ExchangeMarket, milliseconds: object
) -> None:
    binance.fail(Trouble(200, json.dumps({"serverTime": milliseconds}), path="/time"))
    with pytest.raises(MarketUnavailable, match="not candles"):
        exchange.symbols()


def test_an_exchange_that_gives_one_candle_fewer_than_asked_loses_none(
    binance: BinanceServer, exchange: ExchangeMarket
) -> None:
    asked: list[int] = []
    honest = binance._klines
    binance._klines = lambda query: asked.append(1) or honest(query | {"limit": str(int(query["limit"]) - 1)})  # type: ignore[method-assign]
    pd.testing.assert_frame_equal(exchange.candles("BTCUSDT", M15, 5), binance.market.candles("BTCUSDT", M15, 5))
    pd.testing.assert_frame_equal(exchange.candles("BTCUSDT", M15, 700), binance.market.candles("BTCUSDT", M15, 700))


# ---------------------------------------------------------------- timeframes that are not offered


@pytest.mark.slow
def test_a_timeframe_the_exchange_lacks_is_made_of_the_longest_that_divides_it(
    binance: BinanceServer, exchange: ExchangeMarket
) -> None:
    for name in ("2h", "4h", "6h", "8h", "12h", "1d"):
        del exchange._client.timeframes[name]
    for timeframe, count in ((Timeframe.H4, 300), (Timeframe.D1, 40)):
        candles = exchange.candles("BTCUSDT", timeframe, count)
        pd.testing.assert_frame_equal(candles, binance.market.candles("BTCUSDT", timeframe, count), rtol=1e-12)
        assert exchange.made_of(timeframe) == "1h"
    assert {query["interval"] for query in binance.klines_asked()} == {"1h"}
    assert exchange.made_of(H1) is None


@pytest.mark.parametrize(
    ("column", "value", "law"),
    [(5, "-5", "negative volume"), (2, "1", "low <= open"), (0, None, "twice")],
)
def test_candles_are_not_made_of_broken_ones(
    binance: BinanceServer, exchange: ExchangeMarket, column: int, value: str | None, law: str
) -> None:
    del exchange._client.timeframes["4h"]
    for name in ("2h",):
        del exchange._client.timeframes[name]

    def spoilt(symbol: str, interval: str, rows: list[list]) -> list[list]:
        if value is None:
            return [[*rows[0][:5], "7", *rows[0][6:]], *rows[:1], *rows[2:]]
        return [[*rows[0][:column], value, *rows[0][column + 1 :]], *rows[1:]]

    binance.distort = spoilt
    with pytest.raises(BadCandles, match=law):
        exchange.candles("BTCUSDT", Timeframe.H4, 5)
    binance.distort = lambda symbol, interval, rows: [row for row in rows for _ in range(2)]
    assert len(exchange.candles("BTCUSDT", Timeframe.H4, 5)) == 5


@pytest.mark.parametrize("status", [404, 410, 422])
def test_a_refusal_of_one_series_is_not_taken_for_an_outage(
    binance: BinanceServer, exchange: ExchangeMarket, status: int
) -> None:
    exchange.symbols()
    binance.fail(Trouble(status, "{}", symbol="BTCUSDT"))
    with pytest.raises((SeriesUnavailable, NotEnoughCandles)):
        exchange.candles("BTCUSDT", M15, 5)


def test_an_exchange_whose_clock_cannot_be_asked_is_compared_by_its_answers(
    binance: BinanceServer, exchange: ExchangeMarket
) -> None:
    binance.fail(Trouble(500, "oops", path="/time"))
    assert abs((exchange.now() - datetime.now(UTC)).total_seconds()) < 5
    assert len(exchange.symbols()) == 34


def test_a_timeframe_that_cannot_be_made_is_that_series_trouble_alone(exchange: ExchangeMarket) -> None:
    exchange._client.timeframes = {"1h": "1h", "1M": "1M"}
    with pytest.raises(NotEnoughCandles, match="binanceusdm has no 15m candles, and none that they could be made of"):
        exchange.candles("BTCUSDT", M15, 3)


# ---------------------------------------------------------------- being left alone


@pytest.mark.parametrize(
    ("status", "headers", "body", "seconds"),
    [
        (429, {"Retry-After": "inf"}, "", 3 * 86400),
        (429, {"Retry-After": "1e12"}, "", 3 * 86400),
        (429, {"Retry-After": "-5"}, "", 0),
        (429, {"Retry-After": "nan"}, "", 0),
        (429, {"Retry-After": "soon"}, "", 0),
        (429, {"retry-after": "Wed, 04 Jun 2025 12:17:30 GMT"}, "", 600),
        (429, {"Retry-After": "Wed, 04 Jun 2025 12:17:30 -0000"}, "", 600),
        (429, {"Retry-After": "Wed, 04 Jun 9025 12:17:30 GMT"}, "", 3 * 86400),
        (429, {"Retry-After": "Wed, 04 Jun 1925 12:17:30 GMT"}, "", 0),
        (429, {"Retry-After": "120, 30"}, "", 120),
        (418, {}, "Way too many requests; IP banned until 1749039150000.", 300),
        (418, {}, "banned", 120),
        (418, {"Retry-After": "0"}, "IP banned until 1749039150000", 300),
        (418, {"Retry-After": "-3"}, "banned", 120),
        (418, {}, "IP banned until 1513693008350", 120),
        (429, {}, "IP banned until 1749039150000", 300),
        (418, {"Retry-After": "7"}, "banned until 1749039150000", 300),
    ],
)
def test_how_long_an_exchange_wants_to_be_left_alone(
    status: int, headers: dict[str, str], body: str, seconds: float
) -> None:
    answer = requests.Response()
    answer.status_code, answer._content = status, body.encode()
    answer.headers.update(headers)
    error = ccxt.RateLimitExceeded()
    error.__cause__ = requests.HTTPError(response=answer)
    assert seconds_to_leave_alone(error, NOON) == pytest.approx(seconds)


@pytest.mark.slow
@pytest.mark.parametrize(("header", "body"), [({"Retry-After": "inf"}, ""), ({}, "IP banned until 4102444800000")])
def test_a_ban_without_an_end_stops_requests_with_a_sentence(
    binance: BinanceServer, exchange: ExchangeMarket, header: dict[str, str], body: str
) -> None:
    exchange.symbols()
    binance.fail(Trouble(418, json.dumps({"code": -1003, "msg": body}), header, times=1))
    for _ in range(3):
        with pytest.raises(MarketUnavailable, match="limits our requests"):
            exchange.candles("BTCUSDT", M15, 5)
    assert len(binance.klines_asked()) == 1


@pytest.mark.parametrize(
    ("headers", "moment"),
    [
        ({"date": "Wed, 04 Jun 2025 12:07:30 GMT"}, NOON),
        ({"DATE": "Wed, 04 Jun 2025 14:07:30 +0200"}, NOON),
        ({"Date": "Wed, 04 Jun 2025 12:07:30 -0000"}, NOON),
        ({"Date": "Wed, 04 Jun 2025 12:07:30"}, NOON),
        ({"Date": "yesterday"}, None),
        ({"Date": ""}, None),
        ({"Date": "Wed, 04 Jun 1970 12:07:30 GMT"}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_time_in_a_header_is_read_however_it_is_written(
    headers: dict[str, str] | None, moment: datetime | None
) -> None:
    assert header_time(headers, "Date") == moment


# ---------------------------------------------------------------- probe


def test_a_probe_returns_when_the_exchange_answers(exchange: ExchangeMarket) -> None:
    exchange.probe()


def test_a_probe_does_not_wait_for_a_slow_exchange(binance: BinanceServer, exchange: ExchangeMarket) -> None:
    binance.fail(Trouble(hangs=True))
    with pytest.raises(MarketUnavailable, match=r"binanceusdm did not answer within 0\.05 s"):
        exchange.probe(timeout=0.05)


def test_a_probe_says_why_not(binance: BinanceServer, exchange: ExchangeMarket, pauses: Pauses) -> None:
    binance.fail(Trouble(451))
    with pytest.raises(MarketUnavailable, match="HTTP 451"):
        exchange.probe()
    binance.fail(Trouble(500))
    with pytest.raises(MarketUnavailable, match="HTTP 500"):
        exchange.probe()
    assert pauses == []


# ---------------------------------------------------------------- other exchanges


@pytest.mark.parametrize("name", ["okx", "bybit", "kraken", "kucoinfutures"])
def test_any_exchange_of_ccxt_is_asked_at_the_given_address(binance: BinanceServer, name: str, pauses: Pauses) -> None:
    binance.fail(Trouble(451))
    exchange = ExchangeMarket(name, binance.url, pause=pauses)
    with pytest.raises(MarketUnavailable, match=f"{name} refuses requests from this network"):
        exchange.symbols()
    assert binance.requests


def test_an_exchange_that_does_not_tell_the_time_is_timed_by_its_date_header(binance: BinanceServer) -> None:
    exchange = ExchangeMarket("binanceusdm", binance.url, clock=ManualClock(NOON - timedelta(hours=9)))
    exchange._client.has["fetchTime"] = False
    exchange.symbols()
    assert abs(exchange.now() - datetime.now(UTC)) < timedelta(minutes=1)  # what the server's HTTP header says


# ---------------------------------------------------------------- connections


@pytest.mark.slow
def test_no_connection_is_thrown_away_though_questions_of_given_up_passes_hang(
    binance: BinanceServer, exchange: ExchangeMarket, caplog: pytest.LogCaptureFixture
) -> None:
    exchange.symbols()
    binance.fail(Trouble(body="[]", hangs=True, path="klines"))
    asking = 3 * exchange.access.parallel
    threads = [threading.Thread(target=exchange.arrays, args=("BTCUSDT", M15, 3)) for _ in range(asking)]
    for thread in threads:
        thread.start()
    with binance.asked:
        assert binance.asked.wait_for(lambda: len(binance.klines_asked()) == asking, timeout=30)
    binance.recover()
    for thread in threads:
        thread.join()
    assert "Connection pool is full" not in caplog.text
