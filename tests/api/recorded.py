"""The API over a ledger with a history, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.testclient import TestClient

from core.journal.places import SqliteFile
from core.journal.store import Ledger
from tests.api.client import client_of
from tests.journal.made_history import life as made_life
from tests.journal.small_life import SmallLife
from tests.journal.test_recorder import until


@contextmanager
def client_over_history(folder: Path, candles: int) -> Iterator[TestClient]:
    """A client over a ledger in which so many candles of two coins were recorded before."""
    ledger = Ledger.open(SqliteFile("simulated-seed1", folder / "data" / "ledger-simulated-seed1.db"))
    ledger.append(made_life(seed=6, candles=candles))
    ledger.close()
    life = SmallLife(folder)
    life.application.recorder.start(life.board)
    life.board.recompute()
    until(lambda: life.application.recorder.opened() is not None)
    with client_of(life.application) as client:
        yield client
    life.application.stop()
