"""What the benchmark measures on: a simulated market, a model for each of its series, and all that predicts with them."""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd

from core.domain import Series, Timeframe
from core.findings import Trust
from core.inference_service import InferenceService
from core.market.clock import ManualClock
from core.market.feed import CandleFeed
from core.market.simulated import SimulatedMarket
from core.model.features import season_days
from core.model.registry import ModelRegistry, publish_model
from core.model.trees import BoostedTrees
from core.settings import get_settings
from core.signals import inputs
from core.signals.board import SignalBoard
from core.signals.service import PredictionService
from core.signals.trust import Verdicts
from core.text import command
from scripts.made_forest import made_trees
from scripts.plain_board import plain_probabilities
from scripts.rest_load import measure_rest

NOON = datetime(2026, 1, 7, 12, 1, tzinfo=UTC)
LARGEST_FOREST = {"rounds": 300, "leaves": 31}
MADE_SHARE = 0.5  # of the network, beside made trees
HISTORY_CANDLES = 30 * 96
BEFORE_HISTORY = 200  # more than a warm-up and a window


class Bench:
    """A market, a model for every series, and all that predicts with them, each once used.

    ``memory_mb`` is what this process grew by until the first board.
    """

    def __init__(self, folder: Path, repeats: int) -> None:
        self.repeats, self.few = repeats, max(repeats // 10, 3)
        self.clock = ManualClock(NOON)
        self.feed = CandleFeed(SimulatedMarket(seed=1, clock=self.clock))
        self.feed.refresh_once()
        self.series = [Series(symbol, timeframe) for timeframe in Timeframe for symbol in self.feed.symbols()]
        self.ensembles_dir, bare_dir = folder / "ensembles", folder / "bare"
        _copy_models(self.ensembles_dir, bare_dir, self.series)
        gc.collect()
        before = _resident_mb()
        self.registry = ModelRegistry(self.ensembles_dir)
        for series in self.series:
            self.registry.get(*series)
        self.service = InferenceService(self.feed, self.registry)
        self.board = SignalBoard(PredictionService(self.feed, self.registry), self.feed)
        self.board.recompute()
        self.memory_mb = _resident_mb() - before
        self.bare_board = SignalBoard(PredictionService(self.feed, ModelRegistry(bare_dir)), self.feed)
        self.bare_board.recompute()
        gc.collect()
        gc.freeze()  # as the dashboard does once it has started

    def next_candle(self) -> None:
        """A day passes, so that all four timeframes have a new candle; not part of what is timed."""
        self.clock.advance(timedelta(days=1))
        self.feed.refresh_once()

    def on_new_candles_ms(self, measured: Callable[[], object]) -> float:
        return median_ms(measured, self.repeats, self.next_candle)

    def plain_ms(self, asked: Sequence[Series], repeats: int | None = None) -> float:
        """One series after another, each computed from nothing."""

        def plainly() -> None:
            for series in asked:
                plain_probabilities(self.registry.get(*series), self.feed.candles(*series))

        return median_ms(plainly, repeats or self.repeats)

    @cached_property
    def boards_ms(self) -> tuple[float, float]:
        """The board, and that of networks alone without verdicts, taking turns."""
        board_ms, bare_ms = medians_ms([self.board.recompute, self._bare], self.repeats, self.next_candle)
        return board_ms, bare_ms

    def _bare(self) -> None:
        with (
            patch.object(Verdicts, "judge", lambda *_: (Trust(), None)),
            patch.object(inputs, "unfamiliar", lambda windows, _: [None] * len(windows)),
        ):
            self.bare_board.recompute()

    def close_ms(self, at: datetime) -> float:
        """From the close at ``at``, a time of day, until the new board; what the market takes to make candles apart."""
        clock = ManualClock(at)
        market = TimedMarket(seed=1, clock=clock)
        feed = CandleFeed(market)
        SignalBoard(PredictionService(feed, self.registry), feed).start()
        times = []
        for _ in range(max(self.repeats // 3, 3)):
            clock.advance(timedelta(days=1) - Timeframe.M15.duration)
            feed.refresh_once()
            clock.advance(Timeframe.M15.duration)
            made_ms = market.making_ms
            began = time.perf_counter()
            feed.refresh_once()
            times.append((time.perf_counter() - began) * 1000 - (market.making_ms - made_ms))
        return statistics.median(times)

    @cached_property
    def rest(self) -> dict[int, tuple[float, float]]:
        return measure_rest(self.ensembles_dir)

    @cached_property
    def histories(self) -> dict[str, pd.DataFrame]:
        market = SimulatedMarket(seed=1, clock=ManualClock(NOON))
        return {s: market.candles(s, Timeframe.M15, HISTORY_CANDLES + BEFORE_HISTORY) for s in self.feed.symbols()}


class TimedMarket(SimulatedMarket):
    """The simulated market, which knows how long it has taken to make candles."""

    making_ms = 0.0

    def _block(self, block: int, timeframe: Timeframe) -> np.ndarray:
        began = time.perf_counter()
        try:
            return super()._block(block, timeframe)
        finally:
            self.making_ms += (time.perf_counter() - began) * 1000


FIRST_PREDICTION = """
import app, time
from core.application import get_application

board = get_application().board
while not any(signal.prediction for signal in board.snapshot().signals.values()):
    time.sleep(0.005)
"""


def cold_start_s(models_dir: Path, repeats: int = 3) -> float:
    """From nothing to the first prediction on a board, with the dashboard loaded: processor seconds of a new process."""
    settings = {"CANDOR_MARKET": "simulated", "CANDOR_MODELS_DIR": str(models_dir)}
    program = f"{FIRST_PREDICTION}\nprint(time.process_time())\nimport os, sys; sys.stdout.flush(); os._exit(0)"
    command = [sys.executable, "-c", program]
    seconds = []
    for _ in range(repeats):
        process = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=True)
        seconds.append(float(process.stdout))
    return statistics.median(seconds)


def _copy_models(ensembles_dir: Path, bare_dir: Path, every_series: list[Series]) -> None:
    """One shipped network under every name, with trees and without, so that the board is full whatever is shipped."""
    shipped = ModelRegistry(get_settings().models_dir)
    available = shipped.available()
    if not available:
        sys.exit(f"No model in {shipped.models_dir} to measure with; train one first: {command('train_models')}")
    model, scaler = shipped.get(*available[0]), shipped.load_scaler(*available[0])
    described = model.metrics.model_dump(mode="json", by_alias=True)
    forests = {timeframe: _trees(shipped, available, timeframe) for timeframe in Timeframe}
    for series in every_series:
        trees, shares = forests[series.timeframe]
        season = {"season1_days": list(season_days(series.timeframe))}
        named = described | season | {"symbol": series.symbol, "timeframe": series.timeframe.value}
        alone = named | {"kind": "cnn_lstm", "network_share": 1.0, "side_share": 1.0}
        publish_model(bare_dir, series, model.network, scaler, model.background, alone)
        together = named | {"kind": "ensemble"} | shares
        publish_model(ensembles_dir, series, model.network, scaler, model.background, together, trees)


def _trees(
    shipped: ModelRegistry, available: tuple[Series, ...], timeframe: Timeframe
) -> tuple[BoostedTrees, dict[str, float]]:
    """Trees to measure with on a timeframe, and the shares of the network beside them."""
    models = (shipped.get(*series) for series in available if series.timeframe is timeframe)
    for model in models:
        if model.trees is not None:
            return model.trees, {name: getattr(model.metrics, name) for name in ("network_share", "side_share")}
    made = made_trees(**LARGEST_FOREST, seed=timeframe.minutes)
    return made, dict.fromkeys(("network_share", "side_share"), MADE_SHARE)


def median_ms(measured: Callable[[], object], repeats: int, before_each: Callable[[], object] | None = None) -> float:
    return medians_ms([measured], repeats, before_each)[0]


def medians_ms(
    measured: Sequence[Callable[[], object]], repeats: int, before_each: Callable[[], object] | None = None
) -> list[float]:
    """What each takes. They take turns, so that whatever else this machine does slows them alike."""
    times: list[list[float]] = [[] for _ in measured]
    for _ in range(repeats):
        for one, its_times in zip(measured, times, strict=True):
            if before_each is not None:
                before_each()
            began = time.perf_counter()
            one()
            its_times.append(time.perf_counter() - began)
    return [statistics.median(its_times) * 1000 for its_times in times]


def _resident_mb() -> float:
    """Memory this process holds in RAM, as Linux counts it."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6
