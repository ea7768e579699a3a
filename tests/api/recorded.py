"""The API over a ledger with a history, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.testclient import TestClient

from core.journal.places import SqliteFile
from core.journal.store import Ledger
from core.market.candles import unix_ms
from tests.api.client import client_of
from tests.journal.made_history import life as made_life
from tests.journal.small_life import SmallLife, counted
from tests.waiting import until


@contextmanager
def client_over_history(folder: Path, candles: int) -> Iterator[TestClient]:
    """A client over a ledger in which so many candles of two coins were recorded before."""
    ledger = Ledger.open(SqliteFile("simulated-seed1", folder / "data" / "ledger-simulated-seed1.db"))
    ledger.append(made_life(seed=6, candles=candles))
    ledger.close()
    life = SmallLife(folder)
    life.application.recorder.start(life.board)
    life.board.recompute()
    until(lambda: _has_recorded_the_board(life))
    with client_of(life.application) as client:
        yield client
    life.application.stop()


def _has_recorded_the_board(life: SmallLife) -> bool:
    """Otherwise the newest signals would come between two answers that a test compares."""
    opened = life.application.recorder.opened()
    if opened is None or counted(life) is None:
        return False
    newest = opened.reader.newest_candles()
    predictions = [
        signal.prediction for signal in life.board.snapshot().signals.values() if signal.prediction is not None
    ]
    return all(newest.get(each.series, 0) >= unix_ms(each.candle_open_time) for each in predictions)
