"""Which levels of a signal are shown: both barriers until the analyst, or a side that is clear, picks a side."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import streamlit as st

from core.domain import Direction
from core.prediction import Prediction
from core.signals.bands import SideStrength, likelier_side, side_strength
from core.signals.levels import trade_levels
from core.wording.language import phrase, say
from pages.components.shared.address import ask, asked, draw_at
from pages.components.shared.parameters import OneOf

BRACKET = phrase("Bracket")

_CHOICES = [BRACKET, Direction.LONG.value, Direction.SHORT.value]
_KEPT = "levels_kept"

LEVELS = OneOf(
    "levels", tuple(_CHOICES), "", phrase("The levels of a side that is clear, or both barriers, are shown instead.")
)


def pick_levels() -> str | None:
    """Let the analyst choose; None where nothing was chosen. The choice lives in the address, and goes along to other coins."""
    draw_at(LEVELS.name, (asked(LEVELS) or st.session_state.get(_KEPT)) or None)
    picked = cast(
        "str | None",
        st.segmented_control(
            say("Levels"),
            _CHOICES,
            key=LEVELS.name,
            format_func=say,
            label_visibility="collapsed",
            help=say("Levels of which side; the bracket is both barriers"),
            on_change=_keep,
        ),
    )
    if picked and picked != asked(LEVELS):  # told of the same address, a browser would go back to it
        ask(LEVELS.name, picked)
    return picked


def _keep() -> None:
    st.session_state[_KEPT] = st.session_state[LEVELS.name] or ""
    ask(LEVELS.name, st.session_state[_KEPT])


def side_to_show(prediction: Prediction, picked: str | None) -> Direction | None:
    """The side whose levels are shown; None for the bracket alone."""
    if picked is not None:
        return None if picked == BRACKET else Direction(picked)
    return likelier_side(prediction) if side_strength(prediction) is SideStrength.CLEAR else None


def with_levels_of(prediction: Prediction, side: Direction, tick_size: float) -> Prediction:
    """The prediction with the levels of ``side``, which mirror those of the other."""
    distance = prediction.label_barriers[0] - prediction.close
    return replace(prediction, levels=trade_levels(side, prediction.close, distance, tick_size))
