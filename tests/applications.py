"""A whole application for tests: the simulated market on a clock that stands still, and hand-made models."""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from core.application import Application, assemble
from core.domain import Timeframe
from core.inference_service import InferenceService
from core.market.clock import ManualClock
from core.market.feed import CandleFeed
from core.model.registry import ModelRegistry
from core.settings import Settings
from core.signals.board import SignalBoard
from core.signals.service import PredictionService
from tests.drawn_once import DrawnOnce
from tests.hand_made_models import publish

NOON = datetime(2025, 9, 3, 12, 0, tzinfo=UTC)
COINS = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "DOGEUSDT")
"""BTC, ETH and SOL have models on every timeframe, DOGE has none."""
SIMULATED = Settings(market="simulated")
"""To read the environment anew for each application takes as long as to load its candles."""


@cache
def published_models() -> Path:
    """BTC, ETH and SOL have models on every timeframe; the folder is copied and left as it is."""
    models_dir = Path(mkdtemp(prefix="candor-models-"))
    atexit.register(shutil.rmtree, models_dir)
    for seed, symbol in enumerate(COINS[:-1]):
        for timeframe in Timeframe:
            publish(models_dir, symbol, timeframe, seed)
    return models_dir


@dataclass(frozen=True, slots=True)
class StillLife:
    """An application whose time passes only when ``clock`` is told so, followed by ``feed.refresh_once()``."""

    clock: ManualClock
    models_dir: Path
    application: Application
    predictions: PredictionService
    service: InferenceService
    """The first design's face of the same market and models."""

    @property
    def feed(self) -> CandleFeed:
        return self.application.feed

    @property
    def board(self) -> SignalBoard:
        return self.application.board


def still_life(models_dir: Path, coins: Sequence[str] = COINS) -> StillLife:
    """Some of four coins at noon, three of which have models; candles are loaded, the board is computed."""
    clock = ManualClock(NOON)
    for symbol in coins:
        if symbol != COINS[-1]:
            shutil.copytree(published_models() / symbol, models_dir / symbol)
    feed = CandleFeed(DrawnOnce(seed=1, clock=clock), symbols=coins)
    settings = SIMULATED.model_copy(update={"models_dir": models_dir})
    registry = ModelRegistry(models_dir)
    application = assemble(settings, feed, registry)
    application.board.start()
    feed.refresh_once()
    predictions = PredictionService(feed, registry)
    return StillLife(clock, models_dir, application, predictions, InferenceService(feed, registry))
