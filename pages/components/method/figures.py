"""What the evaluation measured, in the sentences and tables of the method page. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Iterable

from core.model.evaluated import Evaluated, EvaluatedTimeframe
from core.wording.language import say
from pages.components.shared.number_text import percent_text, score_text


def skills_table(evaluated: Evaluated) -> str:
    """Markdown: both skills of the published models at every timeframe measured."""
    rows = (
        [timeframe.value, _skill(p.timing_skill, p.timing_skill_interval), _skill(p.direction_skill, p.direction_skill_interval), f"{p.n:,}"]
        for timeframe, p in ((timeframe, each.published) for timeframe, each in evaluated.timeframes.items())
    )  # fmt: skip
    return _table(("", say("When"), say("Which way"), "n"), rows)


def promises_table(evaluated: Evaluated) -> str:
    """Markdown: how far P(move) is off, and what chance allows, at every timeframe measured."""
    rows = ([timeframe.value, *_promises(each)] for timeframe, each in evaluated.timeframes.items())
    return _table(("", say("P(move) off by"), say("by chance alone"), "n"), rows)


def _promises(each: EvaluatedTimeframe) -> list[str]:
    chance = each.move.ece_by_chance
    allowed = say("{mean}, up to {p95}", mean=percent_text(chance.mean), p95=percent_text(chance.p95))
    return [percent_text(each.move.ece), allowed, f"{each.move.n:,}"]


def _skill(skill: float, interval: list[float]) -> str:
    low, high = (score_text(end, 3) for end in interval)
    return say("{skill} ({low} to {high})", skill=score_text(skill, 3), low=low, high=high)


def _table(header: tuple[str, ...], rows: Iterable[list[str]]) -> str:
    lines = [list(header), ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
