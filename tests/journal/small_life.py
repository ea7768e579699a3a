"""The smallest application that has something to record: one coin with models on 15m and 4h, one without; it is noon."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from core.application import Application, assemble, metrics_of
from core.domain import Series, Timeframe
from core.journal.errors import LedgerUnavailable
from core.journal.reading import Counts
from core.journal.recording import Recording
from core.market.clock import ManualClock
from core.market.feed import CandleFeed
from core.market.market import Market
from core.model.registry import ModelRegistry
from tests.applications import NOON, SIMULATED, published_models
from tests.drawn_once import DrawnOnce

BTC, BTC_BY_4H, DOGE = (
    Series("BTCUSDT", Timeframe.M15),
    Series("BTCUSDT", Timeframe.H4),
    Series("DOGEUSDT", Timeframe.M15),
)
QUARTER = timedelta(minutes=15)


class SmallLife:
    """Its time passes only when it is told so; ``settings`` are those of its application."""

    def __init__(self, folder: Path, market: type[DrawnOnce] = DrawnOnce, **settings: Any) -> None:
        self.models_dir, self.data_dir = folder / "models", folder / "data"
        self.clock = ManualClock(NOON)
        for symbol, timeframe in (BTC, BTC_BY_4H):
            shutil.copytree(published_models() / symbol / timeframe, self.models_dir / symbol / timeframe)
        self.market: Market = market(seed=1, clock=self.clock)
        self.feed = CandleFeed(self.market, (Timeframe.M15, Timeframe.H4), symbols=("BTCUSDT", "DOGEUSDT"))
        asked = SIMULATED.model_copy(update={"models_dir": self.models_dir, "data_dir": self.data_dir, **settings})
        registry = ModelRegistry(self.models_dir)
        self.metrics_of = partial(metrics_of, registry)
        self.application: Application = assemble(asked, self.feed, registry)
        self.board = self.application.board
        self.board.start()
        self.feed.refresh_once()

    def advance(self, by: timedelta) -> None:
        """Let time pass, and the feed ask for what closed meanwhile."""
        self.clock.advance(by)
        self.feed.refresh_once()

    def heard_by(self, recording: Recording) -> None:
        """Let ``recording`` hear the newest board, and write."""
        board = self.board.snapshot()
        assert board.made_at is not None
        recording.hear(board, board.made_at, 1.0)
        recording.write(self.clock.now())


def counts(life: SmallLife) -> Counts | None:
    """What is in the ledger; None while it is not open, or is locked because it is just being written."""
    opened = life.application.recorder.opened()
    with suppress(LedgerUnavailable):
        return None if opened is None else opened.reader.head_and_counts()[1]
    return None


def counted(life: SmallLife) -> int | None:
    """Live signals in the ledger; None as of ``counts``."""
    found = counts(life)
    return None if found is None else found.live
