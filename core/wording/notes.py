"""What is to know of a model that is no doubt, and which model the figures of a test are of."""

from __future__ import annotations

from core.findings import NotOverTheClock, QuietPromiseBroken
from core.measured import MeasuredAccuracy, WhatWasTested
from core.wording.language import phrase, say
from core.wording.style import Style

_OFTEN = 1.15
"""From so many times as often on it is said how many; nearer to each other the two percentages say it."""


def always_right(measured: MeasuredAccuracy, style: Style) -> str:
    """``SHORT is right 33.9%, 1.7 times as often``: how much more often is said, and not that it is beyond chance."""
    times = measured.majority_accuracy / measured.accuracy if measured.accuracy else 0.0
    return say(
        phrase("{majority} is right {share}, {times:.1f} times as often")
        if times >= _OFTEN
        else phrase("{majority} is right {share}"),
        majority=style.direction(measured.majority),
        share=style.share(measured.majority_accuracy),
        times=times,
    )


def not_over_the_clock(facts: NotOverTheClock, style: Style) -> str:
    """With its numbers."""
    return say(
        "Timing is proven over the class frequencies, and not over the clock: timing skill over what coin and hour of the week "
        "alone know is {skill} on {n:,} test candles, {sure} interval {low} to {high}.",
        skill=style.around_zero(facts.measured.skill),
        n=facts.measured.n,
        sure=say(style.sure),
        low=style.around_zero(facts.measured.low),
        high=style.around_zero(facts.measured.high),
    )


def quiet_promise_broken(facts: QuietPromiseBroken, style: Style) -> str:
    """With its numbers, and how often chance alone looks like it."""
    worst = say(", the worst of {ranges} quiet ranges", ranges=facts.looks) if facts.looks > 1 else ""
    return say(
        "At the quiet end its P(move) did not keep its word: of {n:,} test candles on which it said {promised}, a barrier was "
        "touched on {came} ({sure} interval {low} to {high}{worst}); one faultless model in twenty looks as bad.",
        n=facts.n,
        promised=style.share(facts.promised),
        came=style.share(facts.came_true),
        sure=say(style.sure),
        low=style.share(facts.low),
        high=style.share(facts.high),
        worst=worst,
    )


def tested(facts: WhatWasTested) -> str:
    """``Tested as trained until 2025-07-06, on 2025-07-07 to 2025-08-31; then trained on until 2025-08-31.``"""
    return say(
        phrase("Tested as it is, trained until {until:%Y-%m-%d}, on {first:%Y-%m-%d} to {last:%Y-%m-%d}.")
        if facts.trained_on_until is None
        else phrase(
            "Tested as trained until {until:%Y-%m-%d}, on {first:%Y-%m-%d} to {last:%Y-%m-%d}; then trained on until "
            "{later:%Y-%m-%d}."
        ),
        until=facts.until,
        first=facts.first,
        last=facts.last,
        later=facts.trained_on_until or facts.until,
    )
