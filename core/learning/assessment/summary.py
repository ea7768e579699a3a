"""An assessment in the few figures that pages show: what is written to evaluation.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.learning.assessment.assess import Assessment
from core.learning.assessment.comparison import QUESTIONS, Judgement
from core.learning.assessment.fold_comparison import ENSEMBLE, PUBLISHED
from core.learning.assessment.plan import BOOSTED, ONE_PART, USUAL
from core.learning.assessment.results import TimeframeAssessment
from core.learning.evaluation import resampled_mean_skills
from core.learning.rounding import rounded
from core.market.candles import moment_of
from core.model.evaluated import Evaluated, Unmeasured
from core.text import iso


def summary_of(assessment: Assessment) -> Evaluated:
    """Of every timeframe that was measured."""
    order = assessment.order
    timeframes = {each.timeframe.value: _timeframe(each) for each in assessment.timeframes}
    found = {"date": iso(order.now), "market": order.candles.resolve().name, "timeframes": timeframes}
    return Evaluated.model_validate(rounded(found))


def _timeframe(each: TimeframeAssessment) -> dict[str, Any]:
    by_name = {row.judgement.name: row.judgement for row in each.models}
    usual = by_name.get(USUAL)
    return {
        "test": {"from": iso(moment_of(each.fold.test)), "to": iso(moment_of(each.fold.end))},
        "published": _judged(by_name[PUBLISHED]),
        "usual": usual and _judged(usual),
        "move": each.timing.promises.to_json(),
        "side": each.side.promises.to_json(),
        "walk_forward": _walk_forward(each),
        "one_forest": _one_forest(by_name),
        "fresh": _fresh(each),
        "proven": proven_of(by_name[PUBLISHED]),
    }


def _walk_forward(each: TimeframeAssessment) -> dict[str, Any]:
    """Of the recipe's ensemble, or why it was not judged on every fold."""
    walked = next((judgement for judgement in each.all_folds if judgement.name == ENSEMBLE), None)
    if walked is None:
        return {"reason": each.fresh.reason if isinstance(each.fresh, Unmeasured) else "failed"}
    pooled = [j.pooled for fold in each.folds for j in fold.judgements if j.name == ENSEMBLE and j.pooled is not None]
    return {"periods": len(each.folds), "n": sum(one["n"] for one in pooled), **_skills(walked)}


def _one_forest(by_name: Mapping[str, Judgement]) -> dict[str, Any] | None:
    one, two = by_name.get(ONE_PART), by_name.get(BOOSTED)
    if one is None or two is None:
        return None
    assert one.pooled is not None
    gains = {"two_forests": _gain(two, one), "published": _gain(by_name[PUBLISHED], one)}
    return {"n": one.pooled["n"], **_skills(one), **gains}


def _fresh(each: TimeframeAssessment) -> dict[str, Any]:
    if isinstance(each.fresh, Unmeasured):
        return each.fresh.model_dump()
    row = each.fresh.row
    assert row.over is not None
    return {"n": each.fresh.n, "periods": each.fresh.periods, "gain": _gain(row.judgement, row.over)}


def _gain(judgement: Judgement, over: Judgement) -> dict[str, Any]:
    found = judgement.gain_over(over)
    return {"skill": found["skill"], "interval": found["interval"]}


def proven_of(judgement: Judgement) -> dict[str, int]:
    """Of how many coins' models the interval of timing skill lies above zero, and that of side skill."""
    coins = judgement.coins.values()
    timing, side = (
        sum(coin[f"{question}_interval"][0] > 0 for coin in coins) for question in ("timing_skill", "direction_skill")
    )
    return {"models": len(coins), "timing": timing, "side": side}


def _judged(judgement: Judgement) -> dict[str, Any]:
    pooled = judgement.pooled
    assert pooled is not None
    full = [each for each in pooled["reliability"] if each["n"]]
    confidence = np.average([each["mean_confidence"] for each in full], weights=[each["n"] for each in full])
    names = ("n", "coins", "accuracy", "accuracy_interval", "majority_accuracy")
    return {
        **{name: pooled[name] for name in names},
        "said": float(confidence),
        "above": pooled["coins_above_climatology"],
        "above_interval": above_interval(judgement),
        **_skills(judgement),
    }


def _skills(judgement: Judgement) -> dict[str, Any]:
    found = judgement.skills()
    return {key: found[key] for question in QUESTIONS for key in (question, f"{question}_interval")}


def above_interval(judgement: Judgement) -> list[int]:
    """Between how many and how many coins lie above climatology in 95 % of the resamples of blocks of days.

    The same blocks are drawn for all coins that traded through the whole period.
    """
    above = sum((resampled_mean_skills([loss])[:, 0] > 0).astype(int) for loss in judgement.losses.values())
    low, high = np.percentile(above, [2.5, 97.5], method="nearest").tolist()
    return [low, high]
