"""What was wanted of the models before they were made, beside what was reached and what chance allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.domain import Timeframe
from core.learning.assessment.tables import NONE, table, with_interval
from core.model.evaluated import Evaluated, EvaluatedTimeframe


@dataclass(frozen=True, slots=True)
class Wanted:
    """Least skill, least coins above climatology and largest calibration error of P(move), where one was named.

    ``later_skill`` was wanted on a later period, whose candles are not in the project.
    """

    skill: float
    above: int
    move_ece: float | None
    later_skill: float


WANTED: Mapping[Timeframe, Wanted] = {
    Timeframe.M15: Wanted(0.033, 34, 0.02, 0.041),
    Timeframe.H1: Wanted(0.035, 34, 0.02, 0.050),
    Timeframe.H4: Wanted(0.031, 33, 0.02, 0.029),
    Timeframe.D1: Wanted(0.018, 27, None, 0.055),
}


def wanted_table(evaluated: Evaluated | None) -> str:
    """A line per timeframe of which something was wanted and that was measured."""
    if evaluated is None:
        return "Not measured yet."
    header = (
        "", "skill wanted", "reached", "coins above wanted", "reached", "chance allows", "P(move) off by wanted", "reached",
        "chance allows", "later skill wanted", "reached",
    )  # fmt: skip
    return table(header, (_cells(*each) for each in _measured(evaluated)))


def wanted_sentences(evaluated: Evaluated | None) -> str:
    """What of it was missed, whether chance allows that, and what is not measured here; a line for each."""
    if evaluated is None:
        return ""
    found = list(_measured(evaluated))
    missed = [sentence for each in found for sentence in _missed(*each)] or ["Nothing of it was missed."]
    later = ", ".join(f"{wanted.later_skill:+.3f} at {timeframe}" for timeframe, wanted, _ in found)
    return "\n".join(
        f"- {sentence}"
        for sentence in (
            *missed,
            f"On a later period a skill of {later} was wanted. Its candles are kept aside and are not in this project, so it is "
            "not measured here.",
        )
    )


def _measured(evaluated: Evaluated) -> Iterator[tuple[Timeframe, Wanted, EvaluatedTimeframe]]:
    for timeframe, each in evaluated.timeframes.items():
        if timeframe in WANTED:
            yield timeframe, WANTED[timeframe], each


def _cells(timeframe: Timeframe, wanted: Wanted, each: EvaluatedTimeframe) -> list[str]:
    published, move = each.published, each.move
    low, high = published.above_interval
    return [
        timeframe.value,
        f"{wanted.skill:+.3f}",
        with_interval(published.skill, published.skill_interval),
        str(wanted.above),
        f"{published.above} of {published.coins}",
        f"{low} to {high}",
        NONE if wanted.move_ece is None else f"{wanted.move_ece:.3f}",
        f"{move.ece:.3f}",
        f"{move.ece_by_chance.mean:.3f}, up to {move.ece_by_chance.p95:.3f}",
        f"{wanted.later_skill:+.3f}",
        "not measured",
    ]


def _missed(timeframe: Timeframe, wanted: Wanted, each: EvaluatedTimeframe) -> Iterator[str]:
    """By the figures as they are, not as the table rounds them."""
    published, move = each.published, each.move
    low, high = published.skill_interval
    if published.skill < wanted.skill:
        yield (
            f"Missed at {timeframe}: a skill of {published.skill:+.4f} where {wanted.skill:+.3f} was wanted, which lies "
            f"{_inside(wanted.skill <= high)} its interval ({low:+.4f} to {high:+.4f})."
        )
    fewest, most = published.above_interval
    if published.above < wanted.above:
        yield (
            f"Missed at {timeframe}: {published.above} of {published.coins} coins above climatology where {wanted.above} were "
            f"wanted, which lies {_inside(wanted.above <= most)} what chance allows ({fewest} to {most})."
        )
    if wanted.move_ece is not None and move.ece > wanted.move_ece:
        yield (
            f"Missed at {timeframe}: P(move) off by {move.ece:.4f} where {wanted.move_ece:.2f} was wanted, which lies "
            f"{_inside(move.ece <= move.ece_by_chance.p95)} what chance allows: a perfectly calibrated model would be off by "
            f"{move.ece_by_chance.mean:.4f}, and by up to {move.ece_by_chance.p95:.4f} 19 times in 20."
        )


def _inside(inside: bool) -> str:
    return "inside" if inside else "OUTSIDE"
