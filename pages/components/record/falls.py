"""Whether it is getting worse, in sentences: promises that are not kept, and records below their tests."""

from __future__ import annotations

from collections.abc import Sequence

from core.domain import ticker
from core.journal.slices import ENOUGH
from core.journal.track_record import ModelRecord, TimeframeReliance
from pages.components.record.sentences import NOT_ENOUGH, not_enough_sentence
from pages.components.shared.number_text import count_text, score_text

BEYOND_TWO = 0.023
"""The share of models that would lie two standard errors or more below their tests by chance alone."""


def reliance_sentence(reliances: Sequence[TimeframeReliance]) -> str:
    """Whether the probabilities still keep what they promise of themselves."""
    said = [each for each in reliances if each.reliance.n >= ENOUGH]
    if not said:
        return f"Whether probabilities keep what they promise: {NOT_ENOUGH}."
    alarms = [each for each in said if each.reliance.alarm]
    parts = "; ".join(
        f"{each.timeframe} {each.reliance.log_loss:.3f} against {each.reliance.expected:.3f} expected (n = {each.reliance.n:,})"
        for each in said
    )
    if alarms:
        lead = f"Alarm: on {', '.join(each.timeframe for each in alarms)} the probabilities promise more than comes."
    elif all(each.reliance.low is None for each in said):
        lead = "Too few days are over for an alarm."
    else:
        lead = "No alarm: on no timeframe do the probabilities promise provably more than comes."
    return f"{lead} Log loss: {parts}."


def fall_sentence(models: Sequence[ModelRecord]) -> str:
    """Which model fell farthest below its test, and how many would by chance."""
    told = [(model, model.skill_fall) for model in models if model.skill_fall and model.figures.enough]
    alarms = sum(model.reliance is not None and model.reliance.alarm for model in models)
    if not told:
        return f"Record against test: {NOT_ENOUGH}; no model has {ENOUGH} outcomes over enough days."
    model, fall = max(told, key=lambda pair: pair[1].deviations)
    far = sum(each.deviations >= 2 for _, each in told)
    by_chance = len(told) * BEYOND_TWO
    return (
        f"Farthest below its test: {model_name(model)}, skill {score_text(fall.record, 3)} after {score_text(fall.test, 3)}, "
        f"{fall.deviations:.1f} standard errors. Of {count_text(len(told), 'model')} {far} fell by 2 or more; about "
        f"{by_chance:.1f} would by chance. {_alarms(alarms)}"
    )


def one_fall_sentence(model: ModelRecord) -> str:
    """How far one model is below its test."""
    if not model.figures.enough:
        return not_enough_sentence(model.figures.resolved)
    if model.skill_fall is None:
        return (
            "It was never tested."
            if model.test is None
            else "Too few days are over to compare its skill with its test's."
        )
    fall = model.skill_fall
    way = "below" if fall.deviations >= 0 else "above"
    return (
        f"Skill {score_text(fall.record, 3)} after {score_text(fall.test, 3)} in its test: {abs(fall.deviations):.1f} standard "
        f"errors {way}. That is one look at one of many models, and proves nothing by itself."
    )


def _alarms(alarms: int) -> str:
    return f"{count_text(alarms, 'model')} raised the alarm." if alarms else "None raised the alarm."


def model_name(model: ModelRecord) -> str:
    """``BTC 15m``."""
    return f"{ticker(model.series.symbol)} {model.series.timeframe}"
