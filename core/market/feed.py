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
from datetime import datetime
from functools import partial
from typing import Any

import pandas as pd

from core.domain import Series, Timeframe, resolve_symbol
from core.errors import MarketUnavailable, UnknownSymbol
from core.findings import AwaitingMarket
from core.market.background_calls import BackgroundCalls, K, T
from core.market.candles import CandleArrays, last_closed_open_ms
from core.market.coins import SYMBOLS
from core.market.following import Awaiting, Following, listing, wanted_of
from core.market.market import Market, MarketIdentity
from core.market.outage import OutageWatch
from core.market.series import Held, HeldSeries, SeriesStatus, as_trouble, fetch
from core.wording.sentences import problem_text

log = logging.getLogger(__name__)

SERVING_HISTORY = 500
"""Candles kept of each series: a model's window and the warm-up of its slowest feature, with room for gaps."""

RETRY_SECONDS = (1, 2, 4, 8, 16, 30, 60)
"""Real seconds between attempts while something that should be there is missing."""
SHORTEST_WAIT_SECONDS = 0.05
LONGEST_WAIT_SECONDS = 30.0
"""So often it is looked whether a clock was set, or this machine slept."""
ANNOUNCE_SECONDS = 0.5
"""While a market is being asked for many series, what has arrived is announced this often."""


class CandleFeed:
    """The newest ``history`` closed candles of each series of a market. Thread-safe.

    ``source`` is the market, or what is awaited until follow() is told of one. ``symbols`` narrows what is followed;
    empty means all the market lists.
    """

    def __init__(
        self,
        source: Market | AwaitingMarket,
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
        self._state: Awaiting | Following = (
            self._awaiting(source) if isinstance(source, AwaitingMarket) else self._following(source)
        )

    # ------------------------------------------------------------ reading

    @property
    def identity(self) -> MarketIdentity | None:
        """Which market is followed; None while one is awaited."""
        return self._state.market.identity if isinstance(self._state, Following) else None

    @property
    def market(self) -> Market | None:
        """The market that is followed, for candles older than those in memory; whoever asks it may wait for the network."""
        return self._state.market if isinstance(self._state, Following) else None

    @property
    def awaited(self) -> AwaitingMarket | None:
        """What is awaited while no market is followed."""
        return self._state.waiting if isinstance(self._state, Awaiting) else None

    @property
    def speed(self) -> float:
        """Market seconds per real second."""
        return self._state.speed

    @property
    def stopped(self) -> bool:
        """Whether stop() was called, and start() not since."""
        return self._stopping.is_set()

    def now(self) -> datetime:
        """The market's own time; this machine's while a market is awaited."""
        return self._state.now()

    def symbols(self) -> tuple[str, ...]:
        """What is followed, in display order; until the market has listed what it has, what is hoped for."""
        return self._state.symbols

    @property
    def unlisted(self) -> Mapping[str, UnknownSymbol] | None:
        """The wanted coins that the market does not list, and why each; None until it has listed what it has."""
        return self._state.unlisted if isinstance(self._state, Following) else None

    @property
    def died(self) -> bool:
        """Whether the thread that asks for candles has ended though nobody stopped it."""
        thread = self._thread
        return thread is not None and not thread.is_alive() and not self.stopped

    def tick_size(self, symbol: str) -> float:
        """The smallest price step of ``symbol``; UnknownSymbol, or MarketUnavailable before the market has listed it."""
        state = self._state
        symbol = resolve_symbol(symbol, state.symbols)
        unlisted = self.unlisted or {}
        if symbol in unlisted:
            raise UnknownSymbol(unlisted[symbol].message)
        ticks = state.ticks if isinstance(state, Following) else {}
        try:
            return ticks[symbol]
        except KeyError:
            raise MarketUnavailable(problem_text(state.waiting), facts=state.waiting) from None

    def made_of(self, timeframe: Timeframe) -> str | None:
        """The shorter timeframe of which the market makes candles that it does not have itself; usually None."""
        return self._state.market.made_of(timeframe) if isinstance(self._state, Following) else None

    def candles(self, symbol: str, timeframe: Timeframe) -> pd.DataFrame:
        """The candles in memory, oldest first; shared by all readers, so not to be changed.

        Where there are none, raises the CandorError that says why: NotEnoughCandles, BadCandles, MarketUnavailable,
        or UnknownSymbol for a symbol that is not followed.
        """
        return self._served(symbol, timeframe).candles

    def arrays(self, symbol: str, timeframe: Timeframe) -> CandleArrays:
        """As ``candles``, as bare arrays: what predictions are computed on."""
        return self._served(symbol, timeframe).arrays

    def _served(self, symbol: str, timeframe: Timeframe) -> Held:
        state = self._state
        held = state.of(symbol, timeframe)
        if isinstance(held, Held):
            return held
        raise held.error(state.waiting)

    def status(self, symbol: str, timeframe: Timeframe) -> SeriesStatus:
        """What there is of one series at this moment; UnknownSymbol for a symbol that is not followed."""
        return self.reading(symbol, timeframe)[1]

    def reading(self, symbol: str, timeframe: Timeframe) -> tuple[HeldSeries, SeriesStatus]:
        """What is in memory of one series and how that stands, of one and the same moment; errors as of ``status``."""
        state = self._state
        held = state.of(symbol, timeframe)
        return held, held.status(state.now(), state.speed, state.waiting)

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

    def follow(self, market: Market) -> None:
        """Follow ``market`` from now on; what was in memory of another one is forgotten in the same instant."""
        following = self._following(market)
        following.gone = set(self._state.series())
        self._state = following
        self._interrupt()
        log.info("Following the %s market.", market.identity.name)

    def wait_for(self, awaited: AwaitingMarket) -> None:
        """Follow nothing, and say what is awaited."""
        self._state = self._awaiting(awaited)

    def refresh_once(self) -> None:
        """One pass in the caller's thread: ask for every candle that should be here and is not."""
        with self._pass:
            following = self._state
            if isinstance(following, Awaiting):
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
            try:
                attempt, seconds = self._one_pass(attempt)
            except BaseException:  # whatever would end this thread would end all signals with it
                attempt, seconds = attempt + 1, _retry_seconds(attempt + 1)
                log.exception("A pass of the candle feed failed; the next one comes in %g s.", seconds)
            self._wake.wait(seconds)

    def _one_pass(self, attempt: int) -> tuple[int, float | None]:
        """After a pass, how often in a row something was lacking, and how long to wait; None is until something happens."""
        state = self._state
        self.refresh_once()
        if isinstance(state, Awaiting):
            return 0, None
        attempt = attempt + 1 if state is self._state and state.lacks_candles(self.history) else 0
        return attempt, self._seconds_to_wait(state.market, attempt)

    def _seconds_to_wait(self, market: Market, attempt: int) -> float:
        shortest = min(self.timeframes, key=lambda timeframe: timeframe.milliseconds)
        now = market.now()
        next_close_ms = last_closed_open_ms(shortest, now) + 2 * shortest.milliseconds
        wait = (next_close_ms / 1000 - now.timestamp()) / market.speed + market.access.settling_seconds
        if attempt:
            wait = min(wait, _retry_seconds(attempt))
        return min(max(wait, SHORTEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS)

    def _interrupt(self) -> None:
        self._wake.set()
        calls = self._calls
        if calls is not None:
            calls.interrupt()

    # ------------------------------------------------------------ asking

    def _awaiting(self, awaited: AwaitingMarket) -> Awaiting:
        return Awaiting(awaited, self.timeframes, self._wanted or SYMBOLS)

    def _following(self, market: Market) -> Following:
        hoped_for = self._wanted or SYMBOLS
        following = Following(market, self.timeframes, hoped_for)
        if market.access.from_memory:
            following.list(wanted_of(market, self._wanted))
        else:
            following.hold_nothing()
        return following

    def _list(self, following: Following) -> bool:
        """Learn once which coins the market has and their ticks; False where it did not say."""
        if following.ticks:
            return True
        market = following.market
        for _, answer in self._ask({"listing": partial(listing, market, self._wanted)}, following):
            if not isinstance(answer, Exception):
                following.list(answer)
                return True
            following.hold_nothing(as_trouble(answer, f"{market.identity.name} could not list its coins"))
        return False

    def _fetch(self, following: Following) -> None:
        market = following.market
        if not self._compare_clocks(following):
            return
        now = market.now()
        due = [held for held in following.held.values() if held.missing(now, self.history)]
        # What failed most recently goes last, so that series that always fail cannot keep the others waiting.
        due.sort(key=lambda held: following.failed_at.get(held.series, 0))
        following.passes += 1
        calls = {held.series: partial(fetch, held, market, self.history) for held in due}
        asked: set[Series] = set()
        watch = OutageWatch()
        announced = time.monotonic()
        for series, answer in self._ask(calls, following):
            asked.add(series)
            self._take(following, series, answer)
            if isinstance(answer, Exception):
                following.failed_at[series] = following.passes
            if watch.heard(answer):
                for other in calls.keys() - asked:
                    self._take(following, other, answer)
                return
            if not market.access.from_memory and time.monotonic() - announced > ANNOUNCE_SECONDS:
                self._announce(following)
                announced = time.monotonic()

    def _compare_clocks(self, following: Following) -> bool:
        """Let the market make sure of its time; False where it cannot, or the pass is over."""
        if following.market.access.from_memory:
            return True
        for _, answer in self._ask({"clock": following.market.compare_clocks}, following):
            if isinstance(answer, Exception):
                trouble = as_trouble(answer, f"The clock of {following.market.identity.name} could not be read")
                for series in following.held:
                    self._take(following, series, trouble)
            return not isinstance(answer, Exception)
        return False

    def _ask(self, calls: Mapping[K, Callable[[], T]], following: Following) -> Iterable[tuple[K, T | Exception]]:
        """Each call's answer as it comes, until the feed stops or follows another market."""
        self._calls = BackgroundCalls(calls, following.market.access.parallel)
        try:
            if self._is_over(following):  # stop() or follow() came before there were calls to interrupt
                return
            for answer in self._calls.answers():
                if self._is_over(following):
                    return
                yield answer
        finally:
            self._calls.interrupt()
            self._calls = None

    def _is_over(self, following: Following) -> bool:
        return self._stopping.is_set() or following is not self._state

    def _take(self, following: Following, series: Series, answer: CandleArrays | Exception) -> None:
        following.held[series] = following.held[series].after(answer, following.market.now(), self.history)

    def _announce(self, following: Following) -> None:
        """Tell the subscribers which series have another status than the one announced last."""
        if following is not self._state:
            return
        changed = following.changes()
        for callback in tuple(self._callbacks) if changed else ():
            try:
                callback(changed)
            except Exception:
                log.exception("A subscriber of the candle feed failed.")


def _retry_seconds(attempt: int) -> float:
    return RETRY_SECONDS[min(attempt, len(RETRY_SECONDS)) - 1]
