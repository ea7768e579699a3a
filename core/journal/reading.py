"""What the ledger is asked: its head, its counts, its signals page by page."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, case, func, literal, null, select

from core.domain import Series, Timeframe
from core.journal.boards import PastBoard, past_boards
from core.journal.changing import ChangesReader
from core.journal.compared import StoredComparison, comparisons_after, newest_comparisons
from core.journal.coverage import spoken_for
from core.journal.damage import is_time
from core.journal.database import Database
from core.journal.entries import CandleEntry
from core.journal.events import Events, events_after
from core.journal.exporting import ExportFormat, ExportTable, exported
from core.journal.hours import hour_records
from core.journal.migrating import require_newest
from core.journal.records import Records
from core.journal.store import Head, head_of
from core.journal.stored import STORED, StoredSignal, stored_signal
from core.journal.tables import comparisons, entries, missing, models, outcomes, signals
from core.journal.vocabulary import Origin
from core.signals.hours import HourRecord

SHORTLY = 10_000
"""Entries between a silence and the signal that ends it, at most."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many signals of each origin, candles on which none was issued live, models and comparisons, up to entry ``seq``.

    ``outcomes`` are signals with an outcome, ``corrections`` what was entered in the place of one.
    """

    seq: int = 0
    live: int = 0
    replayed: int = 0
    missing: int = 0
    outcomes: int = 0
    corrections: int = 0
    models: int = 0
    comparisons: int = 0

    @property
    def open(self) -> int:
        """Signals of which nobody knows yet what became of them."""
        return self.live + self.replayed - self.outcomes


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
        self.records = Records(database)
        self.changes = ChangesReader(database)
        self.database = database
        self._lock = threading.Lock()
        self._counts = Counts()
        self._horizon_ends: dict[int, int] = {}
        """Of each signal that is open up to the entry that was counted last, by its number; Unix milliseconds."""

    def require_newest_step(self) -> None:
        """LedgerRefused where the tables are not those that this version reads."""
        with self.database.reading() as connection:
            require_newest(connection, self.database.where, self.database.path)

    def exported(self, table: str, form: str, until: int, metadata: Mapping[str, str]) -> Iterator[bytes]:
        """A table's file, piece by piece (core.journal.exporting), as of entry ``until``, with ``metadata`` on it."""
        return exported(self.database, ExportTable(table), ExportFormat(form), until, metadata)

    def head(self) -> Head:
        with self.database.reading() as connection:
            return head_of(connection)

    def hash_of(self, seq: int) -> bytes | None:
        """The hash of one entry, which no entry of another ledger has; None where there is no such entry."""
        with self.database.reading() as connection:
            return connection.execute(select(entries.c.hash).where(entries.c.seq == seq)).scalar()

    def head_and_counts(self) -> tuple[Head, Counts]:
        """The last entry, and what there is up to it; only what is new is counted."""
        with self._lock, self.database.reading() as connection:
            head = head_of(connection)
            self._read_open(connection, head.seq)
            self._counts = _counted(connection, self._counts, head.seq)
            return head, self._counts

    def overdue(self, now_ms: int) -> int:
        """How many signals that were open when it was counted last lack an outcome though their horizon is over.

        ``now_ms`` is the market's time. Candles are missing inside it, or were no longer held when they could have been
        looked at.
        """
        with self._lock:
            return sum(ends_ms <= now_ms for ends_ms in self._horizon_ends.values())

    def signals(self, wanted: Wanted, limit: int) -> tuple[list[StoredSignal], int]:
        """The next ``limit`` signals in the order they were entered, and after which entry to go on."""
        with self.database.reading() as connection:
            head = head_of(connection)
            query = _narrowed(STORED, wanted).where(signals.c.seq > wanted.after).order_by(signals.c.seq).limit(limit)
            found = [self._stored(row) for row in connection.execute(query)]
        return found, found[-1].seq if len(found) == limit else max(wanted.after, head.seq)

    def comparisons(self, after: int, limit: int) -> tuple[list[StoredComparison], int]:
        """The next ``limit`` comparisons of models in the order they were entered, and after which entry to go on."""
        return comparisons_after(self.database, after, limit)

    def newest_comparisons(self) -> tuple[StoredComparison, ...]:
        """The last one of each timeframe."""
        return newest_comparisons(self.database)

    def events(self, after: int, most: int) -> Events:
        """The next events after entry ``after``, about ``most`` (core.journal.events)."""
        return events_after(self.database, after, most)

    def signal(self, seq: int) -> StoredSignal | None:
        """The signal of one entry; None where there is none, or it is no signal."""
        with self.database.reading() as connection:
            row = connection.execute(STORED.where(signals.c.seq == seq)).first()
        return None if row is None else self._stored(row)

    def signals_on(self, series: Series, candle_open_ms: int) -> tuple[StoredSignal, ...]:
        """The signals of a series on one candle, live ones first, as they were issued: of each model and origin one."""
        wanted = STORED.where(
            signals.c.symbol == series.symbol,
            signals.c.timeframe == series.timeframe.value,
            signals.c.candle_open_ms == candle_open_ms,
        )
        with self.database.reading() as connection:
            rows = connection.execute(wanted.order_by(signals.c.origin, signals.c.seq)).all()
            return tuple(self._stored(row) for row in rows)

    def understood(self, seq: int | None = None) -> AbstractContextManager[None]:
        """What goes wrong inside with what was read, of entry ``seq`` or of any, becomes LedgerDamaged."""
        return self.database.understood(seq)

    def _stored(self, row: Sequence[Any]) -> StoredSignal:
        with self.understood(row[0]):
            return stored_signal(row)

    def _read_open(self, connection: Connection, until: int) -> None:
        """Know which signals are open at entry ``until``, from what was entered since it was counted last."""
        after = self._counts.seq
        self._horizon_ends |= _open_since(connection, after, until)
        new = select(outcomes.c.signal_seq).where(outcomes.c.seq > after, outcomes.c.seq <= until)
        for seq in connection.execute(new).scalars() if self._horizon_ends else ():
            self._horizon_ends.pop(seq, None)

    def symbols(self) -> tuple[str, ...]:
        """Every coin with a signal, in alphabetical order."""
        with self.database.reading() as connection:
            return tuple(connection.execute(select(signals.c.symbol).distinct().order_by(signals.c.symbol)).scalars())

    def boards(self, timeframe: Timeframe, symbols: Collection[str], since_ms: int) -> tuple[PastBoard, ...]:
        """How likely moves were on each past candle, for these coins together (core.journal.boards)."""
        with self.database.reading() as connection:
            return past_boards(connection, timeframe, symbols, since_ms)

    def hours(self, timeframe: Timeframe, symbols: Collection[str], since_ms: int) -> tuple[HourRecord, ...]:
        """How often a barrier was touched after the candles of each hour of the day (core.journal.hours)."""
        with self.database.reading() as connection:
            return hour_records(connection, timeframe, symbols, since_ms)

    def spoken_for(self, waiting: Sequence[CandleEntry]) -> list[CandleEntry]:
        """Those of ``waiting`` of whose candles the ledger says something already (core.journal.coverage)."""
        if not waiting:
            return []
        with self.database.reading() as connection:
            return spoken_for(connection, waiting)

    def newest_candles(self) -> dict[Series, int]:
        """The open time, in Unix milliseconds, of the newest candle of each series that is spoken for, live or as missing.

        Rows that were never entered are passed over: recording goes on where a ledger is damaged.
        """
        newest: dict[Series, int] = {}
        with self.database.reading() as connection:
            for timeframe in Timeframe:
                for query in (_newest_signal(timeframe), _newest_silence(timeframe)):
                    for symbol, open_ms in connection.execute(query):
                        series = Series(symbol, timeframe)
                        newest[series] = max(open_ms, newest.get(series, open_ms))
        return newest


def _narrowed(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.symbols:
        query = query.where(signals.c.symbol.in_(list(wanted.symbols)))
    if wanted.timeframe is not None:
        query = query.where(signals.c.timeframe == wanted.timeframe.value)
    if wanted.origin is not None:
        query = query.where(signals.c.origin == wanted.origin.value)
    return query


def _newest_signal(timeframe: Timeframe) -> Select[Any]:
    wanted = signals.c.origin == Origin.LIVE.value, signals.c.timeframe == timeframe.value
    newest = select(signals.c.symbol, func.max(signals.c.candle_open_ms)).where(*wanted)
    return newest.where(is_time(signals.c.candle_open_ms)).group_by(signals.c.symbol)


def _newest_silence(timeframe: Timeframe) -> Select[Any]:
    last = missing.c.candle_open_ms + (missing.c.candles - 1) * literal(timeframe.milliseconds, BigInteger)
    newest = select(missing.c.symbol, func.max(last)).where(missing.c.timeframe == timeframe.value)
    return newest.where(is_time(missing.c.candle_open_ms), is_time(last)).group_by(missing.c.symbol)


def _spoken_after_all(connection: Connection, after: int, until: int) -> int:
    """How many candles got a signal among these entries that were called silent shortly before: not missing any more.

    Of two processes one may see nothing until a candle's time is over, and the other write its signal later still.
    """
    spoken = 0
    for timeframe in Timeframe:
        last_ms = missing.c.candle_open_ms + (missing.c.candles - 1) * literal(timeframe.milliseconds, BigInteger)
        signals_in_silence = (
            select(func.count(signals.c.candle_open_ms.distinct()))
            .where(
                signals.c.symbol == missing.c.symbol,
                signals.c.timeframe == timeframe.value,
                signals.c.candle_open_ms.between(missing.c.candle_open_ms, last_ms),
                signals.c.origin == Origin.LIVE.value,
                signals.c.seq > missing.c.seq,
                signals.c.seq > after,
                signals.c.seq <= until,
            )
            .scalar_subquery()
        )
        silences = select(func.coalesce(func.sum(signals_in_silence), 0)).where(
            missing.c.timeframe == timeframe.value, missing.c.seq > after - SHORTLY, missing.c.seq <= until
        )
        spoken += int(connection.execute(silences).scalar_one())
    return spoken


def _open_since(connection: Connection, after: int, until: int) -> dict[int, int]:
    """When the horizon ends of each signal among these entries that has no outcome yet, by its number; Unix ms."""
    s, ends = signals.c, dict[int, int]()
    lacking = (
        select(s.seq, s.timeframe, s.candle_open_ms, s.horizon_candles)
        .outerjoin(outcomes, outcomes.c.follows == s.seq)
        .where(s.seq > after, s.seq <= until, outcomes.c.seq == null())
    )
    for seq, timeframe, open_ms, horizon in connection.execute(lacking):
        ends[seq] = open_ms + (1 + horizon) * Timeframe(timeframe).milliseconds
    return ends


def _counted(connection: Connection, before: Counts, seq: int) -> Counts:
    by_origin = select(signals.c.origin, func.count()).where(signals.c.seq > before.seq, signals.c.seq <= seq)
    new = dict(tuple(row) for row in connection.execute(by_origin.group_by(signals.c.origin)))
    silent = select(func.coalesce(func.sum(missing.c.candles), 0)).where(
        missing.c.seq > before.seq, missing.c.seq <= seq
    )
    first = outcomes.c.follows == outcomes.c.signal_seq
    resolved = select(func.count(case((first, 1))), func.count()).where(
        outcomes.c.seq > before.seq, outcomes.c.seq <= seq
    )
    firsts, all_outcomes = connection.execute(resolved).one()
    described, compared = (
        select(func.count()).where(table.c.seq > before.seq, table.c.seq <= seq) for table in (models, comparisons)
    )
    return Counts(
        seq,
        before.live + new.get(Origin.LIVE.value, 0),
        before.replayed + new.get(Origin.REPLAYED.value, 0),
        before.missing + int(connection.execute(silent).scalar_one()) - _spoken_after_all(connection, before.seq, seq),
        before.outcomes + firsts,
        before.corrections + all_outcomes - firsts,
        before.models + connection.execute(described).scalar_one(),
        before.comparisons + connection.execute(compared).scalar_one(),
    )
