"""How long predictions take here, each beside a plain version measured in the same run.

    python -m scripts.benchmark [--json] [--repeats 30]

Uses the simulated market and 136 ensembles (34 coins on 4 timeframes): one shipped network under every name, since
time does not depend on weights, with the trees of a shipped ensemble of the timeframe, or with made ones of the
largest shape that training makes. Times are medians; memory is what the process grew by until its first board, the
stacked copies of the weights included. The plain version of a history asks one candle after another, and is told from a
sample of them.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

if not __package__:
    import run_by_path  # noqa: F401

import joblib
import numpy as np
import torch

from core.domain import Series, Timeframe
from core.errors import CandorError
from core.findings import LateCandles, Trust
from core.inference_service import InferenceService
from core.market.clock import ManualClock
from core.market.feed import SERVING_HISTORY, CandleFeed
from core.market.simulated import SimulatedMarket
from core.model.features import FEATURES
from core.model.network import from_checkpoint
from core.model.novelty import unfamiliar
from core.model.registry import NETWORK_FILE, SCALER_FILE, ModelRegistry, publish_model
from core.model.trees import BoostedTrees
from core.settings import get_settings
from core.signals import inputs, verdict
from core.signals.board import SignalBoard
from core.signals.service import PredictionService
from core.signals.trust import judge
from scripts.made_forest import made_forest
from scripts.plain_board import plain_probabilities
from scripts.rest_load import CONNECTIONS, measure_rest

NOON = datetime(2026, 1, 7, 12, 1, tzinfo=UTC)
ROWS = {
    "predict_new_candle_ms": "one prediction on a new candle, ms",
    "predict_cached_us": "the same again, remembered, µs",
    "batch3_ms": "three coins, ms",
    "timeframes4_ms": "four timeframes of a coin, ms",
    "board_ms": "the whole board of 136, ms",
    "board_bare_ms": "that of networks alone, no verdicts, ms",
    "board_beside_bare_times": "ensembles and verdicts beside that, times",
    "verdict_us": "one verdict, µs",
    "history_s": "history of 30 days x 34 coins at 15m, s",
    "load_model_ms": "loading one model, ms",
    "models_memory_mb": "memory of all 136 models, MB",
    **{
        name: label
        for n in CONNECTIONS
        for name, label in (
            (f"rest_{n}_per_s", f"lists of predictions on {n} connections, a second"),
            (f"rest_{n}_beside_bare_times", "those beside a bare FastAPI app's, times"),
        )
    },
}
ENSEMBLES = "ensembles"
LARGEST_FOREST = {"rounds": 300, "leaves": 31}
MADE_SHARE = 0.5  # of the network, beside made trees
HISTORY_CANDLES = 30 * 96
SAMPLE = 20  # candles asked plainly, one after another
BEFORE_HISTORY = 200  # more than a warm-up and a window


def main() -> None:
    arguments = _parse()
    torch.set_num_threads(1)  # for the plain version: a thread more would only slow its small passes
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), arguments.repeats) | measure_rest(Path(folder) / ENSEMBLES)
    figures = {name: round(value, 3) for name, value in figures.items()}
    print(json.dumps(figures) if arguments.json else table(figures))


def measure(models_dir: Path, repeats: int) -> dict[str, float]:
    """Every figure, and its plain counterpart under the same name with ``_plain`` before the unit."""
    clock = ManualClock(NOON)
    feed = CandleFeed(SimulatedMarket(seed=1, clock=clock))
    feed.refresh_once()
    every_series = [Series(symbol, timeframe) for timeframe in Timeframe for symbol in feed.symbols()]
    bare_dir = models_dir / "bare"
    models_dir = models_dir / ENSEMBLES
    _copy_models(models_dir, bare_dir, every_series)

    gc.collect()
    before = _resident_mb()
    registry = ModelRegistry(models_dir)
    for series in every_series:
        registry.get(*series)
    service = InferenceService(feed, registry)
    board = SignalBoard(PredictionService(feed, registry), feed)
    board.recompute()
    memory = _resident_mb() - before
    bare_board = SignalBoard(PredictionService(feed, ModelRegistry(bare_dir)), feed)
    bare_board.recompute()

    def bare() -> None:
        with (
            patch.object(verdict, "judge", lambda *_: Trust()),
            patch.object(inputs, "unfamiliar", lambda *_: None),
        ):
            bare_board.recompute()

    def next_candle() -> None:
        """A day passes, so that all four timeframes have a new candle; not part of what is timed."""
        clock.advance(timedelta(days=1))
        feed.refresh_once()

    def plainly(asked: list[Series]) -> Callable[[], object]:
        return lambda: [plain_probabilities(registry.get(*series), feed.candles(*series)) for series in asked]

    def load() -> None:
        registry.clear_cache()
        registry.get("BTCUSDT", Timeframe.M15)

    folder = models_dir / "BTCUSDT" / "15m"

    def load_plainly() -> None:
        from_checkpoint(torch.load(folder / NETWORK_FILE, weights_only=True))
        joblib.load(folder / SCALER_FILE)

    model = registry.get("BTCUSDT", Timeframe.M15)
    unusual = np.full(len(FEATURES), 9.0)

    late = LateCandles(3, clock.now(), None)

    def one_verdict() -> Trust:
        return judge(model.metrics, clock.now(), unfamiliar(unusual, model.novelty), late)

    market = SimulatedMarket(seed=1, clock=ManualClock(NOON))
    histories = {s: market.candles(s, Timeframe.M15, HISTORY_CANDLES + BEFORE_HISTORY) for s in feed.symbols()}

    def history() -> None:
        for symbol, candles in histories.items():
            service.predict_history(symbol, "15m", candles)

    def one_after_another() -> None:
        candles = histories["BTCUSDT"]
        for end in range(len(candles) - SAMPLE, len(candles)):
            plain_probabilities(model, candles.iloc[end - SERVING_HISTORY : end].reset_index(drop=True))

    few = max(repeats // 10, 3)
    board_ms, bare_ms = _medians_ms([board.recompute, bare], repeats, next_candle)
    one = [Series("BTCUSDT", Timeframe.M15)]
    three = [Series(symbol, Timeframe.M15) for symbol in ("BTCUSDT", "ETHUSDT", "SOLUSDT")]
    four = [Series("BTCUSDT", timeframe) for timeframe in Timeframe]
    return {
        "predict_new_candle_ms": _median_ms(lambda: service.predict("BTCUSDT", "15m"), repeats, next_candle),
        "predict_new_candle_plain_ms": _median_ms(plainly(one), repeats),
        "predict_cached_us": 1000 * _median_ms(lambda: service.predict("BTCUSDT", "15m"), 20 * repeats),
        "predict_cached_plain_us": 1000 * _median_ms(plainly(one), repeats),
        "batch3_ms": _median_ms(lambda: service.predict_batch(["BTC", "ETH", "SOL"], "15m"), repeats, next_candle),
        "batch3_plain_ms": _median_ms(plainly(three), repeats),
        "timeframes4_ms": _median_ms(lambda: service.predict_timeframes("BTC"), repeats, next_candle),
        "timeframes4_plain_ms": _median_ms(plainly(four), repeats),
        "board_ms": board_ms,
        "board_plain_ms": _median_ms(plainly(every_series), few),
        "board_bare_ms": bare_ms,
        "board_beside_bare_times": board_ms / bare_ms,
        "verdict_us": 1000 * _median_ms(one_verdict, 20 * repeats),
        "history_s": _median_ms(history, few) / 1000,
        "history_plain_s": _median_ms(one_after_another, few) / 1000 * HISTORY_CANDLES / SAMPLE * len(histories),
        "load_model_ms": _median_ms(load, repeats),
        "load_model_plain_ms": _median_ms(load_plainly, repeats),
        "models_memory_mb": memory,
    }


def table(figures: dict[str, float]) -> str:
    """The figures for people: what was measured, here, the plain version, and their ratio."""
    lines = [f"{'':44} {'here':>10} {'plain':>10} {'ratio':>7}"]
    for name, label in ROWS.items():
        stem, unit = name.rsplit("_", 1)
        here, plain = figures[name], figures.get(f"{stem}_plain_{unit}")
        compared = f"{plain:>10.2f} {plain / here:>6.1f}x" if plain is not None else f"{'-':>10} {'-':>7}"
        lines.append(f"{label:44} {here:>10.3f} {compared}")
    return "\n".join(lines)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure predictions beside a plain version, in one run.")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument("--repeats", type=int, default=30, help="how often each figure is taken (default 30)")
    arguments = parser.parse_args()
    if arguments.repeats < 3:
        parser.error(f"--repeats is {arguments.repeats}; a median needs at least 3")
    try:
        get_settings()
    except CandorError as error:
        parser.error(str(error))
    return arguments


def _copy_models(ensembles_dir: Path, bare_dir: Path, every_series: list[Series]) -> None:
    """One shipped network under every name, with trees and without, so that the board is full whatever is shipped."""
    shipped = ModelRegistry(get_settings().models_dir)
    available = shipped.available()
    if not available:
        sys.exit(f"No model in {shipped.models_dir} to measure with; train one first: python scripts/train_models.py")
    model = shipped.get(*available[0])
    described = model.metrics.model_dump(mode="json", by_alias=True)
    forests = {timeframe: _trees(shipped, available, timeframe) for timeframe in Timeframe}
    for series in every_series:
        trees, share = forests[series.timeframe]
        named = described | {"symbol": series.symbol, "timeframe": series.timeframe.value}
        alone = named | {"kind": "cnn_lstm", "network_share": 1.0}
        publish_model(bare_dir, series, model.network, model.scaler, alone)
        together = named | {"kind": "ensemble", "network_share": share}
        publish_model(ensembles_dir, series, model.network, model.scaler, together, trees)


def _trees(shipped: ModelRegistry, available: tuple[Series, ...], timeframe: Timeframe) -> tuple[BoostedTrees, float]:
    """Trees to measure with on a timeframe, and the share of the network beside them."""
    models = (shipped.get(*series) for series in available if series.timeframe is timeframe)
    for model in models:
        if model.trees is not None:
            return model.trees, model.metrics.network_share
    return made_forest(**LARGEST_FOREST, seed=timeframe.minutes), MADE_SHARE


def _median_ms(measured: Callable[[], object], repeats: int, before_each: Callable[[], object] | None = None) -> float:
    return _medians_ms([measured], repeats, before_each)[0]


def _medians_ms(
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


if __name__ == "__main__":
    main()
