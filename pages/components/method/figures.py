"""What the evaluation measured, in the sentences and tables of the method page. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Iterable

from core.domain import Timeframe
from core.model.evaluated import Evaluated, EvaluatedTimeframe
from pages.components.shared.number_text import percent_text, score_text

SHOWN = Timeframe.M15
"""Where the two recipes are compared in a sentence: most candles, and the least luck."""

USUAL = "each coin alone, its last 30 days, 200 trees of LightGBM as it comes, trained anew every week"


def usual_recipe_sentence(evaluated: Evaluated | None) -> str:
    """Why the percentages are small, with the figures of both recipes."""
    measured = evaluated.timeframes.get(SHOWN) if evaluated else None
    if measured is None or measured.usual is None:
        return f"What the usual recipe ({USUAL}) would say in their place is not measured at {SHOWN} yet."
    usual, published = measured.usual, measured.published
    return (
        f"At {SHOWN} the usual recipe ({USUAL}) is right {percent_text(usual.accuracy)} of the time while saying "
        f"{percent_text(usual.said)}, a skill of {score_text(usual.skill, 3)}; the published models are right "
        f"{percent_text(published.accuracy)} while saying {percent_text(published.said)}, a skill of "
        f"{score_text(published.skill, 3)} (the same {published.n:,} candles of {published.coins} coins, on which always "
        f"calling one class is right {percent_text(published.majority_accuracy)})."
    )


def skills_table(evaluated: Evaluated) -> str:
    """Markdown: both skills of the published models at every timeframe measured."""
    rows = (
        [timeframe.value, _skill(p.timing_skill, p.timing_skill_interval), _skill(p.direction_skill, p.direction_skill_interval), f"{p.n:,}"]
        for timeframe, p in ((timeframe, each.published) for timeframe, each in evaluated.timeframes.items())
    )  # fmt: skip
    return _table(("", "When", "Which way", "n"), rows)


def promises_table(evaluated: Evaluated) -> str:
    """Markdown: how far P(move) is off, and what chance allows, at every timeframe measured."""
    rows = ([timeframe.value, *_promises(each)] for timeframe, each in evaluated.timeframes.items())
    return _table(("", "P(move) off by", "by chance alone", "n"), rows)


def _promises(each: EvaluatedTimeframe) -> list[str]:
    chance = each.move.ece_by_chance
    allowed = f"{percent_text(chance.mean)}, up to {percent_text(chance.p95)}"
    return [percent_text(each.move.ece), allowed, f"{each.move.n:,}"]


def _skill(skill: float, interval: list[float]) -> str:
    low, high = (score_text(end, 3) for end in interval)
    return f"{score_text(skill, 3)} ({low} to {high})"


def _table(header: tuple[str, ...], rows: Iterable[list[str]]) -> str:
    lines = [list(header), ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
