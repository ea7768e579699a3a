"""What was wanted of the models before they were made, beside what was reached and what chance allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.domain import Timeframe
from core.learning.assessment.tables import NONE, table, with_interval
from core.model.evaluated import Evaluated, EvaluatedTimeframe


@dataclass(frozen=True, slots=True)
class Wanted:
    """Least skill, least coins above climatology and largest calibration error of P(move), where one was named."""

    skill: float
    above: int
    move_ece: float | None


WANTED: Mapping[Timeframe, Wanted] = {
    Timeframe.M15: Wanted(0.033, 34, 0.02),
    Timeframe.H1: Wanted(0.035, 34, 0.02),
    Timeframe.H4: Wanted(0.031, 33, 0.02),
    Timeframe.D1: Wanted(0.018, 27, None),
}


def wanted_table(evaluated: Evaluated | None) -> str:
    """A line per timeframe of which something was wanted and that was measured."""
    if evaluated is None:
        return "Not measured yet."
    header = (
        "", "skill wanted", "reached", "coins above wanted", "reached", "chance allows", "P(move) off by wanted", "reached",
        "chance allows",
    )  # fmt: skip
    return table(
        header,
        (
            _cells(WANTED[timeframe], timeframe, each)
            for timeframe, each in evaluated.timeframes.items()
            if timeframe in WANTED
        ),
    )


def _cells(wanted: Wanted, timeframe: Timeframe, each: EvaluatedTimeframe) -> list[str]:
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
    ]
