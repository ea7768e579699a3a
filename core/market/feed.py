"""Keeps the newest candles of every series in memory and announces what changed.

One background thread asks the market just after each candle close, and only for what is new. Readers are
answered from memory and never wait for the network. What the market sends is checked before it is believed:
a series that gets bad candles keeps its last good ones and says why.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pandas as pd

from core.domain import Timeframe, resolve_symbol
from core.errors import CandorError, MarketUnavailable, UnknownSymbol
from core.market.background_calls import BackgroundCalls, K, T
from core.market.candles import CandleArrays, last_closed_open_ms
from core.market.coins import SYMBOLS
from core.market.market import Market, MarketIdentity
from core.market.series import HeldSeries, Series, SeriesStatus, as_trouble

log = logging.getLogger(__name__)

SERVING_HISTORY = 500
"""Candles kept of each series: a model's window and the warm-up of its slowest feature, with room for gaps."""

SETTLING_SECONDS = 2.0
"""Real seconds an exchange is given to finish a candle after its close."""
RETRY_SECONDS = (1, 2, 4, 8, 16, 30, 60)
"""Real seconds between attempts while something that should be there is missing."""
SHORTEST_WAIT_SECONDS = 0.05
EXCHANGE_WORKERS = 4
FAILURES_IN_A_ROW = 3
"""After so many series in a row found the market unavailable, the others are not asked in this pass."""
ANNOUNCE_SECONDS = 0.5
"""While an exchange is being asked for many series, what has arrived is announced this often."""


@dataclass(slots=True)
class _Following:
    """One market being followed. A pass works on the one it began with, so a switch can never mix two markets."""

    market: Market | None
    symbols: tuple[str, ...]
    ticks: dict[str, float] = field(default_factory=dict)
    held: dict[Series, HeldSeries] = field(default_factory=dict)
    announced: dict[Series, SeriesStatus] = field(default_factory=dict)
    failed_at: dict[Series, int] = field(default_factory=dict)
    """Number of the pass in which a series was asked for in vain."""
    passes: int = 0
    gone: set[Series] = field(default_factory=set)
    """Series of the market followed before, to be announced once as changed."""

    @property
    def speed(self) -> float:
        return self.market.speed if self.market else 1.0

    def now(self) -> datetime:
        return self.market.now() if self.market else datetime.now(UTC)

    def of(self, symbol: str, timeframe: Timeframe) -> HeldSeries:
        """One series, an empty one where nothing is held of it yet; UnknownSymbol for a symbol that is not followed."""
        held = self.held.get((symbol, timeframe))
        if held is not None:
            return held
        series = resolve_symbol(symbol, self.symbols), timeframe
        return self.held.get(series) or HeldSeries(*series)


class CandleFeed:
    """The newest ``history`` closed candles of each series of ``market``. Thread-safe.

    ``symbols`` narrows what is followed; empty means all the market lists. ``market`` may be None until one is
    chosen (see core.market.chooser): ``identity`` is None then, and ``connecting`` says what is awaited.
    """

    exchange_answer: str | None = None
    """Why the exchange is not used although it was asked; None where it is used or was not asked."""
    asking_exchange: bool = False
    """Whether an exchange is being asked right now."""
    connecting: str | None = None
    """While no market is chosen: a sentence saying what is awaited."""

    def __init__(
        self,
        market: Market | None,
        timeframes: Iterable[Timeframe] = tuple(Timeframe),
        history: int = SERVING_HISTORY,
        symbols: tuple[str, ...] = (),
    ) -> None:
        self.timeframes = tuple(timeframes)
        self.history = history
        self._wanted = symbols
        self._callbacks: list[Callable[[frozenset[Series]], None]] = []
        self._pass = threading.RLock()
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._calls: BackgroundCalls[Any, Any] | None = None
        self._thread: threading.Thread | None = None
        self._following = self._follow(market)

    # ------------------------------------------------------------ reading

    @property
    def identity(self) -> MarketIdentity | None:
        market = self._following.market
        return market.identity if market else None

    @property
    def speed(self) -> float:
        return self._following.speed

    def now(self) -> datetime:
        """The market's own time; this machine's while no market is chosen."""
        return self._following.now()

    def symbols(self) -> tuple[str, ...]:
        """What is followed, in display order; until the market has listed what it has, what is hoped for."""
        return self._following.symbols

    def tick_size(self, symbol: str) -> float:
        """The smallest price step of ``symbol``; UnknownSymbol, or MarketUnavailable before the market has listed it."""
        following = self._following
        symbol = resolve_symbol(symbol, following.symbols)
        try:
            return following.ticks[symbol]
        except KeyError:
            raise MarketUnavailable(self._waiting_for(following)) from None

    def candles(self, symbol: str, timeframe: Timeframe) -> pd.DataFrame:
        """The candles in memory, oldest first; shared by all readers, so not to be changed.

        Where there are none, raises the CandorError that says why: NotEnoughCandles, BadCandles, MarketUnavailable,
        or UnknownSymbol for a symbol that is not followed.
        """
        held = self._served(symbol, timeframe)
        assert held.candles is not None
        return held.candles

    def arrays(self, symbol: str, timeframe: Timeframe) -> CandleArrays:
        """As ``candles``, as bare arrays: what predictions are computed on."""
        held = self._served(symbol, timeframe)
        assert held.arrays is not None
        return held.arrays

    def _served(self, symbol: str, timeframe: Timeframe) -> HeldSeries:
        following = self._following
        held = following.of(symbol, timeframe)
        if held.last_open_ms is None:
            raise held.why_none(self._waiting_for(following))
        return held

    def status(self, symbol: str, timeframe: Timeframe) -> SeriesStatus:
        """What there is of one series at this moment; UnknownSymbol for a symbol that is not followed."""
        following = self._following
        held = following.of(symbol, timeframe)
        return held.status(following.now(), following.speed, self._waiting_for(following))

    def subscribe(self, callback: Callable[[frozenset[Series]], None]) -> Callable[[], None]:
        """Call ``callback`` with the series that got candles or another status; returns what ends the subscription.

        It runs in the feed's thread after memory is up to date. What it raises is logged and harms nobody else.
        """
        self._callbacks.append(callback)

        def unsubscribe() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return unsubscribe

    # ------------------------------------------------------------ running

    def start(self) -> None:
        """Follow the market in a background thread until stop()."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="candle-feed", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the background thread at once, even while an exchange keeps it waiting."""
        self._stopping.set()
        self._interrupt()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)
        self._thread = None

    def switch(self, market: Market) -> None:
        """Follow ``market`` instead; what was in memory of the old one is forgotten in the same instant."""
        following = self._follow(market)
        following.gone = set(self._all_series(self._following))
        self._following = following
        self._interrupt()
        log.info("Following the %s market.", market.identity.name)

    def refresh_once(self) -> None:
        """One pass in the caller's thread: ask for every candle that should be here and is not."""
        with self._pass:
            following = self._following
            if following.market is None:
                return
            if not following.announced:
                self._announce(following)
            if self._list(following):
                self._fetch(following)
            self._announce(following)

    def _run(self) -> None:
        attempt = 0
        while not self._stopping.is_set():
            self._wake.clear()
            following = self._following
            try:
                self.refresh_once()
            except Exception:
                log.exception("A pass of the candle feed failed; the next one is tried as usual.")
            attempt = attempt + 1 if following is self._following and self._missing(following) else 0
            self._wake.wait(self._seconds_to_wait(following, attempt))

    def _seconds_to_wait(self, following: _Following, attempt: int) -> float | None:
        market = following.market
        if market is None:
            return None
        shortest = min(self.timeframes, key=lambda timeframe: timeframe.milliseconds)
        now = market.now()
        next_close_ms = last_closed_open_ms(shortest, now) + 2 * shortest.milliseconds
        wait = (next_close_ms / 1000 - now.timestamp()) / market.speed
        if market.identity.kind == "exchange":
            wait += SETTLING_SECONDS
        if attempt:
            wait = min(wait, RETRY_SECONDS[min(attempt, len(RETRY_SECONDS)) - 1])
        return max(wait, SHORTEST_WAIT_SECONDS)

    def _interrupt(self) -> None:
        self._wake.set()
        calls = self._calls
        if calls is not None:
            calls.interrupt()

    def retry_exchange(self) -> None:
        """Ask the exchange once more, where this feed chose another market because it did not answer; see AutoFeed."""

    # ------------------------------------------------------------ asking

    def _follow(self, market: Market | None) -> _Following:
        following = _Following(market, self._wanted or SYMBOLS)
        if market is not None and market.identity.kind != "exchange":
            following.symbols = self._wanted_of(market, market.symbols())
        following.held = self._nothing_held(following)
        return following

    def _nothing_held(self, following: _Following) -> dict[Series, HeldSeries]:
        return {series: HeldSeries(*series) for series in self._all_series(following)}

    def _wanted_of(self, market: Market, listed: tuple[str, ...]) -> tuple[str, ...]:
        """What ``market`` lists of the wanted coins; UnknownSymbol where that is nothing."""
        for symbol in self._wanted:
            if symbol not in listed:
                log.warning("The %s market has no %s; it is not followed.", market.identity.name, symbol)
        symbols = tuple(symbol for symbol in self._wanted or listed if symbol in listed)
        if not symbols:
            wanted = ", ".join((self._wanted or SYMBOLS)[:5])
            raise UnknownSymbol(
                f"The {market.identity.name} market has none of the wanted coins ({wanted}); "
                "set CANDOR_SYMBOLS to coins it has, or leave it empty."
            )
        return symbols

    def _list(self, following: _Following) -> bool:
        """Learn once which coins the market has and their ticks; False where it did not say."""
        if following.ticks:
            return True
        market = following.market
        assert market is not None
        for _, answer in self._ask({"listing": partial(self._listing, market)}, following):
            if not isinstance(answer, Exception):
                following.symbols, following.ticks = answer
                following.held = self._nothing_held(following)
                return True
            trouble = as_trouble(answer, f"{market.identity.name} could not list its coins")
            following.held = {series: HeldSeries(*series, trouble=trouble) for series in self._all_series(following)}
        return False

    def _listing(self, market: Market) -> tuple[tuple[str, ...], dict[str, float]]:
        symbols = self._wanted_of(market, market.symbols())
        ticks = {}
        for symbol in symbols:
            with suppress(CandorError):  # its candles say what is wrong with it
                ticks[symbol] = market.tick_size(symbol)
        return symbols, ticks

    def _fetch(self, following: _Following) -> None:
        market = following.market
        assert market is not None
        now = market.now()
        due = [held for held in following.held.values() if held.missing(now, self.history)]
        # What failed most recently goes last, so that series that always fail cannot keep the others waiting.
        due.sort(key=lambda held: following.failed_at.get((held.symbol, held.timeframe), 0))
        following.passes += 1
        calls = {(held.symbol, held.timeframe): partial(held.fetch, market, self.history) for held in due}
        asked: set[Series] = set()
        failures = 0
        announced = time.monotonic()
        for series, answer in self._ask(calls, following):
            asked.add(series)
            self._take(following, series, answer, market.now())
            if isinstance(answer, Exception):
                following.failed_at[series] = following.passes
            failures = failures + 1 if isinstance(answer, MarketUnavailable) else 0
            if failures == FAILURES_IN_A_ROW:
                for other in calls.keys() - asked:
                    self._take(following, other, answer, market.now())
                return
            if market.identity.kind == "exchange" and time.monotonic() - announced > ANNOUNCE_SECONDS:
                self._announce(following)
                announced = time.monotonic()

    def _ask(self, calls: Mapping[K, Callable[[], T]], following: _Following) -> Iterable[tuple[K, T | Exception]]:
        """Each call's answer as it comes, until the feed stops or follows another market."""
        market = following.market
        assert market is not None
        workers = EXCHANGE_WORKERS if market.identity.kind == "exchange" else 0
        self._calls = BackgroundCalls(calls, workers)
        try:
            if self._is_over(following):  # stop() or switch() came before there were calls to interrupt
                return
            for answer in self._calls.answers():
                if self._is_over(following):
                    return
                yield answer
        finally:
            self._calls.interrupt()
            self._calls = None

    def _is_over(self, following: _Following) -> bool:
        return self._stopping.is_set() or following is not self._following

    def _take(self, following: _Following, series: Series, answer: pd.DataFrame | Exception, now: datetime) -> None:
        following.held[series] = following.held[series].after(answer, now, self.history)

    def _missing(self, following: _Following) -> bool:
        market = following.market
        if market is None:
            return False
        now = market.now()
        return any(held.missing(now, self.history) for held in following.held.values())

    # ------------------------------------------------------------ announcing

    def _all_series(self, following: _Following) -> list[Series]:
        return [(symbol, timeframe) for timeframe in self.timeframes for symbol in following.symbols]

    def _waiting_for(self, following: _Following) -> str:
        if following.market is None:
            return self.connecting or "No market is chosen yet."
        return f"Waiting for the first candles of the {following.market.identity.name} market."

    def _announce(self, following: _Following) -> None:
        """Tell the subscribers which series have another status than the one announced last."""
        if following is not self._following or following.market is None:
            return
        now = following.market.now()
        speed, waiting = following.market.speed, self._waiting_for(following)
        statuses = {series: held.status(now, speed, waiting) for series, held in following.held.items()}
        changed = {series for series, status in statuses.items() if following.announced.get(series) != status}
        changed |= following.gone
        following.announced, following.gone = statuses, set()
        if not changed:
            return
        for callback in tuple(self._callbacks):
            try:
                callback(frozenset(changed))
            except Exception:
                log.exception("A subscriber of the candle feed failed.")
