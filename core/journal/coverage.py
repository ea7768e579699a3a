"""What a ledger already says about the candles of a batch, so that nothing is entered twice and no silence is made up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import BigInteger, Connection, literal, select

from core.domain import Series, Timeframe
from core.journal.damage import MOST_CANDLES
from core.journal.entries import CandleEntry, Key, MissingEntry, SignalEntry
from core.journal.tables import missing, signals
from core.journal.vocabulary import MissingReason, Origin

_VALUES_TOGETHER = 500
"""Of one kind in one question; databases take some thousands."""

T = TypeVar("T", str, int)


class Coverage:
    """The keys of signals that are there, and the candles of each series that are spoken for, live or as missing."""

    def __init__(self) -> None:
        self._keys: set[Key] = set()
        self._candles: dict[Series, set[int]] = {}

    @classmethod
    def of(cls, connection: Connection, issued: Collection[Key], silences: Sequence[MissingEntry]) -> Coverage:
        """What the ledger says of signals with these keys, and of silent candles, in the transaction of ``connection``."""
        coverage = cls()
        for timeframe in {key[1] for key in issued}:
            symbols, _, times, *_ = zip(*(key for key in issued if key[1] == timeframe), strict=True)
            coverage._read_keys(connection, timeframe, symbols, times)
        coverage._read_single_candles(connection, [each for each in silences if each.candles == 1])
        for each in silences:
            if each.candles > 1:
                coverage._read_span(connection, each)
        return coverage

    def takes(self, key: Key) -> bool:
        """Whether a signal with this key is new; from then on it is not."""
        new = key not in self._keys
        self._keys.add(key)
        symbol, timeframe, open_ms, _, origin = key
        if origin == Origin.LIVE:
            self._covered(Series(symbol, Timeframe(timeframe))).add(open_ms)
        return new

    def covers(self, silence: MissingEntry) -> bool:
        """Whether all candles of ``silence`` are spoken for."""
        return self._covered(silence.series).issuperset(silence.open_times)

    def uncovered(self, silence: MissingEntry) -> Iterator[MissingEntry]:
        """The parts of ``silence`` that are not spoken for; from then on they are."""
        covered = self._covered(silence.series)
        first, candles = silence.candle_open_ms, 0
        for open_ms in silence.open_times:
            if open_ms not in covered:
                first, candles = (first if candles else open_ms), candles + 1
            elif candles:
                yield replace(silence, candle_open_ms=first, candles=candles)
                candles = 0
        if candles:
            yield replace(silence, candle_open_ms=first, candles=candles)
        covered.update(silence.open_times)

    def _covered(self, series: Series) -> set[int]:
        return self._candles.setdefault(series, set())

    def _read_keys(
        self, connection: Connection, timeframe: str, symbols: Collection[str], times: Collection[int]
    ) -> None:
        keys = select(*(signals.c[name] for name in SignalEntry.identified_by))
        for some in some_of(set(symbols)):
            asked = keys.where(
                signals.c.timeframe == timeframe,
                signals.c.symbol.in_(some),
                signals.c.candle_open_ms.between(min(times), max(times)),
            )
            self._keys.update(tuple(row) for row in connection.execute(asked))

    def _read_single_candles(self, connection: Connection, silences: Sequence[MissingEntry]) -> None:
        for timeframe in {each.timeframe for each in silences}:
            together = [each for each in silences if each.timeframe == timeframe]
            symbols, times = {each.symbol for each in together}, {each.candle_open_ms for each in together}
            for some_symbols in some_of(symbols):
                self._read_live(connection, timeframe, some_symbols, min(times), max(times))

    def _read_span(self, connection: Connection, silence: MissingEntry) -> None:
        times = silence.open_times
        self._read_live(connection, silence.timeframe, [silence.symbol], times[0], times[-1])

    def _read_live(
        self, connection: Connection, timeframe: str, symbols: Sequence[str], first_ms: int, last_ms: int
    ) -> None:
        """The candles from ``first_ms`` to ``last_ms`` that are spoken for; rows that were never entered are passed over."""
        live = select(signals.c.symbol, signals.c.candle_open_ms).where(
            signals.c.timeframe == timeframe,
            signals.c.symbol.in_(symbols),
            signals.c.candle_open_ms.between(first_ms, last_ms),
            signals.c.origin == Origin.LIVE.value,
        )
        for symbol, open_ms in connection.execute(live):
            self._covered(Series(symbol, Timeframe(timeframe))).add(open_ms)
        step = Timeframe(timeframe).milliseconds
        silent = select(missing.c.symbol, missing.c.candle_open_ms, missing.c.candles).where(
            missing.c.timeframe == timeframe,
            missing.c.symbol.in_(symbols),
            missing.c.candle_open_ms.between(0, last_ms),
            missing.c.candles.between(1, MOST_CANDLES),
            missing.c.candle_open_ms + missing.c.candles * literal(step, BigInteger) > first_ms,
        )
        for symbol, open_ms, candles in connection.execute(silent):
            asked = range(max(open_ms, first_ms), min(open_ms + candles * step, last_ms + step), step)
            self._covered(Series(symbol, Timeframe(timeframe))).update(asked)


def spoken_for(connection: Connection, waiting: Sequence[CandleEntry]) -> list[CandleEntry]:
    """Those of ``waiting`` of whose candles the ledger says something already, whoever it was."""
    spans = [each if isinstance(each, MissingEntry) else _candle_of(each) for each in waiting]
    coverage = Coverage.of(connection, (), spans)
    return [each for each, span in zip(waiting, spans, strict=True) if coverage.covers(span)]


def _candle_of(signal: SignalEntry) -> MissingEntry:
    return MissingEntry(*signal.series, signal.candle_open_ms, 1, MissingReason.SKIPPED, "", signal.issued_at_ms)


def some_of(values: Iterable[T]) -> Iterator[list[T]]:
    """All of ``values``, sorted, a question's worth at a time."""
    ordered = sorted(values)
    return (ordered[n : n + _VALUES_TOGETHER] for n in range(0, len(ordered), _VALUES_TOGETHER))
