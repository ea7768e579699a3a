"""What a stream says of candles that may still be open: for pages to show and for a feed to look sooner, never for a prediction.

Where the exchange has told a closed candle otherwise than the stream told it last, that is counted and logged; the exchange is right.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from core.domain import Series, Timeframe
from core.errors import CandorError
from core.market.candles import CandleArrays, moment_text, unix_ms
from core.market.clock import seconds_passed
from core.market.feed import CandleFeed
from core.market.market import Market
from core.market.stream import CandleStream, Row, Rows

log = logging.getLogger(__name__)

FRESH_SECONDS = 60.0
"""Real seconds after which a hint that nothing followed is shown no more: the coin is quiet, or the stream is dead."""

MOST_AHEAD = timedelta(seconds=30)
"""A candle that opens later than this after now is none."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A candle as it was told last; it may be open. ``heard_at`` is when, in seconds of a clock that never steps."""

    open_time_ms: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    heard_at: float

    @property
    def values(self) -> tuple[float, float, float, float, float]:
        return self.open, self.high, self.low, self.close, self.volume

    def candle(self) -> CandleArrays:
        """The same in the form of candles, for who shows it beside those."""
        return CandleArrays(np.array([self.open_time_ms]), np.array(self.values)[:, np.newaxis])


class Hints:
    """A stream for whatever exchange ``feed`` follows, and what it says. Thread-safe.

    Only the shortest timeframe is streamed: what is open of a longer one is made of it and of the closed candles held.
    """

    def __init__(self, feed: CandleFeed, passed: Callable[[], float] = seconds_passed) -> None:
        self._feed, self._passed = feed, passed
        self._shortest = min(feed.timeframes, key=lambda timeframe: timeframe.milliseconds)
        self._lock = threading.Lock()
        self._market: Market | None = None
        self._stream: CandleStream | None = None
        self._now: dict[Series, Hint] = {}
        self._ended: dict[Series, Hint] = {}
        self._earlier_reconnects = 0
        self._stop_hearing: Callable[[], None] = lambda: None
        self.disagreements = 0
        """Closed candles that the exchange told otherwise than the stream told them last."""

    @property
    def reconnects(self) -> int:
        """How often a socket was left for a new one, so far."""
        stream = self._stream
        return self._earlier_reconnects + (0 if stream is None else stream.reconnects)

    def start(self) -> None:
        self._stop_hearing = self._feed.subscribe(self._hear_feed)

    def stop(self) -> None:
        self._stop_hearing()
        self._leave()

    def forming(self, symbol: str, timeframe: Timeframe) -> Hint | None:
        """The candle that is open now; None where nothing was heard of it lately, or what it is made of has a gap."""
        series = Series(symbol, self._shortest)
        with self._lock:
            hint = self._now.get(series)
        hint = hint or self._known(series)
        if hint is None or self._passed() - hint.heard_at > FRESH_SECONDS:
            return None
        begin = hint.open_time_ms // timeframe.milliseconds * timeframe.milliseconds
        before = self._held_since(series, begin, hint.open_time_ms)
        return None if before is None else _joined(before, hint, begin)

    def _known(self, series: Series) -> Hint | None:
        """What a market without a stream says of a candle that is open."""
        market = self._feed.market
        row = None if market is None else market.open_candle(*series)
        return None if row is None else self._hint(row)

    def _held_since(self, series: Series, begin: int, end: int) -> CandleArrays | None:
        """The closed candles of the shortest timeframe with begin <= open time < end; None where one is missing."""
        if begin == end:
            return CandleArrays.none()
        try:
            held = self._feed.arrays(*series)
        except CandorError:
            return None
        found = held[(held.open_time_ms >= begin) & (held.open_time_ms < end)]
        return found if len(found) == (end - begin) // self._shortest.milliseconds else None

    # ------------------------------------------------------------ hearing

    def hear(self, series: Series, rows: Rows) -> None:
        """What the stream has of a series: the candle that is open now, and maybe those before it."""
        latest = unix_ms(self._feed.now() + MOST_AHEAD)
        hints = [hint for row in rows if (hint := self._hint(row)) is not None and hint.open_time_ms <= latest]
        with self._lock:
            hints.sort(key=lambda hint: hint.open_time_ms)
            opened = [hint for hint in hints if self._place(series, hint)]
        if opened:
            self._feed.ring()

    def _hint(self, row: Row) -> Hint | None:
        """A row as a hint; None for what is no candle."""
        try:
            time_ms, open_, high, low, close, volume = row[0], *map(float, row[1:6])
        except (TypeError, ValueError, IndexError):
            return None
        on_the_grid = isinstance(time_ms, int) and time_ms % self._shortest.milliseconds == 0
        lawful = 0 < low <= min(open_, close) <= max(open_, close) <= high and volume >= 0
        if not (on_the_grid and lawful and math.isfinite(high + volume)):
            return None
        return Hint(time_ms, open_, high, low, close, volume, self._passed())

    def _place(self, series: Series, hint: Hint) -> bool:
        """Take a hint; whether with it a candle has opened. What is older than the one before the last is forgotten."""
        newest, ended = self._now.get(series), self._ended.get(series)
        if newest is None or hint.open_time_ms > newest.open_time_ms:
            if newest is not None:
                self._ended[series] = newest
            self._now[series] = hint
            return newest is not None
        if hint.open_time_ms == newest.open_time_ms:
            if hint.values != newest.values:
                self._now[series] = hint
        elif ended is not None and hint.open_time_ms == ended.open_time_ms:
            self._ended[series] = hint
        return False

    def _hear_feed(self, changed: frozenset[Series]) -> None:
        market = self._feed.market
        if market is not self._market and (market is None or self._feed.unlisted is not None):
            self._leave()
            self._market = market
            self._open(market)
        for series in changed:
            self._compare(series)

    def _open(self, market: Market | None) -> None:
        unlisted = self._feed.unlisted or {}
        symbols = tuple(symbol for symbol in self._feed.symbols() if symbol not in unlisted)
        self._stream = None if market is None else market.open_stream(symbols, self._shortest, self.hear)
        if self._stream is not None:
            self._stream.start()

    def _leave(self) -> None:
        self._market = None
        stream, self._stream = self._stream, None
        if stream is not None:
            self._earlier_reconnects += stream.reconnects
            stream.stop()
        with self._lock:
            self._now, self._ended = {}, {}

    def _compare(self, series: Series) -> None:
        """Once a candle has come that the stream has left behind, whether both say the same of it."""
        with self._lock:
            ended = self._ended.get(series)
        if ended is None:
            return
        try:
            held = self._feed.arrays(*series)
        except CandorError:
            return
        place = int(np.searchsorted(held.open_time_ms, ended.open_time_ms))
        if place == len(held) or held.open_time_ms[place] != ended.open_time_ms:
            return
        with self._lock:
            self._ended.pop(series, None)
        if not np.allclose(held.values[:, place], ended.values, rtol=1e-9, atol=0):
            self.disagreements += 1
            log.info("%s: the stream told the candle of %s otherwise.", series, moment_text(ended.open_time_ms))


def _joined(before: CandleArrays, hint: Hint, begin: int) -> Hint:
    """What closed candles and the one that is open make together."""
    if not len(before):
        return hint
    return Hint(
        begin,
        float(before.open[0]),
        max(float(before.high.max()), hint.high),
        min(float(before.low.min()), hint.low),
        hint.close,
        float(before.volume.sum()) + hint.volume,
        hint.heard_at,
    )
