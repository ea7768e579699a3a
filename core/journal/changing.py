"""Reads on what a ledger's live signals change, from where it was read last."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from core.domain import Series, Timeframe
from core.journal.changes import ChangeListing, Changes, Statement, WantedChanges
from core.journal.database import Database
from core.journal.store import head_of
from core.journal.tables import models, signals
from core.journal.vocabulary import Origin
from core.measured import Proof
from core.prediction import given_a_move

FIRST_READ = 20_000
"""So many of the newest live signals are read at first: 34 coins' on four timeframes of four days, a tenth of a second."""


class ChangesReader:
    """The changes of one ledger. Thread-safe; LedgerUnavailable where it cannot be read."""

    def __init__(self, database: Database, first_read: int = FIRST_READ) -> None:
        self._database = database
        self._first_read = first_read
        self._lock = threading.Lock()
        self._changes: Changes | None = None

    def wanted(self, wanted: WantedChanges) -> ChangeListing:
        """What is asked for, with everything that is in the ledger by now."""
        with self._lock:
            changes = self._caught_up()
            found = tuple(changes.wanted(wanted))
            return ChangeListing(found, changes.seq, changes.forgotten, changes.series())

    def _caught_up(self) -> Changes:
        with self._database.reading() as connection:
            head = head_of(connection).seq
            changes = self._changes or _begun(connection, self._first_read)
            if head > changes.seq:
                changes.read(list(_statements(connection, signals.c.seq > changes.seq, signals.c.seq <= head)), head)
        self._changes = changes
        return changes


_IS_LIVE = signals.c.origin == Origin.LIVE.value

_STATEMENTS = (
    select(
        *(
            signals.c[name]
            for name in ("seq", "symbol", "timeframe", "candle_open_ms", "issued_at_ms", "model_version")
        ),
        *(signals.c[name] for name in ("p_long", "p_short", "p_no_trade", "timing", "side", "verdict")),
        models.c.climatology_no_trade,
    )
    .join(
        models,
        (models.c.symbol == signals.c.symbol)
        & (models.c.timeframe == signals.c.timeframe)
        & (models.c.model_version == signals.c.model_version),
    )
    .where(_IS_LIVE)
    .order_by(signals.c.seq)
)


def _begun(connection: Connection, newest: int) -> Changes:
    """Nothing but what each series had said last before so many ``newest`` live signals."""
    older = select(signals.c.seq).where(_IS_LIVE).order_by(signals.c.seq.desc()).offset(newest).limit(1)
    bound = int(connection.execute(older).scalar() or 0)
    changes = Changes(forgotten=bound)
    if bound:
        last = select(func.max(signals.c.seq)).where(_IS_LIVE, signals.c.seq <= bound)
        last = last.group_by(signals.c.symbol, signals.c.timeframe)
        changes.begin(_statements(connection, signals.c.seq.in_(last)))
    return changes


def _statements(connection: Connection, *where: ColumnElement[bool]) -> Iterator[Statement]:
    """Live signals in the order of their entries; a row that never was an entry is passed over."""
    for row in connection.execute(_STATEMENTS.where(*where)):
        try:
            yield _statement(row)
        except (ValueError, TypeError):  # verification names it
            continue


def _statement(row: Any) -> Statement:
    return Statement(
        row.seq,
        Series(row.symbol, Timeframe(row.timeframe)),
        int(row.candle_open_ms),
        int(row.issued_at_ms),
        row.model_version,
        move=1 - row.p_no_trade,
        usual=1 - row.climatology_no_trade,
        long=given_a_move(row.p_long, row.p_long, row.p_short),
        timing_proof=Proof(row.timing),
        side_proof=Proof(row.side),
        verdict=row.verdict,
    )
