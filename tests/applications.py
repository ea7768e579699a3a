"""A whole application for tests: the simulated market on a clock that stands still, and hand-made models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.application import Application, assemble
from core.domain import Timeframe
from core.inference_service import InferenceService
from core.market.clock import ManualClock
from core.market.feed import CandleFeed
from core.market.simulated import SimulatedMarket
from core.model.registry import ModelRegistry
from core.settings import Settings
from core.signals.board import SignalBoard
from core.signals.service import PredictionService
from tests.hand_made_models import publish

NOON = datetime(2025, 9, 3, 12, 0, tzinfo=UTC)
COINS = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "DOGEUSDT")
"""BTC, ETH and SOL have models on every timeframe, DOGE has none."""


class DrawnOnce(SimulatedMarket):
    """The simulated market, which is the same for everybody: each of its blocks is drawn once for all tests of a process."""

    def _draw(self, block: int) -> np.ndarray:
        return _drawn(self.seed, block)


@lru_cache(maxsize=80)  # a megabyte each; a feed at noon holds 63
def _drawn(seed: int, block: int) -> np.ndarray:
    return _market(seed)._draw(block)


@lru_cache(maxsize=4)  # it remembers the shocks that one block shares with the next
def _market(seed: int) -> SimulatedMarket:
    return SimulatedMarket(seed)


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


def still_life(models_dir: Path, moment: datetime = NOON) -> StillLife:
    """Four coins at noon, three of them with models; candles are loaded, the board is computed."""
    clock = ManualClock(moment)
    for seed, symbol in enumerate(COINS[:-1]):
        for timeframe in Timeframe:
            publish(models_dir, symbol, timeframe, seed)
    feed = CandleFeed(DrawnOnce(seed=1, clock=clock), symbols=COINS)
    settings = Settings(market="simulated", models_dir=models_dir)
    registry = ModelRegistry(models_dir)
    application = assemble(settings, feed, registry)
    application.board.start()
    feed.refresh_once()
    predictions = PredictionService(feed, registry)
    return StillLife(clock, models_dir, application, predictions, InferenceService(feed, registry))
