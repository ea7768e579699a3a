"""English: what a model's own test says against it, or what is to know of it."""

from __future__ import annotations

from core.findings import (
    NeverTested,
    NoProvenSkill,
    NotAboveBaseline,
    NotOverTheClock,
    OldModel,
    QuietPromiseBroken,
    SkilledUnderTheLine,
    UnderTheLine,
    WorseThanFrequencies,
    WorseThanGuessing,
)
from core.measured import MeasuredAccuracy, MeasuredSkill, WhatWasTested
from core.wording.language import Words
from core.wording.style import Style

_OFTEN = 1.15
"""From so many times as often on it is said how many; nearer to each other the two percentages say it."""


def _right(measured: MeasuredAccuracy, style: Style, accuracy: str | None = None) -> str:
    low, high = style.share(measured.low), style.share(measured.high)
    return (
        f"Right {accuracy or style.share(measured.accuracy)} of the time on {measured.n:,} test candles "
        f"({style.sure} interval {low} to {high})"
    )


def _never_tested(_: NeverTested, __: Style) -> str:
    return "This model was never tested on candles it had not seen; its probabilities are unproven."


def _worse_than_guessing(facts: WorseThanGuessing, style: Style) -> str:
    return (
        f"{_right(facts.measured, style)}: broken. Blind guessing is right about a third of the time; to be wrong this "
        f"reliably suggests a label mix-up, SHORT, {style.no_trade} and LONG numbered differently in training than here."
    )


def _under_the_line(facts: UnderTheLine, style: Style) -> str:
    return f"{_right_below(facts, style)}; always saying {_baseline(facts.measured, style)}."


def _skilled_under_the_line(facts: SkilledUnderTheLine, style: Style) -> str:
    return (
        f"{_right_below(facts, style)}, though its skill is proven: {_over_the_frequencies(facts.skill, style)}. "
        f"Always saying {_baseline(facts.measured, style)}."
    )


def _baseline(measured: MeasuredAccuracy, style: Style) -> str:
    """``SHORT is right 33.9%, 1.7 times as often``: how much more often is said, and not that it is beyond chance."""
    right = f"{style.direction(measured.majority)} is right {style.share(measured.majority_accuracy)}"
    times = measured.majority_accuracy / measured.accuracy if measured.accuracy else 0.0
    return f"{right}, {times:.1f} times as often" if times >= _OFTEN else right


def _right_below(facts: UnderTheLine | SkilledUnderTheLine, style: Style) -> str:
    accuracy = style.share_below(facts.measured.accuracy, facts.line)
    return f"{_right(facts.measured, style, accuracy)}, under the {style.share(facts.line, 0)} line"


def _not_above_baseline(facts: NotAboveBaseline, style: Style) -> str:
    measured = facts.measured
    return (
        f"{_right(measured, style)}, no better than always {style.direction(measured.majority)}: that alone is right "
        f"{style.share(measured.majority_accuracy)}."
    )


def _no_proven_skill(facts: NoProvenSkill, style: Style) -> str:
    return f"No proven skill: {_over_the_frequencies(facts.measured, style)}."


def _worse_than_frequencies(facts: WorseThanFrequencies, style: Style) -> str:
    return (
        f"Worse than knowing only how often each class happens: {_over_the_frequencies(facts.measured, style)}, "
        "wholly below 0."
    )


def _over_the_frequencies(measured: MeasuredSkill, style: Style) -> str:
    low, high = style.signed(measured.low, 3), style.signed(measured.high, 3)
    return (
        f"{style.signed(measured.skill, 3)} over the class frequencies on {measured.n:,} test candles, "
        f"{style.sure} interval {low} to {high}"
    )


def _old_model(facts: OldModel, _: Style) -> str:
    return (
        f"Trained {facts.days} days ago ({facts.trained_at:%Y-%m-%d}); models older than {facts.max_days} days may have "
        "outlived their market."
    )


def _not_over_the_clock(facts: NotOverTheClock, style: Style) -> str:
    low, high = style.signed(facts.measured.low, 3), style.signed(facts.measured.high, 3)
    return (
        "When is proven over the class frequencies, and not over the clock: timing skill over what coin and hour of the week "
        f"alone know is {style.signed(facts.measured.skill, 3)} on {facts.measured.n:,} test candles, {style.sure} interval "
        f"{low} to {high}."
    )


def _quiet_promise_broken(facts: QuietPromiseBroken, style: Style) -> str:
    looks = "" if facts.looks == 1 else f", the worst of {facts.looks} quiet ranges"
    return (
        f"At the quiet end its P(move) did not keep its word: of {facts.n:,} test candles on which it said "
        f"{style.share(facts.promised)}, a barrier was touched on {style.share(facts.came_true)} ({style.sure} interval "
        f"{style.share(facts.low)} to {style.share(facts.high)}{looks}); one faultless model in twenty looks as bad."
    )


def tested(facts: WhatWasTested, _: Style) -> str:
    """``Tested as trained until 2025-07-06, on 2025-07-07 to 2025-08-31; then trained on until 2025-08-31.``"""
    days = f"on {facts.first:%Y-%m-%d} to {facts.last:%Y-%m-%d}"
    if facts.trained_on_until is None:
        return f"Tested as it is, trained until {facts.until:%Y-%m-%d}, {days}."
    return f"Tested as trained until {facts.until:%Y-%m-%d}, {days}; then trained on until {facts.trained_on_until:%Y-%m-%d}."


OF_MODELS: Words = {
    NeverTested: _never_tested,
    WorseThanGuessing: _worse_than_guessing,
    UnderTheLine: _under_the_line,
    SkilledUnderTheLine: _skilled_under_the_line,
    NotOverTheClock: _not_over_the_clock,
    QuietPromiseBroken: _quiet_promise_broken,
    NotAboveBaseline: _not_above_baseline,
    NoProvenSkill: _no_proven_skill,
    WorseThanFrequencies: _worse_than_frequencies,
    OldModel: _old_model,
}
