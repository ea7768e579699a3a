"""A rule as a form has it, before it is one: plain values in, a rule or what is wrong with them out. Knows no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any, Final, Literal

from pydantic import TypeAdapter, ValidationError

from core.alerts.rules import LONGEST_NAME, MOST_AN_HOUR, MOST_CANDLES, Rule
from core.domain import Timeframe
from core.signals.bands import Band
from core.wording.errors import error_in_words
from core.wording.language import phrase, say

SIGNAL: Final = "signal"
TOGETHER: Final = "confluence"
TOUCHED: Final = "touched"
STALE: Final = "model_stale"
SILENT: Final = "feed_silent"
Kind = Literal["signal", "confluence", "touched", "model_stale", "feed_silent"]
KINDS: Mapping[Kind, str] = {
    SIGNAL: phrase("A signal changes into it"),
    TOGETHER: phrase("Several timeframes agree"),
    TOUCHED: phrase("A barrier was touched"),
    STALE: phrase("A model goes stale"),
    SILENT: phrase("The feed goes silent"),
}

NAMES: Mapping[Kind, str] = {
    SIGNAL: phrase("Signals"),
    TOGETHER: phrase("Agreeing timeframes"),
    TOUCHED: phrase("Touched barriers"),
    STALE: phrase("Stale models"),
    SILENT: phrase("Silent feed"),
}
"""What a rule of each kind is called that was given no name."""

LIMITS: Mapping[str, tuple[int, int]] = {
    "move": (0, 100),
    "above_usual": (0, 100),
    "confidence": (0, 100),
    "leave_lower_by": (0, 50),
    "expected_on": (0, len(Timeframe)),
    "sided_on": (1, len(Timeframe)),
    "candles": (1, MOST_CANDLES),
    "most_an_hour": (1, MOST_AN_HOUR),
}
"""The least and the most that a field of a number takes."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed; percentages are 0 to 100, and 0 asks for nothing. Quiet hours are in UTC. One without a name is
    called by its kind.

    ``copied`` are the coins that were last copied from a watchlist.
    """

    name: str = ""
    kind: Kind = SIGNAL
    symbols: tuple[str, ...] = ()
    copied: tuple[str, ...] = ()
    timeframes: tuple[Timeframe, ...] = ()
    move: int = 0
    above_usual: int = 5
    confidence: int = 0
    leave_lower_by: int = 2
    side: Literal["LONG", "SHORT"] | None = None
    band: Band | None = None
    timing_proven: bool = True
    side_proven: bool = False
    trusted: bool = False
    expected_on: int = 3
    sided_on: int = 2
    barrier: Literal["upper", "lower"] | None = None
    candles: int = 1
    most_an_hour: int = 12
    quiet_from: time | None = None
    quiet_until: time | None = None
    tell_end: bool = False


def rule_of(draft: Draft) -> Rule | list[str]:
    """The rule, or a sentence for each thing that keeps the draft from being one."""
    letters = len(draft.name.strip())
    if letters > LONGEST_NAME:
        return [say("The name has {letters} letters; expected at most {most}.", letters=letters, most=LONGEST_NAME)]
    try:
        return Rule.model_validate(_values(draft))
    except ValidationError as error:
        return [_sentence(problem) for problem in error.errors()]


def draft_of(rule: Rule) -> Draft:
    """The form as it would have been filled in for a rule."""
    quiet = rule.quiet
    return Draft(
        name=rule.name,
        kind=rule.condition.kind,
        symbols=rule.symbols,
        copied=rule.symbols if rule.watchlist else (),
        timeframes=rule.timeframes,
        candles=rule.candles,
        most_an_hour=rule.most_an_hour,
        quiet_from=None if quiet is None else _time(quiet.begins),
        quiet_until=None if quiet is None else _time(quiet.ends),
        tell_end=rule.tell_end,
        **_typed(rule.condition.model_dump()),
    )


_ADAPTER = TypeAdapter(Draft)


def kept_form(draft: Draft) -> dict[str, Any]:
    """The draft as a browser keeps it: JSON's types alone."""
    return dict(_ADAPTER.dump_python(draft, mode="json"))


def draft_in(found: object) -> Draft | None:
    """The draft that a browser kept; None where it is none that the form can show: what a browser keeps may be anybody's."""
    try:
        draft = _ADAPTER.validate_python(found)
    except ValidationError:
        return None
    fits = all(least <= getattr(draft, field) <= most for field, (least, most) in LIMITS.items())
    return draft if fits and len(draft.name) <= LONGEST_NAME else None


def _values(draft: Draft) -> dict[str, Any]:
    return {
        "name": draft.name.strip() or say(NAMES[draft.kind]),
        "symbols": draft.symbols,
        "watchlist": bool(draft.symbols) and set(draft.symbols) == set(draft.copied),
        "timeframes": draft.timeframes,
        "condition": {"kind": draft.kind, **_asked(draft)},
        "candles": draft.candles,
        "most_an_hour": draft.most_an_hour,
        "quiet": _quiet(draft),
        "tell_end": draft.tell_end,
    }


def _asked(draft: Draft) -> dict[str, Any]:
    levels = {"move_at_least": _share(draft.move), "above_usual": _share(draft.above_usual)}
    match draft.kind:
        case "signal":
            return levels | {
                "confidence_at_least": _share(draft.confidence),
                "side": draft.side,
                "band": draft.band,
                "timing_proven": draft.timing_proven,
                "side_proven": draft.side_proven,
                "trusted": draft.trusted,
                "leave_lower_by": draft.leave_lower_by / 100,
            }
        case "confluence":
            return {
                "expected_on": draft.expected_on or None,
                "side": draft.side,
                "sided_on": draft.sided_on,
                "leave_lower_by": draft.leave_lower_by / 100,
            }
        case "touched":
            return levels | {"barrier": draft.barrier}
        case _:
            return {}


_PERCENTAGES = {
    "move_at_least": "move",
    "above_usual": "above_usual",
    "confidence_at_least": "confidence",
    "leave_lower_by": "leave_lower_by",
}


def _typed(condition: Mapping[str, Any]) -> dict[str, Any]:
    """A condition as it is typed: percentages, 0 for what asks for nothing; what it does not know is left as it is in a new form."""
    typed = {_PERCENTAGES[name]: round((value or 0) * 100) for name, value in condition.items() if name in _PERCENTAGES}
    plain = {name: value for name, value in condition.items() if name not in {"kind", *_PERCENTAGES}}
    return typed | plain | ({"expected_on": condition["expected_on"] or 0} if "expected_on" in condition else {})


def _quiet(draft: Draft) -> dict[str, int] | None:
    if draft.quiet_from is None or draft.quiet_until is None:
        return None
    return {"begins": _minute(draft.quiet_from), "ends": _minute(draft.quiet_until)}


def _share(percent: float) -> float | None:
    return percent / 100 if percent else None


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _time(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _sentence(problem: Any) -> str:
    where = " ".join(str(part).replace("_", " ") for part in problem["loc"] if part not in KINDS)
    what = error_in_words(str(problem["msg"]).removeprefix("Value error, "))
    if where:
        return say("{where}: {what}.", where=where.capitalize(), what=what)
    what = what[:1].upper() + what[1:]
    return say("{what}.", what=what)
