"""Keeps the newest candles of every series in memory and announces what changed.

One background thread asks the market just after each candle close, and only for what is new. Readers are
answered from memory and never wait for the network. What the market sends is checked before it is believed:
a series that gets bad candles keeps its last good ones and says why.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial

import pandas as pd

from core.domain import Series, Timeframe, resolve_symbol
from core.errors import MarketUnavailable, UnknownSymbol
from core.findings import AwaitingMarket
from core.market.asking import Pass
from core.market.candles import CandleArrays
from core.market.coins import SYMBOLS
from core.market.following import Awaiting, Following, wanted_of
from core.market.lateness import LatenessWatch
from core.market.market import Market, MarketIdentity
from core.market.resampling import ASKED_COINS
from core.market.series import Held, HeldSeries, SeriesStatus
from core.market.tally import Tally
from core.wording.sentences import problem_text

log = logging.getLogger(__name__)

SERVING_HISTORY = 500
"""Candles kept of each series: a model's window and the warm-up of its slowest feature, with room for gaps."""

RETRY_SECONDS = (1, 2, 4, 8, 16, 30, 60)
"""Real seconds between attempts while something that should be there is missing."""
SHORTEST_WAIT_SECONDS = 0.05
LONGEST_WAIT_SECONDS = 30.0
"""So often it is looked whether a clock was set, or this machine slept."""


class CandleFeed:
    """The newest ``history`` closed candles of each series of a market. Thread-safe.

    ``source`` is the market, or what is awaited until follow() is told of one. ``symbols`` narrows what is followed;
    empty means all the market lists. Of more than ``asked_coins`` an exchange is asked for the shortest timeframe alone.
    """

    def __init__(
        self,
        source: Market | AwaitingMarket,
        timeframes: Iterable[Timeframe] = tuple(Timeframe),
        history: int = SERVING_HISTORY,
        symbols: tuple[str, ...] = (),
        asked_coins: int = ASKED_COINS,
    ) -> None:
        self.timeframes = tuple(timeframes)
        self.history = history
        self.tally = Tally()
        self._late = LatenessWatch(self.tally)
        self._wanted = symbols
        self._asked_coins = asked_coins
        self._callbacks: list[Callable[[frozenset[Series]], None]] = []
        self._pass = threading.RLock()
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._asking: Pass | None = None
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

    def resampled_from(self, timeframe: Timeframe) -> Timeframe | None:
        """The shortest timeframe, where so many coins are followed that new candles of ``timeframe`` are made of it."""
        state = self._state
        return state.shortest if isinstance(state, Following) and state.makes(timeframe) else None

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
        return held, held.status(state.now(), state.patience, state.waiting)

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
        self._late = LatenessWatch(self.tally)
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
            self._ask(following)
            self._announce(following)

    def ring(self) -> None:
        """Look now where a candle is lacking that may be there; may be called from any thread."""
        state = self._state
        if isinstance(state, Following) and state.may_be_asked() and state.lacks_candles(self.history):
            self._wake.set()

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
        return attempt, self._seconds_to_wait(state, attempt)

    def _seconds_to_wait(self, following: Following, attempt: int) -> float:
        market, since_close = following.market, following.seconds_since_close()
        shortest = min(timeframe.duration for timeframe in self.timeframes)
        wait = shortest.total_seconds() / market.speed - since_close + market.access.first_seconds
        if following.unsettled:
            settled_in = (min(following.unsettled.values()) - market.now()).total_seconds() / market.speed
            wait = min(wait, settled_in + SHORTEST_WAIT_SECONDS)
        if attempt:
            late_in = market.access.late_seconds - since_close  # then it is logged that something is late
            wait = min(wait, _retry_seconds(attempt), *([late_in + SHORTEST_WAIT_SECONDS] if late_in > 0 else []))
        return min(max(wait, SHORTEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS)

    def _interrupt(self) -> None:
        self._wake.set()
        asking = self._asking
        if asking is not None:
            asking.interrupt()

    # ------------------------------------------------------------ asking

    def _awaiting(self, awaited: AwaitingMarket) -> Awaiting:
        return Awaiting(awaited, self.timeframes, self._wanted or SYMBOLS)

    def _following(self, market: Market) -> Following:
        hoped_for = self._wanted or SYMBOLS
        following = Following(market, self.timeframes, hoped_for, asked_coins=self._asked_coins)
        if market.access.from_memory:
            following.follow(wanted_of(market, self._wanted))
        else:
            following.hold_nothing()
        return following

    def _ask(self, following: Following) -> None:
        over, announce = partial(self._is_over, following), partial(self._announce, following)
        self._asking = Pass(following, self._wanted, self.history, self.tally, over, announce)
        try:
            self._asking.ask()
        finally:
            self._asking = None

    def _is_over(self, following: Following) -> bool:
        return self._stopping.is_set() or following is not self._state

    def _announce(self, following: Following) -> None:
        """Tell the subscribers which series have another status than the one announced last."""
        if following is not self._state:
            return
        self._late.hear(following.held, following.now(), following.patience)
        changed = following.changes()
        for callback in tuple(self._callbacks) if changed else ():
            try:
                callback(changed)
            except Exception:
                log.exception("A subscriber of the candle feed failed.")


def _retry_seconds(attempt: int) -> float:
    return RETRY_SECONDS[min(attempt, len(RETRY_SECONDS)) - 1]
