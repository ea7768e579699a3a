"""What the ledger is asked: its head, its counts, its signals page by page."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, func, literal, select

from core.domain import Series, Timeframe
from core.journal.database import Database
from core.journal.shown import decompressed
from core.journal.store import Head, head_of
from core.journal.tables import entries, missing, shown, signals
from core.journal.vocabulary import Origin


@dataclass(frozen=True, slots=True)
class StoredSignal:
    """One signal as it stands in the ledger; ``shown`` is the JSON of the prediction as it was shown, times are Unix ms."""

    seq: int
    recorded_at_ms: int
    origin: str
    candle_open_ms: int
    issued_at_ms: int
    delay_ms: int
    code: str
    shown: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many signals of each origin, and how many candles without one, up to entry ``seq``."""

    seq: int = 0
    live: int = 0
    replayed: int = 0
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which signals: those after entry ``after``, and of these only what is named; empty means all."""

    after: int = 0
    symbols: Collection[str] = ()
    timeframe: Timeframe | None = None
    origin: Origin | None = None


class LedgerReader:
    """Reads one market's ledger. Thread-safe; LedgerUnavailable where it cannot be read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._counts = Counts()

    def head(self) -> Head:
        with self._database.reading() as connection:
            return head_of(connection)

    def head_and_counts(self) -> tuple[Head, Counts]:
        """The last entry, and what there is up to it; only what is new is counted."""
        with self._lock, self._database.reading() as connection:
            head = head_of(connection)
            self._counts = _counted(connection, self._counts, head.seq)
            return head, self._counts

    def signals(self, wanted: Wanted, limit: int) -> tuple[list[StoredSignal], int]:
        """The next ``limit`` signals in the order they were entered, and after which entry to go on."""
        with self._database.reading() as connection:
            head = head_of(connection)
            query = _narrowed(_STORED, wanted).where(signals.c.seq > wanted.after).order_by(signals.c.seq).limit(limit)
            found = [_stored(row) for row in connection.execute(query)]
        return found, found[-1].seq if len(found) == limit else max(wanted.after, head.seq)

    def signal(self, seq: int) -> StoredSignal | None:
        """The signal of one entry; None where there is none, or it is no signal."""
        with self._database.reading() as connection:
            row = connection.execute(_STORED.where(signals.c.seq == seq)).first()
        return None if row is None else _stored(row)

    def symbols(self) -> tuple[str, ...]:
        """Every coin with a signal, in alphabetical order."""
        with self._database.reading() as connection:
            return tuple(connection.execute(select(signals.c.symbol).distinct().order_by(signals.c.symbol)).scalars())

    def newest_candles(self) -> dict[Series, int]:
        """The open time, in Unix milliseconds, of the newest candle of each series that is spoken for, live or as missing."""
        newest: dict[Series, int] = {}
        live = select(signals.c.symbol, signals.c.timeframe, func.max(signals.c.candle_open_ms))
        live = live.where(signals.c.origin == Origin.LIVE.value).group_by(signals.c.symbol, signals.c.timeframe)
        with self._database.reading() as connection:
            for symbol, timeframe, open_ms in connection.execute(live):
                newest[Series(symbol, Timeframe(timeframe))] = open_ms
            for timeframe in Timeframe:
                for symbol, open_ms in connection.execute(_newest_silence(timeframe)):
                    series = Series(symbol, timeframe)
                    newest[series] = max(open_ms, newest.get(series, open_ms))
        return newest


_STORED = (
    select(
        signals.c.seq,
        entries.c.recorded_at_ms,
        signals.c.origin,
        signals.c.candle_open_ms,
        signals.c.issued_at_ms,
        signals.c.delay_ms,
        signals.c.code,
        shown.c.shown,
    )
    .join(entries, entries.c.seq == signals.c.seq)
    .join(shown, shown.c.seq == signals.c.seq)
)


def _stored(row: Sequence[Any]) -> StoredSignal:
    seq, recorded_at_ms, origin, candle_open_ms, issued_at_ms, delay_ms, code, packed = row
    return StoredSignal(seq, recorded_at_ms, origin, candle_open_ms, issued_at_ms, delay_ms, code, decompressed(packed))


def _narrowed(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.symbols:
        query = query.where(signals.c.symbol.in_(list(wanted.symbols)))
    if wanted.timeframe is not None:
        query = query.where(signals.c.timeframe == wanted.timeframe.value)
    if wanted.origin is not None:
        query = query.where(signals.c.origin == wanted.origin.value)
    return query


def _newest_silence(timeframe: Timeframe) -> Select[Any]:
    last = missing.c.candle_open_ms + (missing.c.candles - 1) * literal(timeframe.milliseconds, BigInteger)
    return (
        select(missing.c.symbol, func.max(last))
        .where(missing.c.timeframe == timeframe.value)
        .group_by(missing.c.symbol)
    )


def _counted(connection: Connection, before: Counts, seq: int) -> Counts:
    by_origin = select(signals.c.origin, func.count()).where(signals.c.seq > before.seq, signals.c.seq <= seq)
    new = dict(tuple(row) for row in connection.execute(by_origin.group_by(signals.c.origin)))
    silent = select(func.coalesce(func.sum(missing.c.candles), 0)).where(
        missing.c.seq > before.seq, missing.c.seq <= seq
    )
    return Counts(
        seq,
        before.live + new.get(Origin.LIVE.value, 0),
        before.replayed + new.get(Origin.REPLAYED.value, 0),
        before.missing + int(connection.execute(silent).scalar_one()),
    )
