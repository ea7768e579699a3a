"""Live candles through ccxt: any exchange it knows, only closed candles, only as fast as the exchange allows.

What goes wrong on the way becomes one sentence for users: what happened and what to do. Passing troubles are
tried again, each time after a longer pause; a refusal is not.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Any, TypeVar
from urllib.parse import urlsplit

import ccxt
import numpy as np

from core.domain import Series, Timeframe, resolve_symbol
from core.errors import CandorError, MarketUnavailable, NotEnoughCandles
from core.market.candles import (
    CandleArrays,
    check_arrays,
    check_lawful,
    first_open_ms,
    last_closed_open_ms,
    moment_of,
    resample_arrays,
    unix_ms,
)
from core.market.clock import Clock, SystemClock, seconds_passed
from core.market.coins import COINS, SYMBOLS
from core.market.errors import (
    explain,
    header_count,
    header_time,
    is_transient,
    not_candles,
    plausible_time,
    seconds_to_leave_alone,
)
from core.market.exchange_client import make_client, make_stream_client, usdt_listings
from core.market.exchange_clock import ExchangeClock
from core.market.finality import MOST_AHEAD, Finality, Seen
from core.market.market import Access, BaseMarket, MarketIdentity, Traffic, named_apart
from core.market.pace import Pace
from core.market.quirks import quirks_of
from core.market.stream import CandleStream, Hear

log = logging.getLogger(__name__)
T = TypeVar("T")

ATTEMPTS = 3
FIRST_PAUSE_SECONDS = 0.5
"""Pause before the second attempt, give or take half; it doubles with each further one."""
LONGEST_PAUSE_SECONDS = 5.0
"""An exchange that wants more patience than this is left alone until its time has come, and the caller is told."""
REREAD_CANDLES = 2
"""Exchanges correct candles after their close: so many of those already told are asked for again."""
CONNECTIONS_PER_QUESTION = 4
"""For each question that a pass asks at once, so many connections are kept: an exchange that hangs still holds those of the
passes that were given up, and pages and downloads ask beside."""
SPARE_CANDLES = 2
"""A request asks for so many more than are wanted: the candle that is open now, and one for exchanges that give one less."""


class ExchangeMarket(BaseMarket):
    """The USDT coins of one exchange: linear swaps where it has them, otherwise spot.

    ``name`` is ccxt's name of the exchange; InvalidRequest suggests the one that was meant. ``url`` replaces scheme
    and host of every request (a proxy, a mirror). ``symbols`` are those wanted, by default the watchlist. ``passed``
    counts seconds and never steps as ``clock`` may; ``pause`` waits between attempts. Where it is ``streamed``, open candles
    can be heard of, too. Nothing is asked before the first method call. Thread-safe.
    """

    speed = 1.0

    def __init__(
        self,
        name: str = "binanceusdm",
        url: str | None = None,
        symbols: tuple[str, ...] = (),
        clock: Clock | None = None,
        passed: Callable[[], float] = seconds_passed,
        pause: Callable[[float], object] = time.sleep,
        streamed: bool = False,
    ) -> None:
        self.identity = MarketIdentity("exchange", name, None, named_apart("by-proxy", _nameless(url)) if url else "")
        self._quirks = quirks_of(name)
        quirks = self._quirks
        self.access = Access(
            quirks.settling_seconds, quirks.parallel, REREAD_CANDLES, quirks.late_seconds, quirks.early_seconds
        )
        self._wanted = symbols or SYMBOLS
        self._machine = clock or SystemClock()
        self._clock = ExchangeClock(self._machine, passed)
        self._pause = pause
        self._finality = Finality(self._clock)
        self._listed: dict[str, dict[str, Any]] = {}
        self._not_before = 0.0
        self._errors = 0
        self._preparing = threading.Lock()
        self._counting = threading.Lock()
        self._client = make_client(name, url, CONNECTIONS_PER_QUESTION * quirks.parallel)
        self._client.throttle = self._keep_pace
        self._pace = Pace(self._client.rateLimit / 1000, quirks.burst)
        self._streamed = streamed

    def now(self) -> datetime:
        """The exchange's own time, as far as it has been asked for it; never waits."""
        return self._clock.now()

    def symbols(self) -> tuple[str, ...]:
        """Those of the wanted symbols that the exchange lists, in the wanted order."""
        self._prepare()
        return tuple(symbol for symbol in self._wanted if symbol in self._listed)

    def listed(self) -> tuple[str, ...]:
        """All coins against USDT that the exchange lists."""
        self._prepare()
        return tuple(self._listed)

    def tick_size(self, symbol: str) -> float:
        precision = self._listing(symbol)["precision"]["price"]
        if precision is not None and self._client.precisionMode == ccxt.TICK_SIZE:
            return float(precision)
        if precision is not None and self._client.precisionMode == ccxt.DECIMAL_PLACES:
            return float(f"1e-{int(precision)}")
        return COINS[symbol].tick if symbol in COINS else 1e-8

    def arrays(self, symbol: str, timeframe: Timeframe, limit: int) -> CandleArrays:
        """The newest ``limit`` candles closed by the exchange's clock, oldest first.

        A timeframe the exchange does not offer is made of a shorter one. MarketUnavailable says why the exchange gave
        none, NotEnoughCandles that it has none to give, BadCandles what is wrong with those it gave.
        """
        return self._asked_until(symbol, timeframe, None, limit)

    def arrays_until(self, symbol: str, timeframe: Timeframe, until: datetime, limit: int) -> CandleArrays:
        """As ``arrays``, of the candles that had closed by ``until``; nothing newer is asked for."""
        return self._asked_until(symbol, timeframe, until, limit)

    def _asked_until(self, symbol: str, timeframe: Timeframe, until: datetime | None, limit: int) -> CandleArrays:
        self._prepare()
        last = self.now() if until is None else min(until, self.now())
        end = last_closed_open_ms(timeframe, last) + timeframe.milliseconds
        seen = self._finality.before_asking()
        pages = list(self._pages(symbol, timeframe, end - limit * timeframe.milliseconds, end, seen))
        return self._final(CandleArrays.joined(pages), timeframe, seen)

    def listed_since(self, symbol: str) -> datetime | None:
        """When the exchange says that it listed ``symbol``; None where it does not say."""
        created = self._listing(symbol).get("created")
        return moment_of(created) if isinstance(created, int) and 0 < created < 2**42 else None

    def history(
        self, symbol: str, timeframe: Timeframe, since: datetime, until: datetime | None = None
    ) -> Iterator[CandleArrays]:
        """What the exchange tells, page by page, of the closed candles that opened at ``since`` or later.

        And before ``until``, where that is given. A page may be empty; errors are those of arrays().
        """
        self._prepare()
        begin = first_open_ms(timeframe, since)
        end = last_closed_open_ms(timeframe, self.now()) + timeframe.milliseconds
        if until is not None:
            end = min(end, unix_ms(until))
        seen = self._finality.before_asking()
        for page in self._pages(symbol, timeframe, begin, end, seen):
            yield self._final(page, timeframe, seen)

    def made_of(self, timeframe: Timeframe) -> str | None:
        try:
            source, _ = self._source(timeframe)
        except NotEnoughCandles:
            return None
        return None if source == timeframe.value else source

    def compare_clocks(self) -> None:
        """Ask for the exchange's time where the last comparison is old, or this machine's clock was set since."""
        if not self._clock.due():
            return
        try:
            self._clock.compare(lambda: self._ask(self._server_time))
        except CandorError:
            if not self._clock.compared or self._clock.stepped():
                raise
            log.warning("The clock of %s could not be read; the last comparison is kept.", self.identity.name)
        if self._clock.ahead > MOST_AHEAD:
            log.warning(
                "The clock of %s is %s ahead of this machine's: its newest candle counts only once there is a later one. "
                "Set this machine's clock if that is the wrong one.",
                self.identity.name,
                self._clock.ahead,
            )

    def traffic(self) -> Traffic:
        weight = header_count(self._client.last_response_headers, self._quirks.weight_header)
        return Traffic(self._pace.requests, self._errors, weight)

    def open_stream(self, symbols: tuple[str, ...], timeframe: Timeframe, hear: Hear) -> CandleStream | None:
        streams = self._streamed and timeframe in (self._client.timeframes or {})
        listed = {
            (self._listed[s]["symbol"], timeframe.value): Series(s, timeframe) for s in symbols if s in self._listed
        }
        if not streams or not listed:
            return None
        return CandleStream(self._stream_client, listed, hear, self._quirks.streams_per_socket)

    def _stream_client(self) -> Any | None:
        return make_stream_client(self.identity.name, self._client.markets)

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

    def _pages(self, symbol: str, timeframe: Timeframe, begin: int, end: int, seen: Seen) -> Iterator[CandleArrays]:
        """Checked candles with begin <= open time < end, Unix milliseconds, in as many requests as it takes."""
        source, source_ms = self._source(timeframe)
        source_pages = self._source_pages(symbol, source, source_ms, begin, end, seen)
        pages = (check_lawful(page, source_ms, source) for page in source_pages)
        return pages if source_ms == timeframe.milliseconds else _made_of(pages, source_ms, timeframe)

    def _source_pages(
        self, symbol: str, source: str, step: int, begin: int, end: int, seen: Seen
    ) -> Iterator[CandleArrays]:
        """As _pages, of one of the exchange's own timeframes and not checked; no page is empty."""
        unified = self._listing(symbol)["symbol"]
        page = self._quirks.page_candles
        most = min(page, self._client.feature_value(unified, "fetchOHLCV", "limit") or page)
        while begin < end:
            wanted = (end - begin) // step + SPARE_CANDLES
            limit = min(most, wanted)
            rows = self._ask(lambda: self._client.fetch_ohlcv(unified, source, begin, limit), symbol)  # noqa: B023
            given = self._candles(rows)
            # One that gives a candle fewer than asked has room for one less.
            self._finality.heard(given.open_time_ms, step, begin + (limit - 1) * step, seen)
            candles = given[(given.open_time_ms >= begin) & (given.open_time_ms < end)]
            newest = int(candles.open_time_ms.max()) if len(candles) else 0
            if limit < wanted and len(candles) > 1 and newest == end - step:
                # The page was full before the candle that is open now: the last is asked for again, with that one.
                yield candles[candles.open_time_ms < newest]
                begin = newest
            elif len(candles):
                yield candles
                begin = newest + step
            elif len(given) and given.open_time_ms.min() >= end:
                return  # an exchange that seeks forward has nothing older
            else:
                begin += limit * step  # some exchanges answer a time before the listing with nothing

    def _source(self, timeframe: Timeframe) -> tuple[str, int]:
        """The exchange's timeframe to ask for, and its milliseconds: the same, or the longest that divides it."""
        offered = self._client.timeframes or {}
        if timeframe in offered:
            return timeframe.value, timeframe.milliseconds
        lengths = {name: self._client.parse_timeframe(name) * 1000 for name in offered}
        parts = [
            name
            for name, length in lengths.items()
            if 0 < length < timeframe.milliseconds and not timeframe.milliseconds % length
        ]
        if not parts:
            raise NotEnoughCandles(
                f"{self.identity.name} has no {timeframe} candles, and none that they could be made of."
            )
        longest = max(parts, key=lengths.__getitem__)
        return longest, lengths[longest]

    def _candles(self, rows: object) -> CandleArrays:
        """An answer of ccxt as candles, not checked."""
        try:
            table = np.array([row[:6] for row in rows], dtype="float64").reshape(-1, 6)  # type: ignore[attr-defined]
            with np.errstate(invalid="ignore"):  # a missing time is found out by the comparison
                times = table[:, 0].astype("int64")
            if not np.array_equal(times, table[:, 0]):
                raise ValueError("open times are not whole milliseconds")
        except (TypeError, ValueError, IndexError) as error:
            raise not_candles(self.identity.name) from error
        return CandleArrays(times, np.ascontiguousarray(table[:, 1:].T))

    def _final(self, candles: CandleArrays, timeframe: Timeframe, seen: Seen) -> CandleArrays:
        """Those that are closed for certain; this machine's clock may have been set while they were fetched."""
        self.compare_clocks()
        settling = timedelta(seconds=self.access.settling_seconds * self.speed)
        return self._finality.final(candles, timeframe, seen, settling)

    def _prepare(self) -> None:
        """Know what the exchange lists and what its clock says."""
        with self._preparing:
            if not self._listed:
                self._listed = usdt_listings(self._ask(self._client.load_markets))
        self.compare_clocks()

    def _server_time(self) -> datetime:
        """The exchange's time: asked for, else from the Date header of its last answer, else this machine's."""
        compared = self._clock.compared
        if self._client.has.get("fetchTime") is True:
            try:
                return self._fetched_time()
            except ccxt.NetworkError:
                if compared:
                    raise
        self._client.load_markets(reload=compared)  # the header of an older answer tells an older time
        return header_time(self._client.last_response_headers, "Date") or self._machine.now()

    def _fetched_time(self) -> datetime:
        milliseconds = self._client.fetch_time()
        if not isinstance(milliseconds, int):
            raise not_candles(self.identity.name)
        return plausible_time(milliseconds / 1000)

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
                with self._counting:
                    self._errors += 1
                wanted_pause = seconds_to_leave_alone(error, self.now())
                self._not_before = max(self._not_before, time.monotonic() + wanted_pause)
                if attempt == attempts or wanted_pause > LONGEST_PAUSE_SECONDS or not is_transient(error):
                    raise explain(error, self.identity.name, symbol, self._host(), wanted_pause) from error
            except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
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

    def _keep_pace(self, cost: float | None = None) -> None:
        self._pace.keep(1.0 if cost is None else cost)

    def _host(self) -> str:
        """Where it was asked, without the name and password that a proxy or mirror may want."""
        return urlsplit(_nameless(self._client.last_request_url or "")).netloc


def _nameless(url: str) -> str:
    """``url`` without a name and a password: neither is told to anybody, and another password leads to the same market."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _made_of(pages: Iterable[CandleArrays], source_ms: int, timeframe: Timeframe) -> Iterator[CandleArrays]:
    """Candles of ``timeframe`` out of pages of shorter ones; parts of one candle may lie on two pages."""
    step = timeframe.milliseconds
    waiting = CandleArrays.none()
    for page in pages:
        parts = CandleArrays.joined([waiting, page])
        whole = int(np.searchsorted(parts.open_time_ms, parts.open_time_ms[-1] // step * step))
        waiting = parts[whole:]
        yield check_arrays(resample_arrays(parts[:whole], source_ms, step), timeframe)
    yield check_arrays(resample_arrays(waiting, source_ms, step), timeframe)
