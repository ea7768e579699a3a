"""From a folder of candles to published models: datasets, shared networks and trees, then a model per coin.

All coins of the folder are learned from together, whichever are asked for. What is done is kept: a published
model is left alone unless ``force``, and a shared network is used again while its recipe, seed and data are
the same. One coin that fails does not stop the others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from joblib import delayed

from core.domain import Timeframe
from core.errors import BadCandles, CandorError
from core.learning.cluster import check_cluster, run_on_cluster
from core.learning.coin_model import Ensemble, make_coin_model
from core.learning.datasets import (
    TooLittleHistory,
    build_dataset,
    cuts_for,
    dataset_path,
    require_enough_history,
    write_parquet,
)
from core.learning.ensemble import Blend
from core.learning.kept import (
    load_rehearsed_logits,
    load_shared_network,
    make_shared_network,
    shared_network_path,
)
from core.learning.network import RECIPES, Recipe
from core.learning.progress import progress_bar, report, with_bar
from core.learning.shared_ensemble import choose_ensembles, validation_of
from core.learning.shared_novelty import load_novelty_limit, make_novelty_limit, novelty_limit_path
from core.learning.shared_trees import load_shared_trees, make_shared_trees, shared_trees_path
from core.learning.sources import Pool, extra_files
from core.learning.trees import BOOSTINGS, Boosting
from core.learning.workers import reason_of, run_in_processes
from core.market.candles import CandleStore, open_times_ms
from core.model.registry import ModelRegistry
from core.model.trees import BoostedTrees

Model = tuple[str, Timeframe]

_NETWORK, _TREES = "network", "trees"

# Progress is counted in what a step on so many windows takes; the rest was measured against that, with all coins.
_UNIT_WINDOWS = 512
_COINS_PER_UNIT_OF_ROUND = {Timeframe.M15: 9, Timeframe.H1: 9, Timeframe.H4: 34, Timeframe.D1: 34}
_UNITS_PER_COIN = {Timeframe.M15: 45, Timeframe.H1: 35, Timeframe.H4: 10, Timeframe.D1: 8}


@dataclass(frozen=True, slots=True)
class TrainingOrder:
    """What to train, from what, and where to put it. ``symbols`` are those to publish.

    ``scheduler`` is the address of a Dask scheduler whose workers do the work; without one, ``jobs`` processes here.
    """

    candles: Path
    symbols: tuple[str, ...]
    timeframes: tuple[Timeframe, ...]
    models: Path
    datasets: Path
    trained_at: datetime
    spot_candles: Path | None = None
    jobs: int = 1
    scheduler: str | None = None
    force: bool = False
    seed: int = 1
    quiet: bool = False
    recipes: Mapping[Timeframe, Recipe] = field(default_factory=lambda: RECIPES)
    boostings: Mapping[Timeframe, Boosting] = field(default_factory=lambda: BOOSTINGS)


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
    """Train and publish what ``order`` asks for and is not there yet.

    ClusterUnusable, before any work, where ``order`` names a scheduler that does not answer or whose workers
    cannot do it.
    """
    if order.scheduler is not None:
        order = _for_cluster(order, order.scheduler)
    outcome = TrainingReport()
    todo = [(symbol, timeframe) for timeframe in order.timeframes for symbol in order.symbols]
    if not order.force:
        registry = ModelRegistry(order.models)
        outcome.kept = [model for model in todo if registry.is_model_available(*model)]
        todo = [model for model in todo if model not in outcome.kept]

    pools = _make_pools(order, {timeframe for _, timeframe in todo}, outcome)
    todo = _with_enough_history(order, todo, outcome)
    pools = [pool for pool in pools if any(timeframe == pool.timeframe for _, timeframe in todo)]
    total = sum(map(_units_of, pools)) + sum(_UNITS_PER_COIN[timeframe] for _, timeframe in todo)
    seen_by_workers = order.datasets if order.scheduler else None
    with progress_bar(total, "Training", order.quiet, seen_by_workers) as progress:
        shared = [(kind, order, pool, progress) for kind in (_NETWORK, _TREES) for pool in pools]
        for (kind, _, pool, _), trouble in zip(shared, _in_parallel(order, _make_shared, shared), strict=True):
            if trouble is not None:
                _strand(outcome, todo, pool.timeframe, f"the {kind} all coins share failed: {trouble}")
        blends = _choose_ensembles(order, pools, todo, outcome)
        todo = [model for model in todo if model not in outcome.failed]
        reasons = _in_parallel(order, _make_coin, [(order, *model, blends.get(model), progress) for model in todo])
    for model, reason in zip(todo, reasons, strict=True):
        if reason is None:
            outcome.trained.append(model)
        else:
            outcome.failed[model] = reason
    return outcome


def _units_of(pool: Pool) -> int:
    """How much work the shared network and trees are: each has a rehearsal and is then made on both periods."""
    return _units(pool, 2 * pool.recipe.steps) + _units_per_round(pool) * 2 * pool.boosting.rounds


def _units_per_round(pool: Pool) -> int:
    return math.ceil(len(pool.datasets) / _COINS_PER_UNIT_OF_ROUND[pool.timeframe])


def _units(pool: Pool, steps: int) -> int:
    return round(steps * pool.recipe.batch / _UNIT_WINDOWS)


def _in_parallel(order: TrainingOrder, task: Callable[..., Any], arguments: Iterable[tuple[Any, ...]]) -> list[Any]:
    """What each task returned: None, or the reason why it failed, which can be the cluster's as well."""
    calls = [delayed(task)(*each) for each in arguments]
    if order.scheduler is not None:
        return run_on_cluster(order.scheduler, calls)
    return run_in_processes(order.jobs, calls)


def _for_cluster(order: TrainingOrder, scheduler: str) -> TrainingOrder:
    """The order with absolute paths, as workers were started in folders of their own; ClusterUnusable where it can't be."""
    names = ("candles", "spot_candles", "models", "datasets")
    order = replace(order, **{name: path.absolute() for name in names if (path := getattr(order, name)) is not None})
    read = [folder for folder in (order.candles, order.spot_candles) if folder is not None]
    check_cluster(scheduler, read, written=[order.datasets, order.models])
    return order


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
        for file, frame in with_bar(coins, f"Datasets {timeframe}", "coin", order.quiet):
            write_parquet(build_dataset(frame, timeframe, cuts), file)
        more, other, unreadable = extra_files(timeframe, order.candles, order.spot_candles)
        outcome.left_out |= unreadable
        recipe, boosting = order.recipes[timeframe], order.boostings[timeframe]
        pools.append(Pool(timeframe, cuts, files, recipe, boosting, order.seed, more, other))
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


# ---------------------------------------------------------------- ensembles


def _choose_ensembles(
    order: TrainingOrder, pools: Iterable[Pool], todo: Collection[Model], outcome: TrainingReport
) -> dict[Model, Blend]:
    """The blend of each model that is to be an ensemble; where that cannot be settled, ``outcome`` notes why."""
    chosen: dict[Model, Blend] = {}
    for pool in pools:
        timeframe = pool.timeframe
        if any(model in outcome.failed for model in todo if model[1] == timeframe):
            continue  # what they share has failed
        path = shared_network_path(order.datasets, timeframe)
        try:
            trees = load_shared_trees(shared_trees_path(order.datasets, timeframe)).rehearsed
            validation = validation_of(pool, load_rehearsed_logits(path), trees)
            blends = choose_ensembles(validation, load_shared_network(path).temperature)
        except Exception as error:
            _strand(
                outcome,
                todo,
                timeframe,
                f"what the coins share cannot be read back from {path.parent}: {reason_of(error)}",
            )
            continue
        chosen |= {(symbol, timeframe): blend for symbol, blend in blends.items()}
    return chosen


def _strand(outcome: TrainingReport, todo: Collection[Model], timeframe: Timeframe, reason: str) -> None:
    """Note that no model of ``timeframe`` can be made; the first reason stays."""
    for model in todo:
        if model[1] == timeframe:
            outcome.failed.setdefault(model, reason)


# ---------------------------------------------------------------- tasks, each run in a process of its own


def _make_shared(kind: str, order: TrainingOrder, pool: Pool, progress: Path) -> str | None:
    """Make the network or the trees of one timeframe; returns the reason where that failed."""
    try:
        if kind == _TREES:
            path, per_round = shared_trees_path(order.datasets, pool.timeframe), _units_per_round(pool)
            make_shared_trees(pool, path, lambda rounds: report(progress, per_round * rounds))
            return None
        path = shared_network_path(order.datasets, pool.timeframe)
        make_shared_network(pool, path, lambda steps: report(progress, _units(pool, steps)))
        scaler = load_shared_network(path).scaler
        make_novelty_limit(pool, scaler, novelty_limit_path(order.datasets, pool.timeframe))
    except Exception as error:
        return reason_of(error)
    return None


def _make_coin(
    order: TrainingOrder, symbol: str, timeframe: Timeframe, blend: Blend | None, progress: Path
) -> str | None:
    """Make and publish one coin's model, an ensemble if there is a ``blend``; returns the reason where that failed."""
    try:
        datasets = order.datasets
        make_coin_model(
            pd.read_parquet(dataset_path(datasets, symbol, timeframe)),
            symbol,
            timeframe,
            load_shared_network(shared_network_path(datasets, timeframe)),
            order.recipes[timeframe].pull,
            None if blend is None else Ensemble(_trees_of(order, timeframe), blend),
            load_novelty_limit(novelty_limit_path(datasets, timeframe)),
            order.candles.resolve().name,
            order.trained_at,
            order.models,
            datasets,
        )
    except Exception as error:
        return reason_of(error)
    finally:
        report(progress, _UNITS_PER_COIN[timeframe])
    return None


def _trees_of(order: TrainingOrder, timeframe: Timeframe) -> BoostedTrees:
    return load_shared_trees(shared_trees_path(order.datasets, timeframe)).trees
