"""Everything the published models are measured against, in one run: baselines, ablations and earlier periods.

Published models are judged as they are. Everything else is trained anew, from nothing, with the recipe that made
them, and nothing is chosen on their test period: validation periods have the last word on steps, rounds and
temperatures, and half of it on the weights of ensembles. What is done is kept, what training has kept of the last period
among it, so that an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from core.domain import Timeframe
from core.errors import CandorError
from core.learning.assessment.plan import Plan
from core.learning.assessment.predictions import predict_once
from core.learning.assessment.results import TimeframeAssessment, compare
from core.learning.experiment import Experiment
from core.learning.order import Order
from core.learning.recipes import Recipe
from core.learning.workers import Call, Failed

_QUICK_STEPS, _QUICK_ROUNDS = 20, 10


@dataclass(frozen=True, kw_only=True)
class AssessmentOrder(Order):
    """What to assess, on which candles. ``quick`` cuts every training to a few steps: a glance at what the run would show."""

    quick: bool = False


@dataclass(slots=True)
class Assessment:
    """What came of an order; ``failed`` says what could not be measured and why, ``minutes`` how long it took.

    ``kept`` experiments were there from an earlier run or from training, ``made`` ones were run now.
    """

    order: AssessmentOrder
    timeframes: list[TimeframeAssessment] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    kept: int = 0
    made: int = 0
    minutes: float = 0.0


def assess(order: AssessmentOrder) -> Assessment:
    """Run what is not kept from an earlier run, then compare.

    CandorError, before any work, where its workers cannot do it or somebody else writes to its folder.
    """
    with order.only_writer("An evaluation", order.datasets):
        return _assess(order)


def _assess(order: AssessmentOrder) -> Assessment:
    started = time.perf_counter()
    outcome = Assessment(order)
    plans = []
    for timeframe in order.timeframes:
        try:
            plan, unreadable = plan_of(order, timeframe)
            plans.append(plan)
            outcome.failed |= unreadable
        except (CandorError, OSError) as error:
            outcome.failed[timeframe.value] = str(error)
    _carry_out(outcome, "Experiments", ((plan, *each) for plan in plans for each in plan.trainings().items()))
    _carry_out(outcome, "Ablations", ((plan, *each) for plan in plans for each in plan.ablations().items()))
    for plan in plans:
        try:
            outcome.timeframes.append(compare(plan, order.models))
        except (CandorError, OSError) as error:
            outcome.failed[plan.timeframe.value] = str(error)
    outcome.minutes = (time.perf_counter() - started) / 60
    return outcome


def plan_of(order: AssessmentOrder, timeframe: Timeframe) -> tuple[Plan, dict[str, str]]:
    """What to run, and by coin and timeframe why a file is left out of it; BadCandles where no candles can be used."""
    sources, unreadable = order.sources(timeframe)
    recipe = order.recipes[timeframe]
    return Plan(sources, _quick(recipe) if order.quick else recipe, order.seed, order.kept), unreadable


def _quick(recipe: Recipe) -> Recipe:
    network = replace(recipe.network, steps=_QUICK_STEPS, check_every=_QUICK_STEPS // 2)
    return replace(recipe, network=network, trees=replace(recipe.trees, rounds=_QUICK_ROUNDS))


def _carry_out(
    outcome: Assessment, title: str, experiments: Iterable[tuple[Plan, tuple[str, int], Experiment]]
) -> None:
    """Run what is not there yet, the longest first; notes what failed in ``outcome``."""
    longest_first = sorted(experiments, key=lambda each: -each[2].weight)
    calls = []
    for plan, _, experiment in longest_first:
        there = plan.is_kept(experiment)
        outcome.kept, outcome.made = outcome.kept + there, outcome.made + (not there)
        files = plan.learned_file(experiment), plan.predictions_file(experiment)
        calls.append(Call(predict_once, (experiment, plan.sources, *files), experiment.weight))
    results = outcome.order.workers.run(calls, title, outcome.order.quiet)
    for (plan, (name, fold), _), result in zip(longest_first, results, strict=True):
        if isinstance(result, Failed):
            outcome.failed[f"{plan.timeframe} fold {fold}, {name}"] = result.reason
