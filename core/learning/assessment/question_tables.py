"""The two questions of one timeframe as text: how well the published models know when, and which way."""

from __future__ import annotations

from collections.abc import Iterable

from core.learning.assessment.questions import Answered
from core.learning.assessment.results import TimeframeAssessment
from core.learning.assessment.tables import table, with_interval
from core.learning.promises import Measured, Promise
from core.model.enough import ENOUGH


def questions_text(each: TimeframeAssessment) -> str:
    """Both, with their tables."""
    return "\n\n".join(
        (
            "**When: is a barrier touched?** The published models' P(move) beside what it promised. "
            f"{_skills(each.timing)} {_error(each.timing.promises, 'P(move)')} {_move_calls(each.timing)}",
            promises_table("P(move)", each.timing.promises.bins.values()),
            promises_table("said", each.timing.calls),
            "**Which way, where one was touched?** P(LONG, given a move) beside what it promised. "
            f"{_skills(each.side)} {_error(each.side.promises, 'P(LONG, given a move)')}",
            promises_table("P(LONG, given a move)", each.side.promises.bins.values()),
            promises_table("said", each.side.calls),
        )
    )


def _skills(answers: Answered) -> str:
    skills = "; ".join(f"over {s.baseline} {with_interval(s.skill, (s.low, s.high))}" for s in answers.skills)
    return f"Skill {skills}."


def _error(kept: Measured, name: str) -> str:
    return (
        f"Calibration error of {name}: {kept.ece:.4f}; a perfectly calibrated model would show "
        f"{kept.ece_by_chance:.4f} here by chance alone, under {kept.ece_limit:.4f} 19 times in 20."
    )


def _move_calls(answers: Answered) -> str:
    calls = {each.name: each for each in answers.calls}
    return " ".join(
        f"Said {name}: came {calls[name].came_true:.0%}, promised {calls[name].promised:.0%}."
        for name in ("likely", "quiet")
        if name in calls
    )


def promises_table(first: str, promises: Iterable[Promise]) -> str:
    """What each promised beside what came true; a share of few candles is given no interval."""
    rows = ([p.name, f"{p.n:,}", f"{p.promised:.1%}", _came_true(p)] for p in promises)
    return table((first, "candles", "promised", "came true"), rows)


def _came_true(promise: Promise) -> str:
    interval = f"{promise.low:.1%} {promise.high:.1%}" if promise.n >= ENOUGH else f"under {ENOUGH} candles"
    return f"{promise.came_true:.1%} ({interval})"
