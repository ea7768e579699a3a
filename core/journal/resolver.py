"""Goes through what candles say of recorded signals, some series at a time: after each close, and where one is told anew.

What a feed holds is compared with what it held when its series was looked at last; only signals whose horizon has a
candle that is new or another are looked at again. The first look at a series is at all of its signals that its candles
cover: so what closed or was corrected while nothing ran is found, too. Signals whose candles are no longer held stay
open.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, func, select

from core.domain import Series, Timeframe
from core.journal.coverage import some_of
from core.journal.damage import seems_entered
from core.journal.judged import Asked, Judged, judged
from core.journal.resolution import CameOf, came_of, enter
from core.journal.store import Ledger, head_of
from core.journal.tables import outcomes, signals
from core.journal.vocabulary import Origin
from core.market.candles import CandleArrays, unix_ms
from core.model.barriers import HORIZON_CANDLES

log = logging.getLogger(__name__)

MOST_CANDLES = 10_000
"""Of all series together whose signals one pass looks at: it takes some tenths of a second, and signals wait no longer."""

RECENT = 50_000
"""Entries at the chain's end that tell which horizons there are."""

Candles = Mapping[Series, CandleArrays]
"""What is held of each series, all of it closed."""


class Span(NamedTuple):
    """Open times of the first and the last of the candles whose signals are looked at, Unix milliseconds."""

    first_ms: int
    last_ms: int

    def joined(self, other: Span) -> Span:
        return Span(min(self.first_ms, other.first_ms), max(self.last_ms, other.last_ms))


class Resolver:
    """One ledger's, for one thread. ``fee_percent`` is of each side of a trade."""

    def __init__(self, ledger: Ledger, fee_percent: float) -> None:
        self._ledger, self._fee_percent = ledger, fee_percent
        self._seen: dict[Series, CandleArrays] = {}
        self._late: dict[Series, Span] = {}
        self._entered: int | None = None
        self._longest = HORIZON_CANDLES

    def work(self, held: Candles, now: datetime) -> bool:
        """Enter what ``held`` says of some series more; whether there is more to do. ``now`` is the market's time.

        LedgerUnavailable where the ledger cannot be used; then the same series come again.
        """
        self._seen = {series: seen for series, seen in self._seen.items() if series in held}
        with self._ledger.database.reading() as connection:
            self._read_late(connection, unix_ms(now))
            due, over = self._due(held)
            found = [part for asked in _alike(due, held) for part in _judged(connection, asked)]
        enter(self._ledger, [self._came_of(each, held, now) for each in found])
        for series in due:
            self._seen[series] = held[series]
            self._late.pop(series, None)
        return not over

    def _due(self, held: Candles) -> tuple[dict[Series, Span], bool]:
        """Whose signals may have another outcome than is known, by their candles, and whether these are all there are."""
        due, looked_at = dict[Series, Span](), 0
        for series, candles in held.items():
            spans = [span for span in (self._changed(series, candles), self._late.get(series)) if span is not None]
            if not spans:
                self._seen[series] = candles
                continue
            if looked_at > MOST_CANDLES:
                return due, False
            span = due[series] = reduce(Span.joined, spans)
            looked_at += (span.last_ms - span.first_ms) // series.timeframe.milliseconds + 1
        return due, True

    def _changed(self, series: Series, candles: CandleArrays) -> Span | None:
        seen = self._seen.get(series)
        if seen is candles or not len(candles):
            return None
        step = series.timeframe.milliseconds
        if seen is None:
            return Span(int(candles.open_time_ms[0]) - step, int(candles.open_time_ms[-1]) - step)
        changed = changed_times(seen, candles)
        if not len(changed):
            return None
        return Span(int(changed[0]) - self._longest * step, int(changed[-1]) - step)

    def _read_late(self, connection: Connection, now_ms: int) -> None:
        """Remember which signals were entered since last time though their horizon was over: their candles come no more.

        A replay enters the outcomes of its own; what closed while it did is left to this.
        """
        head, entered, s = head_of(connection).seq, self._entered, signals.c
        self._entered = head
        after = max(0, head - RECENT) if entered is None else entered
        if head == after:
            return
        grouped = select(
            s.symbol, s.timeframe, s.horizon_candles, func.min(s.candle_open_ms), func.max(s.candle_open_ms)
        ).where(s.seq > after, s.seq <= head, seems_entered(connection, signals))
        known = select(outcomes.c.seq).where(outcomes.c.signal_seq == s.seq).exists()
        grouped = grouped.where((s.origin == Origin.LIVE.value) | ~known)
        rows = connection.execute(grouped.group_by(s.symbol, s.timeframe, s.horizon_candles)).all()
        for symbol, timeframe, horizon, first_ms, last_ms in rows:
            self._longest = max(self._longest, horizon)
            series, over = (
                Series(symbol, Timeframe(timeframe)),
                now_ms - (1 + horizon) * Timeframe(timeframe).milliseconds,
            )
            if entered is not None and first_ms <= over:
                span = Span(first_ms, min(last_ms, over))
                self._late[series] = self._late.get(series, span).joined(span)

    def _came_of(self, found: Judged, held: Candles, now: datetime) -> CameOf:
        candles = [held[Series(symbol, found.timeframe)] for symbol in found.symbols]
        return came_of(found, candles, self._fee_percent, unix_ms(now))


def changed_times(before: CandleArrays, after: CandleArrays) -> np.ndarray:
    """Open times of the candles of ``after`` that ``before`` lacks, or has with another high, low or close."""
    if _only_newer(before, after):
        return after.open_time_ms[after.open_time_ms > before.open_time_ms[-1]]
    known = np.isin(after.open_time_ms, before.open_time_ms, assume_unique=True)
    again = np.isin(before.open_time_ms, after.open_time_ms, assume_unique=True)
    changed = ~known
    changed[known] = (before.values[_DECISIVE, again] != after.values[_DECISIVE, known]).any(axis=0)
    return after.open_time_ms[changed]


def _only_newer(before: CandleArrays, after: CandleArrays) -> bool:
    """Whether ``after`` is the end of ``before`` and what came since: nearly always, and soon told."""
    dropped = int(np.searchsorted(before.open_time_ms, after.open_time_ms[0]))
    kept = len(before) - dropped
    return (
        0 < kept <= len(after)
        and np.array_equal(before.open_time_ms[dropped:], after.open_time_ms[:kept])
        and np.array_equal(before.values[_DECISIVE, dropped:], after.values[_DECISIVE, :kept])
    )


_DECISIVE = slice(1, 4)
"""High, low and close."""


def _alike(due: Mapping[Series, Span], held: Candles) -> Iterator[Asked]:
    """What to ask for together: series of one timeframe whose spans and last candles are the same."""
    together = defaultdict[tuple[Timeframe, Span, int], list[str]](list)
    for series, span in due.items():
        together[series.timeframe, span, int(held[series].open_time_ms[-1])].append(series.symbol)
    for (timeframe, span, until_ms), symbols in together.items():
        for some in some_of(symbols):
            yield Asked(timeframe, tuple(some), *span, until_ms)


def _judged(connection: Connection, asked: Asked) -> Iterator[Judged]:
    """The signals asked for; where somebody has broken a row, those of the other series."""
    try:
        yield judged(connection, asked)
    except ValueError:
        if len(asked.symbols) == 1:
            log.error("The ledger's rows of %s %s are damaged.", *asked.symbols, asked.timeframe)
            return
        for symbol in asked.symbols:
            yield from _judged(connection, replace(asked, symbols=(symbol,)))
