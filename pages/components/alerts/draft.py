"""A rule as a form has it, before it is one: plain values in, a rule or what is wrong with them out. Knows no Streamlit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Any

from pydantic import ValidationError

from core.alerts.rules import Rule
from core.domain import Timeframe
from core.wording.language import phrase

SIGNAL, STALE, SILENT = "signal", "model_stale", "feed_silent"
KINDS = {
    SIGNAL: phrase("A signal changes into it"),
    STALE: phrase("A model goes stale"),
    SILENT: phrase("The feed goes silent"),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed; percentages are 0 to 100, and 0 asks for nothing. Quiet hours are in UTC."""

    name: str
    kind: str
    symbols: tuple[str, ...] = ()
    timeframes: tuple[Timeframe, ...] = ()
    move: float = 0
    above_usual: float = 0
    confidence: float = 0
    side: str | None = None
    band: str | None = None
    timing_proven: bool = False
    side_proven: bool = False
    trusted: bool = False
    leave_lower_by: float = 2
    candles: int = 1
    most_an_hour: int = 12
    quiet: tuple[time, time] | None = None
    tell_end: bool = False


def rule_of(draft: Draft) -> Rule | list[str]:
    """The rule, or a sentence for each thing that keeps the draft from being one."""
    try:
        return Rule.model_validate(_values(draft))
    except ValidationError as error:
        return [_sentence(problem) for problem in error.errors()]


def _values(draft: Draft) -> dict[str, Any]:
    quiet = None if draft.quiet is None else dict(zip(("begins", "ends"), map(_minute, draft.quiet), strict=True))
    return {
        "name": draft.name,
        "symbols": draft.symbols,
        "timeframes": draft.timeframes,
        "condition": {"kind": draft.kind, **(_asked(draft) if draft.kind == SIGNAL else {})},
        "candles": draft.candles,
        "most_an_hour": draft.most_an_hour,
        "quiet": quiet,
        "tell_end": draft.tell_end,
    }


def _asked(draft: Draft) -> dict[str, Any]:
    return {
        "move_at_least": _share(draft.move),
        "above_usual": _share(draft.above_usual),
        "confidence_at_least": _share(draft.confidence),
        "side": draft.side,
        "band": draft.band,
        "timing_proven": draft.timing_proven,
        "side_proven": draft.side_proven,
        "trusted": draft.trusted,
        "leave_lower_by": draft.leave_lower_by / 100,
    }


def _share(percent: float) -> float | None:
    return percent / 100 if percent else None


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _sentence(problem: Any) -> str:
    where = " ".join(str(part).replace("_", " ") for part in problem["loc"] if part not in KINDS)
    what = str(problem["msg"]).removeprefix("Value error, ")
    return f"{where.capitalize()}: {what}." if where else f"{what[:1].upper()}{what[1:]}."
