"""What a card says about one signal, as plain data for the grid component. Knows nothing of Streamlit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from core.domain import Direction, Finding, PredictionResult, Verdict, ticker
from core.errors import CandorError
from core.market.coins import coin_name
from core.market.feed import CandleFeed
from core.signals.board import Signal
from core.signals.service import UnavailableKind
from pages.components.shared.appearance import SHOWN_ORDER, trust_word
from pages.components.shared.number_text import accuracy_text, change_text, duration_text, percent_text, price_text

PROBLEM_WORDS = {
    UnavailableKind.LOADING: "Loading candles",
    UnavailableKind.NO_MODEL: "No model",
    UnavailableKind.NO_CANDLES: "No signal",
}

SPARKLINE_HEIGHT = 99
"""Sparklines are sent as heights from 0 (lowest close) to this (highest), two digits each."""

_LONG_PATH = re.compile(r"(?:/[^\s/]+)*/([^\s/]+/[^\s/]+/[^\s/]+)")

Card = dict[str, Any]


def tick_sizes(feed: CandleFeed, signals: Iterable[Signal]) -> dict[str, float | None]:
    """Each coin's smallest price step; None for a coin the market has just ceased to list."""
    sizes: dict[str, float | None] = {}
    for signal in signals:
        try:
            sizes[signal.symbol] = feed.tick_size(signal.symbol)
        except CandorError:
            sizes[signal.symbol] = None
    return sizes


def card(signal: Signal, tick_size: float | None) -> Card:
    """One card. Texts are ready to show; probabilities are fractions, ``valid_until`` is in Unix milliseconds."""
    content: Card = {
        "symbol": signal.symbol,
        "timeframe": signal.timeframe.value,
        "coin": ticker(signal.symbol),
        "name": coin_name(signal.symbol),
        "price": price_text(signal.price, tick_size),
        "change": change_text(signal.change),
        "rising": None if not signal.change else signal.change > 0,
        "sparkline": "".join(f"{height:02}" for height in sparkline_heights(signal.sparkline)),
    }
    if signal.prediction is not None:
        return content | _call(signal.prediction)
    if signal.problem is not None:
        content["problem"] = {
            "kind": signal.problem.kind.value,
            "word": PROBLEM_WORDS[signal.problem.kind],
            "summary": without_command(signal.problem.sentence),
            "reasons": [split_command(signal.problem.sentence)],
        }
    return content


def _call(prediction: PredictionResult) -> Card:
    eta = prediction.tp_eta_minutes
    return {
        "direction": prediction.direction,
        "confidence": percent_text(prediction.confidence),
        "probabilities": [percent_text(prediction.probabilities[d]) for d in SHOWN_ORDER],
        "levels": {
            "side": prediction.levels_side,
            "hypothetical": prediction.direction == Direction.NO_TRADE,
            "stop": _distance(prediction.stop_loss, prediction),
            **{name: _distance(price, prediction) for name, price in prediction.take_profits.items()},
        },
        "eta": duration_text(None if eta is None else timedelta(minutes=eta)),
        "valid_until": unix_milliseconds(prediction.valid_until),
        "trust": _trust(prediction),
    }


def _distance(level: float, prediction: PredictionResult) -> str:
    return change_text(level / prediction.entry - 1)


def _trust(prediction: PredictionResult) -> Card:
    findings = prediction.trust.findings
    return {
        "severity": prediction.trust.severity or "none",
        "word": trust_word(prediction.trust),
        "accuracy": accuracy_of(prediction),
        "stale": any(finding.verdict is Verdict.STALE_DATA for finding in findings),
        "reasons": [_reason(finding) for finding in findings],
    }


def accuracy_of(prediction: PredictionResult) -> str | None:
    """The model's accuracy with what it takes to judge it; None for a model that was never tested."""
    accuracy, baseline, n = prediction.model_accuracy, prediction.majority_accuracy, prediction.test_candles
    return None if accuracy is None or baseline is None or n is None else accuracy_text(accuracy, baseline, n)


def _reason(finding: Finding) -> Card:
    return split_command(finding.sentence)


def split_command(sentence: str) -> Card:
    """A sentence apart from the command it ends with, which is shown as code: ``{"text", "command"}``.

    Of absolute paths only the last three parts are kept: the rest is nobody's business but the server's.
    """
    text, marker, command = sentence.partition("python scripts/")
    return {"text": _LONG_PATH.sub(r"\1", text).strip(), "command": (marker + command).strip() or None}


def without_command(sentence: str) -> str:
    """A sentence without the advice to train that follows it."""
    text: str = split_command(sentence)["text"]
    said, stop, _ = text.rpartition(". ")
    return said + stop.strip() if text.endswith(":") and said else text


def sparkline_heights(closes: tuple[float, ...]) -> list[int]:
    """Closes scaled to 0..SPARKLINE_HEIGHT; a flat line runs through the middle."""
    if not closes:
        return []
    low, high = min(closes), max(closes)
    if high == low:
        return [SPARKLINE_HEIGHT // 2] * len(closes)
    return [round((close - low) / (high - low) * SPARKLINE_HEIGHT) for close in closes]


def unix_milliseconds(moment: str) -> int:
    """ISO 8601 as Unix milliseconds, what browsers count in."""
    return int(datetime.fromisoformat(moment).timestamp() * 1000)
