"""An application over a ledger that was written before, for pages under test."""

from __future__ import annotations

from pathlib import Path

from core.journal.entries import Entry
from core.journal.places import SqliteFile
from core.journal.store import Ledger
from tests.journal.small_life import SmallLife
from tests.waiting import until


def life_with(folder: Path, entries: list[Entry]) -> SmallLife:
    """An application over a ledger with these entries; stop it when done."""
    ledger = Ledger.open(SqliteFile("simulated-seed1", folder / "data" / "ledger-simulated-seed1.db"))
    ledger.append(entries)
    ledger.close()
    life = SmallLife(folder)
    life.application.recorder.start(life.board)
    life.board.recompute()
    until(lambda: life.application.recorder.opened() is not None)
    return life
