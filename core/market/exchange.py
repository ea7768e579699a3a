"""Live candles through ccxt: any exchange it knows, only closed candles, only as fast as the exchange allows.

What goes wrong on the way becomes one sentence for users: what happened and what to do. Passing troubles are
tried again, each time after a longer pause; a refusal is not.
"""

from __future__ import annotations

import difflib
import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, TypeVar
from urllib.parse import urlsplit

import ccxt
import numpy as np
import pandas as pd

from core.domain import QUOTE, Timeframe, resolve_symbol
from core.errors import CandorError, InvalidRequest, MarketUnavailable
from core.market.candles import candle_frame, check_candles, empty_candles, last_closed_open_ms, open_times_ms
from core.market.clock import Clock, SystemClock
from core.market.coins import COINS, SYMBOLS
from core.market.errors import explain, is_transient, not_candles, retry_after_seconds
from core.market.market import Access, MarketIdentity
from core.market.quirks import quirks_of

log = logging.getLogger(__name__)
T = TypeVar("T")

REQUEST_SECONDS = 10.0
ATTEMPTS = 3
FIRST_PAUSE_SECONDS = 0.5
"""Pause before the second attempt, give or take half; it doubles with each further one."""
LONGEST_PAUSE_SECONDS = 5.0
"""An exchange that wants more patience than this is left alone until its time has come, and the caller is told."""
CLOCK_SECONDS = 600.0
"""How long a comparison of the exchange's clock with ours is believed."""


class ExchangeMarket:
    """The USDT coins of one exchange: linear swaps where it has them, otherwise spot.

    ``name`` is ccxt's name of the exchange; InvalidRequest suggests the one that was meant. ``url`` replaces scheme
    and host of every request (a proxy, a mirror). ``symbols`` are those wanted, by default the watchlist. ``pause``
    waits between attempts. Nothing is asked before the first method call. Thread-safe.
    """

    speed = 1.0

    def __init__(
        self,
        name: str = "binanceusdm",
        url: str | None = None,
        symbols: tuple[str, ...] = (),
        clock: Clock | None = None,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self.identity = MarketIdentity("exchange", name, None)
        self._quirks = quirks_of(name)
        self.access = Access(self._quirks.settling_seconds, self._quirks.parallel)
        self._wanted = symbols or SYMBOLS
        self._clock = clock or SystemClock()
        self._pause = pause
        self._ahead = timedelta(0)
        self._compared_at: float | None = None
        self._listed: dict[str, dict[str, Any]] = {}
        self._not_before = 0.0
        self._next_request = 0.0
        self._preparing = threading.Lock()
        self._pacing = threading.Lock()
        self._client = _client(name, url)
        self._client.throttle = self._pace

    def now(self) -> datetime:
        """The exchange's own time, as far as it has been asked for it; never waits."""
        return self._clock.now() + self._ahead

    def symbols(self) -> tuple[str, ...]:
        """Those of the wanted symbols that the exchange lists, in the wanted order."""
        self._prepare()
        return tuple(symbol for symbol in self._wanted if symbol in self._listed)

    def tick_size(self, symbol: str) -> float:
        precision = self._listing(symbol)["precision"]["price"]
        if precision is not None and self._client.precisionMode == ccxt.TICK_SIZE:
            return float(precision)
        if precision is not None and self._client.precisionMode == ccxt.DECIMAL_PLACES:
            return float(f"1e-{int(precision)}")
        return COINS[symbol].tick if symbol in COINS else 1e-8

    def candles(self, symbol: str, timeframe: Timeframe, limit: int) -> pd.DataFrame:
        """The newest ``limit`` candles closed by the exchange's clock, oldest first.

        MarketUnavailable says why the exchange gave none; BadCandles what is wrong with those it gave.
        """
        self._prepare()
        end = last_closed_open_ms(timeframe, self.now()) + timeframe.milliseconds
        pages = list(self._pages(symbol, timeframe, end - limit * timeframe.milliseconds, end))
        return pd.concat(pages, ignore_index=True) if pages else empty_candles()

    def listed_since(self, symbol: str) -> datetime | None:
        """When the exchange says that it listed ``symbol``; None where it does not say."""
        created = self._listing(symbol).get("created")
        return datetime.fromtimestamp(created / 1000, UTC) if isinstance(created, int) and 0 < created < 2**42 else None

    def history(
        self, symbol: str, timeframe: Timeframe, since: datetime, until: datetime | None = None
    ) -> Iterator[pd.DataFrame]:
        """What the exchange answers, page by page, when asked for the candles that opened at ``since`` or later.

        And before ``until``, by default all that are closed. Pages are as they come: closed candles, but perhaps in
        disorder, doubled or others than were asked for; a page may be empty.
        """
        unified = self._listing(symbol)["symbol"]
        if timeframe not in self._client.timeframes:
            raise MarketUnavailable(f"{self.identity.name} has no {timeframe} candles; choose another exchange.")
        step = timeframe.milliseconds
        begin = -(-int(since.timestamp() * 1000) // step) * step
        end = closed = last_closed_open_ms(timeframe, self.now()) + step
        if until is not None:
            end = min(end, int(until.timestamp() * 1000))
        page = self._quirks.page_candles
        most = min(page, self._client.feature_value(unified, "fetchOHLCV", "limit") or page)
        while begin < end:
            limit = min(most, -(-(end - begin) // step))
            rows = self._ask(partial(self._client.fetch_ohlcv, unified, timeframe.value, begin, limit), symbol)
            answer = self._frame(rows, 0, closed)
            yield answer
            times = open_times_ms(answer)
            begin = max(begin + step, int(times.max()) + step) if (times >= begin).any() else begin + limit * step

    def probe(self, timeout: float = 3.0) -> None:
        """Return when the exchange answers within ``timeout`` seconds; otherwise MarketUnavailable says what happened."""
        answer: SimpleQueue[Exception | None] = SimpleQueue()

        def ask() -> None:
            try:
                self._ask(self._server_time, attempts=1)
                answer.put(None)
            except Exception as error:
                answer.put(error)

        # A thread of its own, because no timeout of ours ends a name lookup.
        threading.Thread(target=ask, name="probe", daemon=True).start()
        try:
            error = answer.get(timeout=timeout)
        except Empty:
            raise MarketUnavailable(
                f"{self.identity.name} did not answer within {timeout:g} s. Check the internet connection."
            ) from None
        if error is not None:
            raise error

    # ------------------------------------------------------------ asking

    def _pages(self, symbol: str, timeframe: Timeframe, begin: int, end: int) -> Iterator[pd.DataFrame]:
        """Checked candles with begin <= open time < end, Unix milliseconds, in as many requests as it takes."""
        unified = self._listing(symbol)["symbol"]
        if timeframe not in self._client.timeframes:
            raise MarketUnavailable(f"{self.identity.name} has no {timeframe} candles; choose another exchange.")
        step = timeframe.milliseconds
        page = self._quirks.page_candles
        most = min(page, self._client.feature_value(unified, "fetchOHLCV", "limit") or page)
        while begin < end:
            limit = min(most, (end - begin) // step)
            rows = self._ask(lambda: self._client.fetch_ohlcv(unified, timeframe.value, begin, limit), symbol)  # noqa: B023
            candles = self._frame(rows, begin, end)
            if candles.empty:
                begin += limit * step  # some exchanges answer a time before the listing with nothing
                continue
            yield check_candles(candles, timeframe)
            begin = int(candles["open_time"].iloc[-1].timestamp() * 1000) + step

    def _frame(self, rows: object, begin: int, end: int) -> pd.DataFrame:
        try:
            table = np.array([row[:6] for row in rows], dtype="float64").reshape(-1, 6)  # type: ignore[attr-defined]
            with np.errstate(invalid="ignore"):  # a missing time is found out by the comparison
                times = table[:, 0].astype("int64")
            if not np.array_equal(times, table[:, 0]):
                raise ValueError("open times are not whole milliseconds")
        except (TypeError, ValueError, IndexError) as error:
            raise not_candles(self.identity.name) from error
        wanted = (times >= begin) & (times < end)
        return candle_frame(times[wanted], *table[wanted, 1:].T)

    def _prepare(self) -> None:
        """Know what the exchange lists and what its clock says."""
        with self._preparing:
            if not self._listed:
                self._listed = _usdt_listings(self._ask(self._client.load_markets))
            if self._compared_at is None or time.monotonic() - self._compared_at > CLOCK_SECONDS:
                self._compare_clocks()

    def _compare_clocks(self) -> None:
        try:
            before = self._clock.now()
            theirs = self._ask(self._server_time)
            ours = before + (self._clock.now() - before) / 2
            self._ahead = theirs - ours
        except CandorError:
            if self._compared_at is None:
                raise
            log.warning("The clock of %s could not be read; the last comparison is kept.", self.identity.name)
        self._compared_at = time.monotonic()

    def _server_time(self) -> datetime:
        """The exchange's time: asked for, else from the Date header of its last answer, else this machine's."""
        if self._client.has.get("fetchTime") is True:
            milliseconds = self._client.fetch_time()
            if not isinstance(milliseconds, int):
                raise not_candles(self.identity.name)
            return datetime.fromtimestamp(milliseconds / 1000, UTC)
        self._client.load_markets()
        headers = self._client.last_response_headers or {}
        try:
            return parsedate_to_datetime(headers["Date"])
        except (KeyError, ValueError):
            return self._clock.now()

    def _listing(self, symbol: str) -> dict[str, Any]:
        self._prepare()
        return self._listed[resolve_symbol(symbol, self._listed)]

    def _ask(self, request: Callable[[], T], symbol: str = "", attempts: int = ATTEMPTS) -> T:
        """What ``request`` answers, after up to ``attempts`` attempts; a CandorError with the reason otherwise."""
        attempt = 0
        while True:
            attempt += 1
            self._wait_out_the_limit()
            try:
                return request()
            except ccxt.BaseError as error:
                wanted_pause = retry_after_seconds(error)
                self._not_before = max(self._not_before, time.monotonic() + wanted_pause)
                if attempt == attempts or wanted_pause > LONGEST_PAUSE_SECONDS or not is_transient(error):
                    raise explain(error, self.identity.name, symbol, self._host()) from error
            except (TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
                raise not_candles(self.identity.name) from error  # ccxt stumbled over what the exchange sent
            self._pause(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1) * random.uniform(0.5, 1.5))

    def _wait_out_the_limit(self) -> None:
        wait = self._not_before - time.monotonic()
        if wait > LONGEST_PAUSE_SECONDS:
            until = datetime.now(UTC) + timedelta(seconds=wait)
            raise MarketUnavailable(
                f"{self.identity.name} limits our requests and wants none before {until:%H:%M:%S} UTC."
            )
        if wait > 0:
            self._pause(wait)

    def _pace(self, cost: float | None = None) -> None:
        """ccxt's own spacing of requests by their cost, made to hold for several threads."""
        spacing = self._client.rateLimit * (1 if cost is None else cost) / 1000
        with self._pacing:
            now = time.monotonic()
            wait = max(0.0, self._next_request - now)
            self._next_request = now + wait + spacing
        if wait:
            time.sleep(wait)

    def _host(self) -> str:
        return urlsplit(self._client.last_request_url or "").netloc


def _client(name: str, url: str | None) -> Any:
    if name not in ccxt.exchanges:
        close = difflib.get_close_matches(name.lower(), ccxt.exchanges, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else "ccxt's documentation lists the names it knows."
        raise InvalidRequest(f"Unknown exchange {name[:40]!r}. {hint} Set CANDOR_EXCHANGE to it.")
    client = getattr(ccxt, name)(
        {
            "enableRateLimit": True,
            "timeout": int(REQUEST_SECONDS * 1000),
            "requests_trust_env": True,  # HTTPS_PROXY and its kin mean us, too
        }
    )
    client.fetch = partial(_fetch_json, client.fetch)
    client.has["fetchCurrencies"] = False  # load_markets would ask, and often needs an API key
    if url:
        client.urls["api"] = _redirected(client.urls["api"], url.rstrip("/"))
    return client


def _fetch_json(fetch: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """ccxt hands a page that is not JSON on as text and then finds no candles in it; here it is an error."""
    answer = fetch(*arguments, **options)
    if not isinstance(answer, (dict, list)):
        raise ccxt.BadResponse(str(answer)[:200])
    return answer


def _redirected(address: Any, url: str) -> Any:
    """ccxt's nested addresses with scheme and host replaced."""
    if isinstance(address, dict):
        return {key: _redirected(value, url) for key, value in address.items()}
    return url + urlsplit(address).path if isinstance(address, str) else address


def _usdt_listings(markets: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """ccxt's market of each BTCUSDT-like symbol: the linear perpetual swap if there is one, otherwise spot."""
    listed: dict[str, dict[str, Any]] = {}
    for market in markets.values():
        linear = market.get("swap") and market.get("linear")
        if market.get("quote") != QUOTE or market.get("active") is False or not (linear or market.get("spot")):
            continue
        symbol = market["base"] + QUOTE
        if symbol not in listed or linear:
            listed[symbol] = market
    return listed
