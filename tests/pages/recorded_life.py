"""An application over a ledger that was written before, for pages under test."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from core.domain import Timeframe
from core.journal.entries import Entry, SignalEntry
from core.journal.places import SqliteFile
from core.journal.store import Ledger
from core.market.candles import moment_of
from tests.journal.small_life import SmallLife
from tests.waiting import until


def life_with(folder: Path, entries: list[Entry]) -> SmallLife:
    """An application over a ledger with these entries, whose horizons are over; stop it when done.

    No candle has come since noon all the same, so that nothing is resolved anew.
    """
    ledger = Ledger.open(SqliteFile("simulated-seed1", folder / "data" / "ledger-simulated-seed1.db"))
    ledger.append(entries)
    ledger.close()
    life = SmallLife(folder)
    life.application.recorder.start(life.board)
    life.board.recompute()
    until(lambda: life.application.recorder.opened() is not None)
    life.clock.set(max([life.clock.now(), *map(horizon_end, entries)]))
    return life


def horizon_end(entry: Entry) -> datetime:
    """When what it says is over; long ago, where it is no signal."""
    if not isinstance(entry, SignalEntry):
        return moment_of(0)
    candles = 1 + entry.horizon_candles
    return moment_of(entry.candle_open_ms + candles * Timeframe(entry.timeframe).milliseconds)
