"""Everything the published models are measured against, in one run: baselines, ablations and earlier periods.

Published models are judged as they are. Everything else is trained anew, from nothing, with the recipe that made
them, and nothing is chosen on their test period: validation periods have the last word on steps, rounds and
temperatures, and half of it on the weights of ensembles. What is done is kept, so that an interrupted run goes on where
it stopped.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from joblib import delayed

from core.domain import Timeframe
from core.errors import BadCandles, CandorError
from core.learning.assessment.timeframe import TimeframeAssessment, TimeframePlan
from core.learning.experiment import Experiment, Material, run_and_keep
from core.learning.folds import FOLDS, expanding_folds
from core.learning.network import RECIPES, Recipe
from core.learning.progress import progress_bar, report
from core.learning.sources import CandleFile, extra_files
from core.learning.trees import BOOSTINGS, Boosting
from core.learning.workers import reason_of, run_in_processes
from core.market.candles import CandleStore, open_times_ms

WALK_FORWARD = (Timeframe.M15, Timeframe.H1, Timeframe.H4)
"""The timeframes with enough candles to learn from a quarter of them."""

_QUICK_STEPS, _QUICK_ROUNDS = 20, 10


@dataclass(frozen=True, slots=True)
class AssessmentOrder:
    """What to assess, on which candles; ``now`` is the date the results carry, ``kept`` where experiments are kept.

    ``quick`` cuts every training to a few steps: a look at what the run would show, and nothing more.
    """

    candles: Path
    models: Path
    kept: Path
    timeframes: tuple[Timeframe, ...]
    now: datetime
    spot_candles: Path | None = None
    jobs: int = 1
    seed: int = 1
    quick: bool = False
    quiet: bool = False
    recipes: Mapping[Timeframe, Recipe] = field(default_factory=lambda: RECIPES)
    boostings: Mapping[Timeframe, Boosting] = field(default_factory=lambda: BOOSTINGS)


@dataclass(slots=True)
class Assessment:
    """What came of an order; ``failed`` says what could not be measured and why, ``minutes`` how long it took.

    ``kept`` experiments were there from an earlier run, ``made`` ones were run now.
    """

    order: AssessmentOrder
    timeframes: list[TimeframeAssessment] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    kept: int = 0
    made: int = 0
    minutes: float = 0.0


def assess(order: AssessmentOrder) -> Assessment:
    """Run what is not kept from an earlier run, then compare."""
    started = time.perf_counter()
    outcome = Assessment(order)
    plans = []
    for timeframe in order.timeframes:
        try:
            plans.append(_plan(order, timeframe))
        except (CandorError, OSError) as error:
            outcome.failed[timeframe.value] = str(error)
    first = {(plan, *key): each for plan in plans for key, each in plan.trainings().items()}
    # Ablations are planned when the network they follow is there; until then they are taken for five of its size.
    guess = sum(5 * order.recipes[plan.timeframe].steps for plan in plans)
    with progress_bar(sum(e.units for e in first.values()) + guess, "Evaluation", order.quiet) as progress:
        _carry_out(outcome, first, progress)
        last = {plan: plan.folds[-1].number for plan in plans}
        second = {(plan, n, last[plan]): each for plan in plans for n, each in plan.ablations().items()}
        _carry_out(outcome, second, progress)
    for plan in plans:
        try:
            outcome.timeframes.append(plan.compare(order.models))
        except (CandorError, OSError) as error:
            outcome.failed[plan.timeframe.value] = str(error)
    outcome.minutes = (time.perf_counter() - started) / 60
    return outcome


def _plan(order: AssessmentOrder, timeframe: Timeframe) -> TimeframePlan:
    """TooLittleHistory, BadCandles or an OSError where these candles cannot be used."""
    store = CandleStore(order.candles)
    times = {
        symbol: open_times_ms(frame)
        for symbol in store.symbols()
        if store.has(symbol, timeframe) and len(frame := store.read(symbol, timeframe))
    }
    if not times:
        raise BadCandles(f"{order.candles} holds no {timeframe} candles.")
    more, other, unreadable = extra_files(timeframe, order.candles, order.spot_candles)
    for reason in unreadable.values():
        raise BadCandles(reason)
    first, last = min(int(t[0]) for t in times.values()), max(int(t[-1]) for t in times.values())
    folds = expanding_folds(first, last, timeframe, FOLDS if timeframe in WALK_FORWARD else 1)
    candles = tuple(CandleFile(store.path(symbol, timeframe), timeframe) for symbol in times)
    material = Material(timeframe, candles, more, other)
    recipe, boosting = order.recipes[timeframe], order.boostings[timeframe]
    if order.quick:
        recipe = replace(recipe, steps=_QUICK_STEPS, check_every=_QUICK_STEPS // 2)
        boosting = replace(boosting, rounds=_QUICK_ROUNDS)
    base = Experiment(timeframe, folds[-1], "cnn-lstm", recipe, boosting, order.seed)
    return TimeframePlan(material, folds, base, first, order.kept)


_Key = tuple[TimeframePlan, str, int]


def _carry_out(outcome: Assessment, experiments: Mapping[_Key, Experiment], progress: Path) -> None:
    """Run what is not there yet, the longest first, each in a process of its own; notes what failed in ``outcome``."""
    order = outcome.order
    longest_first = sorted(experiments.items(), key=lambda item: -item[1].units)
    tasks = []
    for (plan, _, _), experiment in longest_first:
        file = plan.file(experiment)
        there = file.is_file()
        outcome.kept, outcome.made = outcome.kept + there, outcome.made + (not there)
        tasks.append((experiment, plan.material, file, progress))
    reasons = run_in_processes(order.jobs, (delayed(_run)(*task) for task in tasks))
    for ((plan, name, fold), _), reason in zip(longest_first, reasons, strict=True):
        if reason is not None:
            outcome.failed[f"{plan.timeframe} fold {fold}, {name}"] = reason


def _run(experiment: Experiment, material: Material, file: Path, progress: Path) -> str | None:
    """One experiment; returns the reason where it failed."""
    try:
        run_and_keep(experiment, material, file, lambda steps: report(progress, steps))
    except Exception as error:
        return reason_of(error)
    return None
