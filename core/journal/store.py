"""A market's ledger, to write to: entries are added at the end of the chain, each at most once, and never changed."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import compress
from typing import Any

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.exc import IntegrityError

from core.journal.chain import first_hash, hashes_along, texts_of
from core.journal.coverage import Coverage
from core.journal.database import Database, open_database
from core.journal.entries import (
    ENTRIES,
    TABLES,
    ComparisonEntry,
    Entry,
    Key,
    MissingEntry,
    ModelEntry,
    OutcomeEntry,
    SignalEntry,
)
from core.journal.errors import LedgerRefused, LedgerUnavailable, names_what_is_not_there
from core.journal.inserting import insert_columns
from core.journal.known import Known
from core.journal.migrating import migrate
from core.journal.places import Place
from core.journal.sheets import Sheet
from core.journal.shown import compressed
from core.journal.tables import entries, ledger, shown

MOST_TOGETHER = 4_000
"""Entries of one transaction."""

ATTEMPTS = 10
"""How often a batch is tried while other processes add entries at the same instant."""


Batch = Sequence[Entry] | Sheet
"""What is added together: entries, or a sheet where they are thousands that nobody waits to hear of, as a replay's."""

Beside = Callable[[Connection, Callable[[], Sequence[tuple[int, Entry]]]], None]
"""Writes what belongs to entries into the transaction that adds them, given what makes them with their numbers, since
those of a sheet are objects only for whoever asks. It may be called once more where another process was faster; nothing
belongs to a replay's signals."""

Fence = Callable[[Connection], int | None]
"""Called first in each transaction that adds entries: the epoch that they are of, None where nobody leads; raises where
this process may add none."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a chain; number 0 and the hash that the first one follows where there is none yet."""

    seq: int
    hash: bytes
    recorded_at_ms: int


class Ledger:
    """One market's ledger. Thread-safe; any number of processes may have it open."""

    def __init__(
        self, database: Database, beside: Beside | None = None, fence: Fence = lambda connection: None
    ) -> None:
        self.database = database
        self._beside, self._fence = beside, fence
        self._one_adds = threading.Lock()
        """Two threads that add at one instant would only make each other begin again."""
        self.writes = self.added = 0
        """How many transactions added something, and how many entries, since it was opened."""

    @classmethod
    def open(cls, place: Place, beside: Beside | None = None, fence: Fence = lambda connection: None) -> Ledger:
        """The ledger at ``place``, made where there is none; ``beside`` is called with what is added, ``fence`` before.

        LedgerUnavailable where it cannot be opened now, LedgerRefused where another market's is there.
        """
        database = open_database(place)
        try:
            make_ready(database, place.market)
        except BaseException:
            database.close()
            raise
        return cls(database, beside, fence)

    def append(self, batch: Batch) -> int:
        """Add what the ledger does not have yet, in order; returns how many entries that were.

        All of one call are durable when it returns, and none where it raises LedgerUnavailable, unless they are more
        than MOST_TOGETHER: then those of the first transactions may be.
        """
        return sum(self._append(batch[n : n + MOST_TOGETHER]) for n in range(0, len(batch), MOST_TOGETHER))

    def head(self) -> Head:
        """The last entry, as it stands for everybody."""
        with self.database.reading() as connection:
            return head_of(connection)

    def close(self) -> None:
        self.database.close()

    def _append(self, batch: Batch) -> int:
        for attempt in range(ATTEMPTS):
            with self.database.understood(), self.database.in_words():
                try:
                    with self._one_adds, self.database.writing() as connection:
                        first, added = _add(connection, batch, self._fence(connection))
                        if self._beside is not None and _is_news(added):
                            self._beside(connection, partial(_numbered, added, first))
                    return self._counted(len(added))
                except IntegrityError as error:
                    if names_what_is_not_there(error):
                        raise LedgerRefused(
                            f"An entry for the ledger in {self.database.where} names another one that is not in it.",
                            self.database.path,
                        ) from error
                    # another process was faster: what it wrote is taken into account, once more
                    time.sleep(random.uniform(0, 0.01 * 2**attempt))
        raise LedgerUnavailable(
            f"The ledger in {self.database.where} cannot be written: others write at the same instant. It is tried again.",
            self.database.path,
        )

    def _counted(self, added: int) -> int:
        with self._one_adds:
            self.writes, self.added = self.writes + (added > 0), self.added + added
        return added


def make_ready(database: Database, market: str) -> None:
    """Make ``database`` a ledger of ``market`` that this version writes; errors as of Ledger.open."""
    with database.migrating() as connection:
        migrate(connection, database.where, database.path)
        _claim(connection, market, database)


def head_of(connection: Connection) -> Head:
    """The last entry of the chain; TypeError where somebody has made something else of its hash."""
    newest = select(entries.c.seq, entries.c.hash, entries.c.recorded_at_ms).order_by(entries.c.seq.desc()).limit(1)
    row = connection.execute(newest).first()
    return (
        beginning_of(connection) if row is None else Head(row.seq, memoryview(row.hash).tobytes(), row.recorded_at_ms)
    )


def beginning_of(connection: Connection) -> Head:
    """What the first entry follows; LedgerRefused where nobody can say whose ledger it is."""
    claims = connection.execute(select(ledger.c.market, ledger.c.created_at_ms)).all()
    if len(claims) != 1:
        raise LedgerRefused(f"A ledger belongs to one market; this one names {len(claims)}.")
    market, created_at_ms = claims[0]
    return Head(0, first_hash(market, created_at_ms), created_at_ms)


def now_ms() -> int:
    """This machine's time, Unix milliseconds."""
    return time.time_ns() // 1_000_000


def _claim(connection: Connection, market: str, database: Database) -> None:
    """Make the ledger this market's, or make sure that it is."""
    markets = list(connection.execute(select(ledger.c.market)).scalars())
    if not markets:
        connection.execute(insert(ledger).values(market=market, created_at_ms=now_ms()))
    elif markets != [market]:
        raise LedgerRefused(
            f"The ledger in {database.where} is that of the market {' and '.join(markets)}; expected {market}. "
            "Markets never share one: move it away.",
            database.path,
        )


def _add(connection: Connection, batch: Batch, epoch: int | None) -> tuple[int, Batch]:
    """Add what is new of a batch in ``epoch``; the number of its first entry, and what that is."""
    new = _new_of(connection, batch)
    head, recorded_at_ms = head_of(connection), now_ms()
    numbers = range(head.seq + 1, head.seq + 1 + len(new))
    sheets = list(_by_kind(new, numbers))
    texts = {seq: text for seqs, sheet in sheets for seq, text in zip(seqs, texts_of(sheet, epoch), strict=True)}
    hashes = list(hashes_along(head.hash, numbers.start, recorded_at_ms, [texts[seq] for seq in numbers]))
    kinds = {seq: sheet.kind.kind for seqs, sheet in sheets for seq in seqs}
    chained = {
        "seq": numbers,
        "kind": [kinds[seq] for seq in numbers],
        "recorded_at_ms": [recorded_at_ms] * len(new),
        "previous_hash": [head.hash, *hashes[:-1]],
        "hash": hashes,
        "epoch": [epoch] * len(new),
    }
    insert_columns(connection, entries, chained)
    for table in TABLES:  # whatever the batch begins with: what is referred to comes first
        for seqs, sheet in sheets:
            if table in sheet.kind.tables:
                insert_columns(connection, table, _columns_in(table, seqs, sheet))
    return numbers.start, new


def _by_kind(new: Batch, numbers: Sequence[int]) -> Iterator[tuple[Sequence[int], Sheet]]:
    """A sheet of each kind there is, and the numbers of its entries."""
    if isinstance(new, Sheet):
        yield numbers, new
        return
    for kind in ENTRIES.values():
        some = [(seq, entry) for seq, entry in zip(numbers, new, strict=True) if isinstance(entry, kind)]
        if some:
            yield [seq for seq, _ in some], Sheet.of_entries(kind, [entry for _, entry in some])


def _columns_in(table: Table, seqs: Sequence[int], sheet: Sheet) -> Mapping[str, Sequence[Any]]:
    """What of a sheet goes into one of its kind's tables; into one named like a column, only what has something there."""
    columns = {"seq": seqs, **{name: sheet.columns[name] for name in _own_columns(table)}}
    if table.name in columns:
        there = [value is not None for value in columns[table.name]]
        columns = {name: list(compress(values, there)) for name, values in columns.items()}
    return columns | {"shown": list(map(compressed, columns["shown"]))} if table is shown else columns


@cache
def _own_columns(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.c if column.name != "seq")


def _new_of(connection: Connection, batch: Batch) -> Batch:
    """What of a batch is new, in its order; candles that meanwhile have a signal are missing no longer."""
    coverage = Coverage.of(connection, _keys(batch, SignalEntry), _silences(batch))
    known = Known.of(connection, *(_keys(batch, kind) for kind in (ModelEntry, OutcomeEntry, ComparisonEntry)))
    if isinstance(batch, Sheet):
        takes = coverage.takes if batch.kind is SignalEntry else known.takes
        new = list(map(takes, batch.keys()))
        return batch if all(new) else batch.only(new)
    return [new for entry in batch for new in _new_parts(coverage, known, entry)]


def _is_news(added: Batch) -> bool:
    """A sheet of signals is a replay's, which is no news to anybody."""
    return len(added) > 0 and not (isinstance(added, Sheet) and added.kind is SignalEntry)


def _numbered(added: Batch, first: int) -> list[tuple[int, Entry]]:
    if isinstance(added, Sheet):
        added = [added.kind(**content) for content in added.contents()]
    return list(enumerate(added, first))


def _keys(batch: Batch, kind: type[Entry]) -> list[Key]:
    if isinstance(batch, Sheet):
        return batch.keys() if batch.kind is kind else []
    return [entry.key for entry in batch if isinstance(entry, kind)]


def _silences(batch: Batch) -> list[MissingEntry]:
    return [] if isinstance(batch, Sheet) else [entry for entry in batch if isinstance(entry, MissingEntry)]


def _new_parts(coverage: Coverage, known: Known, entry: Entry) -> Iterable[Entry]:
    if isinstance(entry, MissingEntry):
        return coverage.uncovered(entry)
    takes = coverage.takes if isinstance(entry, SignalEntry) else known.takes
    return [entry] if takes(entry.key) else []
