"""What the evaluation measured, in the sentences and tables of the method page. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.domain import Timeframe
from core.model.evaluated import PROVEN_BY_CHANCE, Evaluated, EvaluatedTimeframe, Fresh, Gain
from core.wording.language import phrase, say
from core.wording.unmeasured import WHY_UNMEASURED
from pages.components.shared.number_text import NONE, skill_text


def skills_table(evaluated: Evaluated) -> str:
    """Markdown: both skills of the published models at every timeframe measured."""
    rows = (
        [
            timeframe.value,
            skill_text(each.published.timing_skill, *each.published.timing_skill_interval),
            f"{each.published.n:,}",
            skill_text(each.published.direction_skill, *each.published.direction_skill_interval),
            f"{each.side.n:,}",
        ]
        for timeframe, each in evaluated.timeframes.items()
    )
    return _table((say("Timeframe"), say("When"), "n", say("Which way"), say("n, moves")), rows)


def gains_text(evaluated: Evaluated) -> str:
    """Markdown: what two forests gain over one and fresh networks over older ones, and how many models chance would prove.

    Empty where none of it was measured.
    """
    measured = {timeframe: each for timeframe, each in evaluated.timeframes.items() if each.fresh is not None}
    if not measured:
        return ""
    rows = ([timeframe.value, _two_forests(each), _fresh(each, timeframe)] for timeframe, each in measured.items())
    table = _table((say("Timeframe"), say("Two forests over one"), say("Fresh over a period older")), rows)
    return "\n\n".join((say(_WHAT_GAINS), table, *_proven(evaluated)))


_WHAT_GAINS = phrase(
    "What the parts are worth, in skill: a forest for each question over one of three classes, and a network trained until a "
    "period begins over one trained until a period earlier:"
)


def _two_forests(each: EvaluatedTimeframe) -> str:
    return NONE if each.one_forest is None else _gain(each.one_forest.two_forests, each.one_forest.n)


def _fresh(each: EvaluatedTimeframe, timeframe: Timeframe) -> str:
    if isinstance(each.fresh, Fresh):
        return _gain(each.fresh.gain, each.fresh.n)
    if each.fresh is None:
        return NONE
    why = say(WHY_UNMEASURED[each.fresh.reason])
    return say("not measured at {timeframe}: {why}", timeframe=timeframe, why=why)


def _gain(gain: Gain, n: int) -> str:
    return say("{skill}, n\u00a0=\u00a0{n:,}", skill=skill_text(gain.skill, *gain.interval), n=n)


def _proven(evaluated: Evaluated) -> Iterator[str]:
    counts = [each.proven for each in evaluated.timeframes.values() if each.proven is not None]
    if counts:
        models = sum(each.models for each in counts)
        yield say(
            "{models} models were looked at. Chance alone would prove {chance:.1f} of them in each question; when is proven for "
            "{timing}, which way for {side}.",
            models=models,
            chance=models * PROVEN_BY_CHANCE,
            timing=sum(each.timing for each in counts),
            side=sum(each.side for each in counts),
        )


def promises_table(evaluated: Evaluated) -> str:
    """Markdown: how far P(move) is off, and what chance allows, at every timeframe measured."""
    rows = ([timeframe.value, *_promises(each)] for timeframe, each in evaluated.timeframes.items())
    return _table((say("Timeframe"), say("P(move) off by, points"), say("by chance alone"), "n"), rows)


def _promises(each: EvaluatedTimeframe) -> list[str]:
    chance = each.move.ece_by_chance
    allowed = say("{mean:.1f}, up to {p95:.1f}", mean=chance.mean * 100, p95=chance.p95 * 100)
    return [f"{each.move.ece * 100:.1f}", allowed, f"{each.move.n:,}"]


def _table(header: tuple[str, ...], rows: Iterable[list[str]]) -> str:
    lines = [list(header), ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
