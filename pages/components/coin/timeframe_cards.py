"""One coin's four timeframes side by side, each a button that switches to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from core.domain import Timeframe
from core.findings import Severity
from core.signals.bands import band_of
from core.signals.board import Signal
from core.signals.hours import NO_HOURS_OF_ANY, Hours, HoursOfTimeframes, band_at_hour
from core.wording.language import say
from core.wording.sentences import problem_sentence
from core.wording.style import TYPESET, Style
from pages.components.shared.appearance import (
    BAND_STYLES,
    DIRECTION_STYLES,
    SEVERITY_STYLES,
    SHOWN_ORDER,
    problem_word,
    shown_severity,
    trust_word,
)
from pages.components.shared.browser_component import browser_component
from pages.components.shared.number_text import accuracy_text, percent_text
from pages.components.shared.questions import answers, skills

KEY = "timeframe_cards"

CARDS = "coin/timeframe_cards"
"""The component's name."""

_component = browser_component(CARDS, "shared/looks", "shared/answers", place="20rem")


def timeframe_cards(data: list[dict[str, Any]], choose: Callable[[str], None]) -> None:
    """Show what ``cards_data`` made; ``choose`` gets the timeframe whose card is clicked, before the page reruns."""
    _component(key=KEY, data=data, on_chosen_change=lambda: choose(st.session_state[KEY].chosen))


def cards_data(
    signals: Mapping[Timeframe, Signal],
    shown: Timeframe,
    style: Style = TYPESET,
    hours: HoursOfTimeframes = NO_HOURS_OF_ANY,
) -> list[dict[str, Any]]:
    """A card per timeframe as the browser shows it; ``shown`` is the one the page is about."""
    return [_card(signal, timeframe is shown, style, hours[timeframe]) for timeframe, signal in signals.items()]


def _card(signal: Signal, shown: bool, style: Style, hours: Hours) -> dict[str, Any]:
    card: dict[str, Any] = {"timeframe": signal.timeframe.value, "shown": shown}
    prediction = signal.prediction
    if prediction is None:
        if signal.problem is None:
            return card | {"problem": say("Waiting for candles"), "explanation": ""}
        explanation = problem_sentence(signal.problem, style).text
        return card | {"problem": problem_word(signal.problem), "explanation": explanation}
    look, band = DIRECTION_STYLES[prediction.direction], band_of(prediction)
    severity = shown_severity(prediction.trust)
    return card | {
        "move": {
            "band": band.value,
            "hour": {"band": band_at_hour(prediction, hours).value},
            "proof": prediction.trust.timing_proof.value,
        },
        "band": BAND_STYLES[band].text,
        "call": f"{look.text} {percent_text(prediction.confidence, 0)}",
        "shares": [[direction.value, prediction.probabilities[direction]] for direction in SHOWN_ORDER],
        "answers": answers(prediction),
        "skills": skills(prediction.trust),
        "trust": {
            "tone": _TONES[severity],
            "glyph": SEVERITY_STYLES[severity].glyph,
            "word": trust_word(prediction.trust),
        },
        "accuracy": say("accuracy never tested") if prediction.accuracy is None else accuracy_text(prediction.accuracy),
    }


_TONES = {None: "trusted", Severity.WARNING: "warning", Severity.CRITICAL: "critical"}
