"""From a folder of candles to published models: what coins share is learned first, then a model per coin is published.

All coins of the folder are learned from together, whichever are asked for. What is done is kept: a published model is
left alone unless ``force``, and what coins share is used again while its recipe, seed, candles and code are the
same. One coin that fails does not stop the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from core.disk import DiskFull
from core.domain import Series, Timeframe
from core.errors import CandorError
from core.learning.coin_model import Basis, Publication, make_coin_model, save_predictions_again, saved_predictions
from core.learning.datasets import (
    Fold,
    TooLittleHistory,
    dataset_path,
    read_parquet,
    require_enough_history,
    until_the_end,
    write_parquet,
)
from core.learning.experiment import Experiment, Learned
from core.learning.kept import learn_once, read_learned
from core.learning.order import Order
from core.learning.recipes import Recipe, Until
from core.learning.sources import CandleFile, Sources, span_of
from core.learning.validation import Blend, choose_ensemble
from core.learning.workers import Call, Failed, reason_of, with_progress
from core.market.candle_files import CandleStore
from core.model.registry import ModelRegistry

_COIN_WEIGHT = 10  # a coin's model takes about as long as so many steps of a shared network


@dataclass(frozen=True, kw_only=True)
class TrainingOrder(Order):
    """What to train, from what, and where to put it. ``symbols`` are those to publish; ``until`` overrules the recipes."""

    symbols: tuple[str, ...]
    force: bool = False
    until: Until | None = None


@dataclass(slots=True)
class TrainingReport:
    """What became of every model asked for; ``too_little_history`` and ``failed`` hold the reasons.

    ``left_out`` says which other candles could not be learned from, and ``not_in_table`` of which models that were
    there already nobody knows what they predicted of their test periods; both stop nothing.
    """

    trained: list[Series] = field(default_factory=list)
    kept: list[Series] = field(default_factory=list)
    too_little_history: dict[Series, str] = field(default_factory=dict)
    failed: dict[Series, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    not_in_table: dict[Series, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all coins share in one fold: two experiments, and the files that keep them."""

    network: Experiment
    trees: Experiment
    network_file: Path
    trees_file: Path


@dataclass(frozen=True, slots=True)
class _Plan:
    """One timeframe: the models to publish, what the tested ones need, and those made until the end, where they are wanted."""

    timeframe: Timeframe
    recipe: Recipe
    models: tuple[Series, ...]
    sources: Sources
    tested: _Shared
    until_end: _Shared | None

    @property
    def shared(self) -> tuple[_Shared, ...]:
        return (self.tested,) if self.until_end is None else (self.tested, self.until_end)


Ensemble = tuple[Path, Blend]
"""The file that keeps trees, and how they are blended with a network."""


def train_models(order: TrainingOrder) -> TrainingReport:
    """Train and publish what ``order`` asks for and is not there yet.

    CandorError, before any work, where its workers cannot do it, its folders are not ours to write in, or somebody
    else trains into them already; DiskFull where there is no room for the datasets.
    """
    with order.only_writer("A training", order.models, order.datasets):
        return _train(order)


def _train(order: TrainingOrder) -> TrainingReport:
    report = TrainingReport()
    plans = [plan for timeframe in order.timeframes if (plan := _plan(order, timeframe, report)) is not None]
    _save_predictions_again(order, report)
    plans.sort(key=lambda plan: -plan.tested.network.weight)  # the longest first, so that no worker is idle in the end
    learned = _learn_what_coins_share(order, plans, report)
    _publish(order, [(plan, _choose_ensembles(plan, report)) for plan in learned], report)
    return report


# ---------------------------------------------------------------- what there is to do


def _plan(order: TrainingOrder, timeframe: Timeframe, report: TrainingReport) -> _Plan | None:
    """What is left to do at one timeframe; None where that is nothing, or impossible, as ``report`` then says."""
    wanted = _not_there_yet(order, timeframe, report)
    if not wanted:
        return None
    wanted = _with_candles(order, wanted, report)
    if not wanted:
        return None
    sources, unreadable = order.sources(timeframe)
    failed = {str(series) for series in report.failed}
    report.left_out |= {name: reason for name, reason in unreadable.items() if name not in failed}
    recipe = order.recipes[timeframe]
    fold = sources.folds(recipe)[-1]
    models = _with_enough_history(order, wanted, sources, report)
    if not models:
        return None
    fingerprint = sources.fingerprint()
    tested = _shared(order, timeframe, fold, fingerprint)
    later = _shared(order, timeframe, until_the_end(fold), fingerprint)
    on_until_end = (order.until or recipe.until) == "end"
    return _Plan(timeframe, recipe, tuple(models), sources, tested, later if on_until_end else None)


def _shared(order: TrainingOrder, timeframe: Timeframe, fold: Fold, fingerprint: str) -> _Shared:
    recipe = order.recipes[timeframe]
    network, trees = (Experiment(timeframe, fold, learner, recipe, order.seed) for learner in ("network", "trees"))
    return _Shared(network, trees, *(order.kept.file(each, fingerprint) for each in (network, trees)))


def _not_there_yet(order: TrainingOrder, timeframe: Timeframe, report: TrainingReport) -> list[Series]:
    registry = ModelRegistry(order.models)
    asked = [Series(symbol, timeframe) for symbol in order.symbols]
    there = [] if order.force else [series for series in asked if registry.is_model_available(*series)]
    report.kept += there
    return [series for series in asked if series not in there]


def _with_candles(order: TrainingOrder, wanted: Iterable[Series], report: TrainingReport) -> list[Series]:
    store = CandleStore(order.candles)
    found = []
    for series in wanted:
        try:
            span_of(CandleFile(store.path(*series), series.timeframe), order.now)
            found.append(series)
        except (CandorError, OSError) as error:
            report.failed[series] = str(error)
    return found


def _with_enough_history(
    order: TrainingOrder, wanted: Iterable[Series], sources: Sources, report: TrainingReport
) -> list[Series]:
    """Those that can have a model; writes the dataset of each."""
    timeframe = sources.timeframe
    recipe = order.recipes[timeframe]
    fold = sources.folds(recipe)[-1]
    files = {file.symbol: file for file in sources.own}
    enough = []
    for series in with_progress(list(wanted), f"Datasets {timeframe}", "coin", order.quiet):
        try:
            (dataset,) = files[series.symbol].datasets(fold)
            write_parquet(dataset, dataset_path(order.datasets, *series))
            require_enough_history(dataset, timeframe, recipe.held_out)
            enough.append(series)
        except TooLittleHistory as error:
            report.too_little_history[series] = str(error)
        except DiskFull:
            raise
        except (CandorError, OSError) as error:
            report.failed[series] = str(error)
    return enough


# ---------------------------------------------------------------- doing it


def _learn_what_coins_share(order: TrainingOrder, plans: Iterable[_Plan], report: TrainingReport) -> list[_Plan]:
    """The plans whose experiments have succeeded; the others are stranded."""
    tasks = [(plan, each.network, each.network_file) for plan in plans for each in plan.shared]
    tasks += [(plan, each.trees, each.trees_file) for plan in plans for each in plan.shared]
    calls = [Call(_learn, (each, plan.sources, file), each.weight) for plan, each, file in tasks]
    results = order.workers.run(calls, "What coins share", order.quiet)
    for (plan, experiment, _), result in zip(tasks, results, strict=True):
        if isinstance(result, Failed):
            _strand(plan, f"the {experiment.learner} all coins share failed: {result.reason}", report)
    return [plan for plan in plans if not any(series in report.failed for series in plan.models)]


def _choose_ensembles(plan: _Plan, report: TrainingReport) -> tuple[Ensemble | None, ...]:
    """Of the tested models, and of those made until the end: what stands beside the networks."""
    try:
        return tuple(_choose_ensemble(each, plan.recipe) for each in plan.shared)
    except OSError as error:
        _strand(plan, str(error), report)
        return ()


def _choose_ensemble(shared: _Shared, recipe: Recipe) -> Ensemble | None:
    network, trees = _read_back(shared.network_file), _read_back(shared.trees_file)
    assert network.validation is not None and trees.validation is not None
    knows_sides = trees.model.side is not None
    blend = choose_ensemble(network.validation, trees.validation, knows_sides, recipe.temperature_bounds)
    return None if blend is None else (shared.trees_file, blend)


def _save_predictions_again(order: TrainingOrder, report: TrainingReport) -> None:
    """For the table: what models that were there already predict of their test periods, where that is lost."""
    registry = ModelRegistry(order.models)
    metrics = {series: registry.status(*series).metrics for series in report.kept}
    lost = [series for series, found in metrics.items() if found and saved_predictions(order.datasets, found) is None]
    folders = order.candles, order.models, order.datasets
    calls = [Call(save_predictions_again, (series, *folders)) for series in lost]
    for series, result in zip(lost, order.workers.run(calls, "Predictions", order.quiet), strict=True):
        if isinstance(result, Failed):
            report.not_in_table[series] = result.reason


def _publish(
    order: TrainingOrder, plans: Iterable[tuple[_Plan, tuple[Ensemble | None, ...]]], report: TrainingReport
) -> None:
    publication = Publication(order.models, order.datasets, order.candles.resolve().name, order.now)
    todo = [(plan, each, chosen) for plan, chosen in plans for each in plan.models if each not in report.failed]
    calls = [Call(_publish_coin, (plan, each, chosen, publication), _COIN_WEIGHT) for plan, each, chosen in todo]
    for (_, series, _), result in zip(todo, order.workers.run(calls, "Models", order.quiet), strict=True):
        if isinstance(result, Failed):
            report.failed[series] = result.reason
        else:
            report.trained.append(series)


def _strand(plan: _Plan, reason: str, report: TrainingReport) -> None:
    """Note that no model of this timeframe can be made; the first reason stays."""
    for series in plan.models:
        report.failed.setdefault(series, reason)


# ---------------------------------------------------------------- tasks


def _learn(experiment: Experiment, sources: Sources, file: Path) -> None:
    learn_once(experiment, sources, file)


def _publish_coin(plan: _Plan, series: Series, chosen: tuple[Ensemble | None, ...], publication: Publication) -> None:
    dataset = read_parquet(dataset_path(publication.datasets, *series))
    tested = _basis(plan.tested, dataset, chosen[0])
    later = None
    if plan.until_end is not None:
        (file,) = (each for each in plan.sources.own if each.symbol == series.symbol)
        (dataset,) = file.datasets(plan.until_end.network.fold)
        later = _basis(plan.until_end, dataset, chosen[1])
    until_end = later if later is not None and later.is_enough else None
    make_coin_model(series, tested, until_end, plan.recipe, publication)


def _basis(shared: _Shared, dataset: pd.DataFrame, ensemble: Ensemble | None) -> Basis:
    trees = None if ensemble is None else (_read_back(ensemble[0]).model, ensemble[1])
    return Basis(dataset, _read_back(shared.network_file), trees)


def _read_back(file: Path) -> Learned[Any]:
    try:
        return read_learned(file)
    except Exception as error:
        raise OSError(f"what the coins share cannot be read back from {file}: {reason_of(error)}") from None
