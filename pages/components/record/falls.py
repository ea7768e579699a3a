"""Whether it is getting worse, in sentences: promises that are not kept, and records below their tests."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.domain import ticker
from core.journal.slices import ENOUGH
from core.journal.track_record import Fall, ModelRecord, TimeframeReliance
from core.wording.language import in_a_row, listed, phrase, say, say_count
from core.wording.style import TYPESET
from pages.components.record.sentences import not_enough_sentence
from pages.components.shared.number_text import NOT_ENOUGH

BEYOND_TWO = 0.023
"""The share of models that would lie two standard errors or more below their tests by chance alone."""


def reliance_sentence(reliances: Sequence[TimeframeReliance]) -> str:
    """Whether the probabilities still keep what they promise of themselves."""
    enough = [each for each in reliances if each.reliance.enough]
    if not enough:
        return say("Whether probabilities keep what they promise: {not_enough}.", not_enough=say(NOT_ENOUGH))
    alarms = [each for each in enough if each.reliance.alarm]
    parts = say("; ").join(
        say(
            "{timeframe} {log_loss:.3f} against {expected:.3f} expected (n = {n:,})",
            timeframe=each.timeframe,
            log_loss=each.reliance.log_loss,
            expected=each.reliance.expected,
            n=each.reliance.n,
        )
        for each in enough
    )
    if alarms:
        lead = say(
            "Alarm: on {timeframes} the probabilities promise more than comes.",
            timeframes=listed(each.timeframe for each in alarms),
        )
    elif all(each.reliance.low is None for each in enough):
        lead = say("Too few days are over for an alarm.")
    else:
        lead = say("No alarm: on no timeframe do the probabilities promise provably more than comes.")
    return in_a_row(lead, say("Log loss: {parts}.", parts=parts))


BEYOND_CHANCE = 0.001
"""Models fell together if as many would fall by chance this seldom; a strict level, since coins move together."""


def worse_sentence(models: Sequence[ModelRecord], reliances: Sequence[TimeframeReliance]) -> str:
    """The answer in short: is the record worse than the tests, and do probabilities promise more than comes?"""
    return in_a_row(_below_tests(_falls(models)), _over_promising(reliances))


def _below_tests(falls: Sequence[Fall]) -> str:
    if not falls:
        return say("Worse than in the tests: {not_enough}.", not_enough=say(NOT_ENOUGH))
    far, n = _far(falls), len(falls)
    if n == 1:
        return say("Worse than in the tests: one of many models proves nothing.")
    if _as_many_by_chance(far, n) < BEYOND_CHANCE:
        return say("Worse than in the tests: yes, {far:,} of {n:,} models.", far=far, n=n)
    return say("Worse than in the tests: not shown.")


def _over_promising(reliances: Sequence[TimeframeReliance]) -> str:
    known = [each for each in reliances if each.reliance.enough and each.reliance.low is not None]
    alarms = [each.timeframe for each in known if each.reliance.alarm]
    if alarms:
        return say("Promising more than comes: yes, on {timeframes}.", timeframes=listed(alarms))
    if not known:
        return say("Promising more than comes: {not_enough}.", not_enough=say(NOT_ENOUGH))
    return say("Promising more than comes: not shown.")


def _falls(models: Sequence[ModelRecord]) -> list[Fall]:
    """Of every model that can be compared with its test."""
    return [model.skill_fall for model in models if model.skill_fall and model.figures.enough]


def _far(falls: Sequence[Fall]) -> int:
    """How many lie two standard errors or more below their tests."""
    return sum(each.deviations >= 2 for each in falls)


def _as_many_by_chance(far: int, n: int) -> float:
    """How likely chance alone makes ``far`` or more of ``n`` fall by two standard errors."""
    return sum(math.comb(n, k) * BEYOND_TWO**k * (1 - BEYOND_TWO) ** (n - k) for k in range(far, n + 1))


def fall_sentence(models: Sequence[ModelRecord]) -> str:
    """Which model fell farthest below its test, and how many would by chance."""
    falls = [(model, model.skill_fall) for model in models if model.skill_fall and model.figures.enough]
    alarms = sum(model.reliance is not None and model.reliance.alarm for model in models)
    if not falls:
        return say(
            "Record against test: {not_enough}; no model has {enough} outcomes over enough days.",
            not_enough=say(NOT_ENOUGH),
            enough=ENOUGH,
        )
    model, fall = max(falls, key=lambda pair: pair[1].deviations)
    far = _far(_falls(models))
    by_chance = len(falls) * BEYOND_TWO
    farthest = say(
        "Farthest below its test: {model}, skill {record} after {test}, {deviations:.1f} standard errors.",
        model=model_name(model),
        record=TYPESET.around_zero(fall.record),
        test=TYPESET.around_zero(fall.test),
        deviations=fall.deviations,
    )
    if len(falls) == 1:
        return in_a_row(farthest, _alarms(alarms))
    others = say(
        "Of {count:,} models {far} fell by 2 or more; about {by_chance:.1f} would by chance.",
        count=len(falls),
        far=far,
        by_chance=by_chance,
    )
    return in_a_row(farthest, others, _alarms(alarms))


def one_fall_sentence(model: ModelRecord) -> str:
    """How far one model is below its test."""
    if not model.figures.enough:
        return not_enough_sentence(model.figures)
    if model.skill_fall is None:
        return (
            say("It was never tested.")
            if model.test is None
            else say("Too few days are over to compare its skill with its test's.")
        )
    fall = model.skill_fall
    text = (
        phrase("Skill {record} after {test} in its test: {deviations:.1f} standard errors below.")
        if fall.deviations >= 0
        else phrase("Skill {record} after {test} in its test: {deviations:.1f} standard errors above.")
    )
    skill = say(
        text,
        record=TYPESET.around_zero(fall.record),
        test=TYPESET.around_zero(fall.test),
        deviations=abs(fall.deviations),
    )
    return in_a_row(skill, one_look_sentence())


def one_look_sentence() -> str:
    """How much weight there is in what becomes of one model."""
    return say("That is one look at one of many models, and proves nothing by itself.")


def _alarms(alarms: int) -> str:
    return (
        say_count("{count} model raised the alarm.", "{count} models raised the alarm.", alarms)
        if alarms
        else say("None raised the alarm, which is of broken promises alone.")
    )


def model_name(model: ModelRecord) -> str:
    """``BTC 15m``."""
    return f"{ticker(model.series.symbol)} {model.series.timeframe}"
