"""What the model says now: how likely a move is, how much may be said of the side, and until when that holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from core.domain import Direction, Timeframe
from core.market.candles import unix_ms
from core.prediction import Prediction
from core.signals.bands import band_of
from core.signals.board import Signal
from core.signals.hours import NO_HOURS, Hours
from core.wording.language import say
from pages.components.shared.appearance import BAND_STYLES, DIRECTION_STYLES, SHOWN_ORDER, doubt_text, is_weak
from pages.components.shared.browser_component import browser_component
from pages.components.shared.headline import bracket_text, headline, minute_text
from pages.components.shared.hours import at_hour
from pages.components.shared.number_text import change_text, offset_text, percent_text, price_text
from pages.components.shared.questions import skills, timing_word

PANEL = "coin/call_panel"
"""The component's name."""

_component = browser_component(PANEL, "shared/looks", "shared/answers", place="34rem")


def call_panel(data: dict[str, Any]) -> None:
    """Show what ``call_data`` made, at this place of the page."""
    _component(key="call_panel", data=data)


def call_data(
    signal: Signal,
    tick_size: float,
    speaker: str,
    now: datetime,
    hours: Hours = NO_HOURS,
    priced: Signal | None = None,
) -> dict[str, Any]:
    """The call of a signal that has a prediction, as the browser shows it; ``speaker`` is who makes it.

    The price and its change are those of ``priced``, a signal of the same coin, where one is given.

    Times go over as Unix milliseconds; the countdown runs by the market's clock, which the header sets.
    """
    prediction = signal.prediction
    assert prediction is not None
    opened, closed, until = prediction.candle_open_time, prediction.candle_close_time, prediction.valid_until
    priced = priced or signal
    price = prediction.levels.entry if priced.price is None else priced.price
    return headline(prediction, now, at_hour(prediction, hours, now.tzinfo)) | {
        "band": BAND_STYLES[band_of(prediction)].word,
        "doubt": doubt_text(prediction.trust),
        "skills": skills(prediction.trust),
        "timing": timing_word(prediction.trust),
        "weak": is_weak(prediction.trust),
        "direction": _direction(prediction.direction),
        "confidence": percent_text(prediction.confidence),
        "meaning": meaning(prediction, tick_size),
        "bracket": bracket_text(prediction, tick_size),
        "probabilities": [
            _direction(direction) | {"share": share, "text": percent_text(share)}
            for direction in SHOWN_ORDER
            for share in (prediction.probabilities[direction],)
        ],
        "price": price_text(price, tick_size),
        "change": None if priced.change is None else change_text(priced.change),
        "falling": (priced.change or 0) < 0,
        "priced": say("{timeframe} close", timeframe=priced.timeframe),
        "speaker": speaker,
        "candle": _candle_text(opened.astimezone(now.tzinfo), closed.astimezone(now.tzinfo), signal.timeframe),
        "replaced": minute_text(until, now),
        "valid_until": unix_ms(until),
        "expired": prediction.expired,
        "step": signal.timeframe.milliseconds,
    }


def meaning(prediction: Prediction, tick_size: float) -> str:
    """The three probabilities in a sentence: they are about which of two prices is touched first."""
    upper, lower = prediction.levels.barriers
    neither = round(prediction.probabilities[Direction.NO_TRADE] * 100)
    moves = 100 - neither  # what the headline says
    long = round(moves * prediction.side_probability(Direction.LONG))
    return say(
        "Of 100 cases like this one, the model expects the price to touch {upper} first in about {long}, "
        "{lower} first in {short}, and neither within {horizon_candles} candles in {neither}.",
        upper=price_text(upper, tick_size),
        long=long,
        lower=price_text(lower, tick_size),
        short=moves - long,
        horizon_candles=prediction.horizon_candles,
        neither=neither,
    )


def _direction(direction: Direction) -> dict[str, Any]:
    look = DIRECTION_STYLES[direction]
    return {"name": direction.value, "glyph": look.glyph, "word": look.word}


def _candle_text(opened: datetime, closed: datetime, timeframe: Timeframe) -> str:
    if timeframe.duration == timedelta(days=1):
        return say("of {day:%Y-%m-%d} UTC", day=opened.astimezone(UTC))
    return f"{opened:%Y-%m-%d} {opened:%H:%M}–{closed:%H:%M} {offset_text(opened)}"
