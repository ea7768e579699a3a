"""One coin's four timeframes side by side, each a button that switches to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from core.domain import Direction, Severity, Timeframe
from core.model.metrics import ModelMetrics
from core.signals.board import Signal
from pages.components.shared.appearance import DIRECTION_LOOKS, SEVERITY_LOOKS, SHOWN_ORDER, trust_word
from pages.components.shared.browser_component import browser_component
from pages.components.shared.number_text import accuracy_text, percent_text
from pages.components.signals.cards import PROBLEM_WORDS, without_command

KEY = "timeframe_cards"

_component = browser_component("coin/timeframe_cards")


def timeframe_cards(data: list[dict[str, Any]], choose: Callable[[str], None]) -> None:
    """Show what ``cards_data`` made; ``choose`` gets the timeframe whose card is clicked, before the page reruns."""
    _component(key=KEY, data=data, on_chosen_change=lambda: choose(st.session_state[KEY].chosen))


def cards_data(
    signals: Mapping[Timeframe, Signal], metrics: Mapping[Timeframe, ModelMetrics | None], shown: Timeframe
) -> list[dict[str, Any]]:
    """A card per timeframe as the browser shows it; ``shown`` is the one the page is about."""
    return [_card(signal, metrics.get(timeframe), timeframe is shown) for timeframe, signal in signals.items()]


def _card(signal: Signal, metrics: ModelMetrics | None, shown: bool) -> dict[str, Any]:
    card: dict[str, Any] = {"timeframe": signal.timeframe.value, "shown": shown}
    prediction = signal.prediction
    if prediction is None:
        if signal.problem is None:
            return card | {"problem": "Waiting for candles", "explanation": ""}
        explanation = without_command(signal.problem.sentence)
        return card | {"problem": PROBLEM_WORDS[signal.problem.kind], "explanation": explanation}
    look = DIRECTION_LOOKS[Direction(prediction.direction)]
    severity = prediction.trust.severity
    return card | {
        "direction": {"name": prediction.direction, "glyph": look.glyph, "word": look.word},
        "confidence": percent_text(prediction.confidence, 0),
        "shares": [[direction.value, prediction.probabilities[direction]] for direction in SHOWN_ORDER],
        "trust": {
            "tone": _TONES[severity],
            "glyph": SEVERITY_LOOKS[severity].glyph,
            "word": trust_word(prediction.trust),
        },
        "accuracy": _accuracy(metrics),
    }


_TONES = {None: "trusted", Severity.WARNING: "warning", Severity.CRITICAL: "critical"}


def _accuracy(metrics: ModelMetrics | None) -> str:
    if metrics is None or metrics.test is None:
        return "accuracy never tested"
    test = metrics.test
    return accuracy_text(test.accuracy, test.majority_accuracy, test.n)
