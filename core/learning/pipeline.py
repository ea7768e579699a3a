"""From a folder of candles to published models: datasets, shared networks, then a model per coin.

All coins of the folder are learned from together, whichever are asked for. What is done is kept: a published
model is left alone unless ``force``, and a shared network is used again while its recipe, seed and data are
the same. One coin that fails does not stop the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from joblib import Parallel, delayed
from tqdm import tqdm

from core.domain import BadCandles, CandorError, Timeframe
from core.learning.coin_model import make_coin_model
from core.learning.datasets import (
    TooLittleHistory,
    build_dataset,
    cuts_for,
    dataset_path,
    require_enough_history,
    write_parquet,
)
from core.learning.progress import progress_bar, report
from core.learning.shared_network import Pool, load_shared_network, make_shared_network, shared_network_path
from core.learning.shared_novelty import load_novelty_limit, make_novelty_limit, novelty_limit_path
from core.learning.training import RECIPES, Recipe
from core.market.candles import CandleStore, open_times_ms
from core.model_registry import ModelRegistry

Model = tuple[str, Timeframe]

LEARNS_ON = {Timeframe.D1: Timeframe.H4}
"""1d has too few candles to train a network on, so it learns on those of 4h, with a scaler of its own.

Training it further on 1d candles gained nothing on average over the validation periods that were tried.
"""

SPOT_TIMEFRAME = Timeframe.M15
"""The timeframe that learns from spot history too: elsewhere the futures' own history is long enough."""

_COIN_STEPS = 10  # a coin's own layer takes about as long as so many steps of a shared network


@dataclass(frozen=True, slots=True)
class TrainingOrder:
    """What to train, from what, and where to put it. ``symbols`` are those to publish."""

    candles: Path
    symbols: tuple[str, ...]
    timeframes: tuple[Timeframe, ...]
    models: Path
    datasets: Path
    trained_at: datetime
    spot_candles: Path | None = None
    jobs: int = 1
    force: bool = False
    seed: int = 1
    quiet: bool = False
    recipes: Mapping[Timeframe, Recipe] = field(default_factory=lambda: RECIPES)


@dataclass(slots=True)
class TrainingReport:
    """What became of every model asked for; ``too_little_history`` and ``failed`` hold the reasons.

    ``left_out`` says which other candles could not be learned from, which stops nothing.
    """

    trained: list[Model] = field(default_factory=list)
    kept: list[Model] = field(default_factory=list)
    too_little_history: dict[Model, str] = field(default_factory=dict)
    failed: dict[Model, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def train_models(order: TrainingOrder) -> TrainingReport:
    """Train and publish what ``order`` asks for and is not there yet."""
    outcome = TrainingReport()
    todo = [(symbol, timeframe) for timeframe in order.timeframes for symbol in order.symbols]
    if not order.force:
        registry = ModelRegistry(order.models)
        outcome.kept = [model for model in todo if registry.is_model_available(*model)]
        todo = [model for model in todo if model not in outcome.kept]

    pools = _make_pools(order, {timeframe for _, timeframe in todo}, outcome)
    todo = _with_enough_history(order, todo, outcome)
    pools = [pool for pool in pools if any(timeframe == pool.timeframe for _, timeframe in todo)]
    total = sum(pool.steps for pool in pools) + _COIN_STEPS * len(todo)
    with progress_bar(total, "Training", order.quiet) as progress:
        troubles = _in_parallel(order, _make_shared, [(order.datasets, pool, progress) for pool in pools])
        for pool, trouble in zip(pools, troubles, strict=True):
            if trouble is not None:
                stranded = [model for model in todo if model[1] == pool.timeframe]
                outcome.failed |= dict.fromkeys(stranded, f"the network all coins share failed: {trouble}")
        todo = [model for model in todo if model not in outcome.failed]
        reasons = _in_parallel(order, _make_coin, [(order, *model, progress) for model in todo])
    for model, reason in zip(todo, reasons, strict=True):
        if reason is None:
            outcome.trained.append(model)
        else:
            outcome.failed[model] = reason
    return outcome


def _in_parallel(order: TrainingOrder, task: Callable[..., Any], arguments: Iterable[tuple[Any, ...]]) -> list[Any]:
    return Parallel(n_jobs=order.jobs)(delayed(task)(*each) for each in arguments)


# ---------------------------------------------------------------- datasets


def _make_pools(order: TrainingOrder, timeframes: set[Timeframe], outcome: TrainingReport) -> list[Pool]:
    """Write the datasets of every coin in the folder; what is wrong with a coin asked for is noted in ``outcome``."""
    pools = []
    for timeframe in (t for t in Timeframe if t in timeframes):  # 15m takes longest, so it comes first
        candles, reasons = _read_candles(order, timeframe)
        outcome.failed |= {(symbol, timeframe): reason for symbol, reason in reasons.items()}
        if not candles:
            continue
        first = min(open_times_ms(frame)[0] for frame in candles.values())
        last = max(open_times_ms(frame)[-1] for frame in candles.values())
        cuts = cuts_for(int(first), int(last), timeframe)
        files = tuple(dataset_path(order.datasets, symbol, timeframe) for symbol in candles)
        coins = list(zip(files, candles.values(), strict=True))
        for file, frame in tqdm(coins, f"Datasets {timeframe}", unit="coin", disable=order.quiet):
            write_parquet(build_dataset(frame, timeframe, cuts), file)
        more = order.spot_candles if timeframe is SPOT_TIMEFRAME else None
        instead = order.candles if timeframe in LEARNS_ON else None
        pools.append(
            Pool(
                timeframe,
                cuts,
                files,
                order.recipes[timeframe],
                order.seed,
                more=_candle_files(more, timeframe, outcome),
                instead=_candle_files(instead, LEARNS_ON.get(timeframe, timeframe), outcome),
            )
        )
    return pools


def _read_candles(order: TrainingOrder, timeframe: Timeframe) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """Candles of every coin that has any, and for every coin asked for without usable ones the reason."""
    store = CandleStore(order.candles)
    candles, reasons = {}, {}
    for symbol in sorted({*store.symbols(), *order.symbols}):
        try:
            frame = store.read(symbol, timeframe)
            if frame.empty:
                raise BadCandles(f"{store.path(symbol, timeframe)} holds no candle.")
            candles[symbol] = frame
        except (CandorError, OSError) as error:
            if symbol in order.symbols:
                reasons[symbol] = str(error)
    return candles, reasons


def _candle_files(folder: Path | None, timeframe: Timeframe, outcome: TrainingReport) -> tuple[Path, ...]:
    """The readable candle files of a folder; those that are not are noted in ``outcome``."""
    if folder is None:
        return ()
    store, files = CandleStore(folder), []
    for symbol in store.symbols():
        if store.has(symbol, timeframe):
            try:
                store.read(symbol, timeframe)
                files.append(store.path(symbol, timeframe))
            except (CandorError, OSError) as error:
                outcome.left_out[f"{symbol} {timeframe}"] = str(error)
    return tuple(files)


def _with_enough_history(order: TrainingOrder, todo: list[Model], outcome: TrainingReport) -> list[Model]:
    enough = []
    for symbol, timeframe in todo:
        if (symbol, timeframe) in outcome.failed:
            continue
        dataset = pd.read_parquet(dataset_path(order.datasets, symbol, timeframe), columns=["open_time", "split"])
        try:
            require_enough_history(dataset, timeframe)
            enough.append((symbol, timeframe))
        except TooLittleHistory as error:
            outcome.too_little_history[symbol, timeframe] = str(error)
    return enough


# ---------------------------------------------------------------- tasks, each run in a process of its own


def _make_shared(datasets: Path, pool: Pool, progress: Path) -> str | None:
    """Make the shared network of one timeframe; returns the reason where that failed."""
    try:
        path = shared_network_path(datasets, pool.timeframe)
        make_shared_network(pool, path, lambda n: report(progress, n))
        scaler = load_shared_network(path).scaler
        make_novelty_limit(pool, scaler, novelty_limit_path(datasets, pool.timeframe))
    except Exception as error:
        return _sentence(error)
    return None


def _make_coin(order: TrainingOrder, symbol: str, timeframe: Timeframe, progress: Path) -> str | None:
    """Make and publish one coin's model; returns the reason where that failed."""
    try:
        dataset = pd.read_parquet(dataset_path(order.datasets, symbol, timeframe))
        shared = load_shared_network(shared_network_path(order.datasets, timeframe))
        novelty = load_novelty_limit(novelty_limit_path(order.datasets, timeframe))
        market, models = order.candles.resolve().name, order.models
        make_coin_model(dataset, symbol, timeframe, shared, novelty, market, order.trained_at, models, order.datasets)
    except Exception as error:
        return _sentence(error)
    finally:
        report(progress, _COIN_STEPS)
    return None


def _sentence(error: Exception) -> str:
    return str(error) if isinstance(error, CandorError | OSError) else f"unexpected {type(error).__name__}: {error}"
