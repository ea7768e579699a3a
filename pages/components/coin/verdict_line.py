"""What the model says and how far to believe it, in some lines above the chart: where all else that says so stands below it."""

from __future__ import annotations

from datetime import datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.domain import Timeframe
from core.prediction import Prediction
from core.signals.board import Signal
from core.signals.hours import NO_HOURS, Hours
from core.wording.language import say
from pages.components.shared.appearance import PROOF_STYLES, doubt_text, problem_word
from pages.components.shared.headline import headline_text, side_text
from pages.components.shared.plain_text import plain
from pages.components.shared.questions import timing_word


def verdict_place() -> DeltaGenerator:
    """Where it stands on the page; narrow windows alone have it (page_style.css)."""
    return st.container(key="coin_verdict")


def verdict_line(
    place: DeltaGenerator,
    signal: Signal | None,
    timeframe: Timeframe,
    now: datetime,
    hours: Hours = NO_HOURS,
    *,
    beside_past: bool = False,
) -> None:
    """Show it in its ``place``, in the same breath as the panel that says the same: neither is ever newer for long."""
    place.markdown("  \n".join(verdict_lines(signal, timeframe, now, hours, beside_past=beside_past)))


def verdict_lines(
    signal: Signal | None,
    timeframe: Timeframe,
    now: datetime,
    hours: Hours = NO_HOURS,
    *,
    beside_past: bool = False,
) -> list[str]:
    """The doubt where there is one, the move, the side and what is proven of both; why there is no signal.

    Where a past call stands ``beside`` it, the newest one is said to be that of now.
    """
    if signal is None or signal.prediction is None:
        problem = signal.problem if signal else None
        word = problem_word(problem) if problem else say("Loading")
        return [say("**{timeframe}**: {word}", timeframe=timeframe, word=word)]
    prediction = signal.prediction
    call = plain(headline_text(prediction, now, hours))
    doubt = doubt_text(prediction.trust)
    first = [] if doubt is None else [f"**{plain(doubt)}**"]
    return [*first, say("Now: {call}", call=call) if beside_past else call, _side(prediction)]


def _side(prediction: Prediction) -> str:
    trust = prediction.trust
    timing = [say("Timing"), PROOF_STYLES[trust.timing_proof].glyph, timing_word(trust)]
    side = [say("Side"), PROOF_STYLES[trust.side_proof].text]
    return " · ".join([plain(side_text(prediction)), " ".join(timing), " ".join(side)])
