"""How the recipe behind a model did on several periods in a row: the figures that stand beside those of one test."""

from __future__ import annotations

from collections.abc import Sequence

from core.domain import Timeframe
from core.measured import MeasuredSkill
from core.model.evaluated import Unmeasured, UnusableEvaluation, WalkForward
from core.model.registry import ModelRegistry
from core.wording.language import say
from core.wording.style import TYPESET
from core.wording.unmeasured import WHY_UNMEASURED
from pages.components.shared.questions import proves_text, skill_sentence


def walk_forward_of(registry: ModelRegistry, timeframe: Timeframe) -> WalkForward | Unmeasured | None:
    """None where nobody measured it, or where what was measured cannot be read, which the method page says."""
    try:
        evaluated = registry.evaluation()
    except UnusableEvaluation:
        return None
    measured = evaluated.timeframes.get(timeframe) if evaluated else None
    return measured.walk_forward if measured else None


def walk_forward_sentences(walked: WalkForward | Unmeasured | None, timeframe: Timeframe) -> str:
    """Both skills of the recipe, or why there are none, in Markdown."""
    if walked is None:
        return say(
            "**The same recipe on earlier periods** (walk-forward): not measured at {timeframe}.", timeframe=timeframe
        )
    if isinstance(walked, Unmeasured):
        return say(
            "**The same recipe on earlier periods** (walk-forward): not measured at {timeframe}: {why}.",
            timeframe=timeframe,
            why=say(WHY_UNMEASURED[walked.reason]),
        )
    return say(
        "**The same recipe on {periods} periods in a row** at {timeframe}, all coins together, trained anew "
        "before each (walk-forward). When: {when} Which way, after the moves among these candles: {which_way} It was chosen on all of them but "
        "the last, which flatters it a little.",
        periods=walked.periods,
        timeframe=timeframe,
        when=skill_sentence(_measured(walked.timing_skill, walked.timing_skill_interval, walked.n)),
        which_way=_which_way(walked),
    )


def _which_way(walked: WalkForward) -> str:
    """Only candles after which the price moved tell of it; how many these were is not kept."""
    measured = _measured(walked.direction_skill, walked.direction_skill_interval, walked.n)
    return say(
        "{skill} (95\u00a0% interval {low} to {high}): {proves}.",
        skill=TYPESET.around_zero(measured.skill),
        low=TYPESET.around_zero(measured.low),
        high=TYPESET.around_zero(measured.high),
        proves=proves_text(measured.proof),
    )


def _measured(skill: float, interval: Sequence[float], n: int) -> MeasuredSkill:
    low, high = interval
    return MeasuredSkill(skill, low, high, n)
