"""Goes through what candles say of recorded signals, some series at a time: after each close, and where one is told anew.

What a feed holds is compared with what it held when its series was looked at last; only signals whose horizon has a
candle that is new or another are looked at again. The first look at a series is at all of its signals that its candles
cover: so what closed or was corrected while nothing ran is found, too. Signals whose candles are no longer held stay
open.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, func, select

from core.domain import Series, Timeframe
from core.journal.entries import OutcomeEntry
from core.journal.judged import Judged, judged
from core.journal.resolution import outcome_entries
from core.journal.store import Ledger, head_of
from core.journal.tables import signals
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
            due = self._due(held)
            some = _first_of(due)
            found = [each for together in _alike(some, held) for each in judged(connection, *together)]
        self._ledger.append([entry for each in found for entry in self._entries(each, held[each.series], now)])
        for series in some:
            self._seen[series] = held[series]
            self._late.pop(series, None)
        return len(some) < len(due)

    def _due(self, held: Candles) -> dict[Series, Span]:
        """The signals of each series that may have another outcome than is known, by their candles."""
        due = dict[Series, Span]()
        for series, candles in held.items():
            spans = [self._changed(series, candles), self._late.get(series)]
            for span in filter(None, spans):
                due[series] = due[series].joined(span) if series in due else span
        return due

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
        """Remember which signals were entered since last time though their horizon was over: their candles come no more."""
        head, entered, s = head_of(connection).seq, self._entered, signals.c
        self._entered = head
        after = max(0, head - RECENT) if entered is None else entered
        if head == after:
            return
        grouped = select(
            s.symbol, s.timeframe, s.horizon_candles, func.min(s.candle_open_ms), func.max(s.candle_open_ms)
        ).where(s.seq > after, s.seq <= head)
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

    def _entries(self, found: Judged, candles: CandleArrays, now: datetime) -> list[OutcomeEntry]:
        """What is new of one series; a row that somebody has broken keeps no other series from its outcomes."""
        try:
            return list(outcome_entries(found, candles, self._fee_percent, unix_ms(now)))
        except Exception:
            log.exception("What became of the signals of %s cannot be told.", found.series)
            return []


def changed_times(before: CandleArrays, after: CandleArrays) -> np.ndarray:
    """Open times of the candles of ``after`` that ``before`` lacks, or has with another high, low or close."""
    known = np.isin(after.open_time_ms, before.open_time_ms, assume_unique=True)
    again = np.isin(before.open_time_ms, after.open_time_ms, assume_unique=True)
    changed = ~known
    changed[known] = (before.values[1:4, again] != after.values[1:4, known]).any(axis=0)
    return after.open_time_ms[changed]


def _first_of(due: Mapping[Series, Span]) -> dict[Series, Span]:
    """As many series as a pass takes, one at least."""
    some, candles = dict[Series, Span](), 0
    for series, span in due.items():
        candles += (span.last_ms - span.first_ms) // series.timeframe.milliseconds + 1
        if some and candles > MOST_CANDLES:
            break
        some[series] = span
    return some


def _alike(due: Mapping[Series, Span], held: Candles) -> Iterable[tuple[Timeframe, list[str], int, int, int]]:
    """What to ask for together: series of one timeframe whose spans and last candles are the same."""
    together = defaultdict[tuple[Timeframe, Span, int], list[str]](list)
    for series, span in due.items():
        together[series.timeframe, span, int(held[series].open_time_ms[-1])].append(series.symbol)
    for (timeframe, span, until_ms), symbols in together.items():
        yield timeframe, symbols, *span, until_ms
