"""What a card says about one signal, as plain data for the board component. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from core.domain import ticker
from core.errors import CandorError
from core.findings import NoProvenSkill, NotAboveBaseline, Verdict, WorseThanFrequencies
from core.market.coins import coin_name
from core.market.feed import CandleFeed
from core.prediction import Prediction
from core.signals.bands import SideStrength, band_of, side_strength
from core.signals.board import Signal
from core.signals.hours import NO_HOURS, Hours
from core.wording.language import in_a_row, say
from core.wording.sentences import Sentence, finding_sentence, problem_sentence
from core.wording.style import TYPESET
from pages.components.shared.appearance import (
    SHOWN_ORDER,
    is_broken,
    is_no_better,
    is_weak,
    problem_word,
    shown_severity,
    trust_word,
)
from pages.components.shared.headline import bracket_text, headline, minute_text
from pages.components.shared.hours import at_hour
from pages.components.shared.number_text import (
    accuracy_text,
    beaten_text,
    change_text,
    duration_text,
    percent_text,
    price_text,
)
from pages.components.shared.questions import skills
from pages.components.signals.filters import Measure

SPARKLINE_HEIGHT = 99
"""Sparklines are sent as heights from 0 (lowest close) to this (highest), two digits each."""

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


def card(signal: Signal, tick_size: float | None, now: datetime, hours: Hours = NO_HOURS) -> Card:
    """One card. Texts are ready to show; measures are fractions."""
    content = measured_card(signal) | {
        "name": coin_name(signal.symbol),
        "price": price_text(signal.price, tick_size),
        "change": change_text(signal.change),
        "rising": None if not signal.change else signal.change > 0,
        "sparkline": "".join(f"{height:02}" for height in sparkline_heights(signal.sparkline)),
    }
    if signal.prediction is not None:
        return content | _call(signal.prediction, tick_size, now, hours)
    if signal.problem is not None:
        sentence = problem_sentence(signal.problem, TYPESET.in_zone(now.tzinfo))
        content["problem"] = {
            "kind": signal.problem.kind.value,
            "word": problem_word(signal.problem),
            "reasons": [_reason(sentence)],
        }
    return content


def measured_card(signal: Signal) -> Card:
    """Of a card what slider and counts have to know, which is all where signals are shown as a table."""
    content: Card = {
        "symbol": signal.symbol,
        "timeframe": signal.timeframe.value,
        "coin": ticker(signal.symbol),
    }
    prediction = signal.prediction
    if prediction is None:
        return content
    return content | {
        "measures": measures_of(prediction),
        "weak": is_weak(prediction.trust) or None,
        "band": band_of(prediction).value,
        "direction": prediction.direction,
    }


def measures_of(prediction: Prediction) -> dict[str, float]:
    """What a slider may ask a minimum of, as fractions."""
    return {measure.value: round(measure.of(prediction), 4) for measure in Measure}


def _call(prediction: Prediction, tick_size: float | None, now: datetime, hours: Hours) -> Card:
    minutes, levels, trust = prediction.minutes_to_target, prediction.levels, prediction.trust
    return headline(prediction, now, at_hour(prediction, hours, now.tzinfo)) | {
        "confidence": percent_text(prediction.confidence),
        "probabilities": [percent_text(prediction.probabilities[d]) for d in SHOWN_ORDER],
        "bracket": bracket_text(prediction, tick_size),
        "levels": {
            "side": levels.side,
            "shown": (side_strength(prediction) is SideStrength.CLEAR and levels.side is prediction.direction) or None,
            "stop": change_text(levels.stop_loss / levels.entry - 1),
            **{f"tp{n}": change_text(price / levels.entry - 1) for n, price in enumerate(levels.targets, 1)},
        },
        "eta": duration_text(None if minutes is None else timedelta(minutes=minutes)),
        "until": minute_text(prediction.valid_until, now),
        "expired": prediction.expired or None,
        "severity": shown_severity(trust) or "none",
        "broken": is_broken(trust) or None,
        "word": _doubt_word(prediction),
        "noted": _is_beaten(prediction) or None,
        "accuracy": _accuracy(prediction),
        "skills": skills(trust),
        "stale": any(finding.verdict is Verdict.STALE_DATA for finding in trust.findings) or None,
        "reasons": [
            {"severity": finding.severity.value} | _reason(finding_sentence(finding, TYPESET.in_zone(now.tzinfo)))
            for finding in trust.findings
        ],
    }


def _doubt_word(prediction: Prediction) -> str | None:
    """What a card says in a signal's doubt, with the figures of calls that beat no baseline, or of a skill."""
    if prediction.trust.trusted:
        return None
    if _is_doubted_for_it(prediction):
        return _accuracy(prediction)
    word, facts = trust_word(prediction.trust), prediction.trust.findings[0].facts
    if is_weak(prediction.trust) or not isinstance(facts, NoProvenSkill | WorseThanFrequencies):
        return word
    measured = facts.measured
    return say(
        "{doubt}: {skill}, n\u00a0=\u00a0{n:,}", doubt=word, skill=TYPESET.around_zero(measured.skill), n=measured.n
    )


def _is_beaten(prediction: Prediction) -> bool:
    """Whether one class is right more often than a model that its skill lets be trusted: that is to be seen at once."""
    return prediction.trust.trusted and is_no_better(prediction.trust)


def _accuracy(prediction: Prediction) -> str | None:
    measured = prediction.accuracy
    if measured is None:
        return None
    return (
        beaten_text(measured) if _is_beaten(prediction) or _is_doubted_for_it(prediction) else accuracy_text(measured)
    )


def _is_doubted_for_it(prediction: Prediction) -> bool:
    """Whether the gravest doubt is that calls are right no more often than always calling one class."""
    trust, measured = prediction.trust, prediction.accuracy
    if trust.trusted or measured is None or measured.above_baseline:
        return False
    return isinstance(trust.findings[0].facts, NotAboveBaseline)


def _reason(sentence: Sentence) -> Card:
    """A sentence apart from the command it ends with, which is shown as code."""
    return {"text": in_a_row(sentence.text, sentence.advice), "command": sentence.command or None}


def sparkline_heights(closes: tuple[float, ...]) -> list[int]:
    """Closes scaled to 0..SPARKLINE_HEIGHT; a flat line runs through the middle."""
    if not closes:
        return []
    low, high = min(closes), max(closes)
    if high == low:
        return [SPARKLINE_HEIGHT // 2] * len(closes)
    return [round((close - low) / (high - low) * SPARKLINE_HEIGHT) for close in closes]
