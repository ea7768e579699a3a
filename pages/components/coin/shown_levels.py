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
from pages.components.shared.address import ask, draw_at

BRACKET = phrase("Bracket")

_CHOICES = [BRACKET, Direction.LONG.value, Direction.SHORT.value]
_NAME, _KEPT = "levels", "levels_kept"


def pick_levels() -> str | None:
    """Let the analyst choose; None where nothing was chosen. The choice lives in the address, and goes along to other coins."""
    asked = st.query_params.get(_NAME) or st.session_state.get(_KEPT, "")
    draw_at(_NAME, asked if asked in _CHOICES else None)
    picked = cast(
        "str | None",
        st.segmented_control(
            say("Levels"),
            _CHOICES,
            key=_NAME,
            format_func=say,
            label_visibility="collapsed",
            help=say("Levels of which side; the bracket is both barriers"),
            on_change=_keep,
        ),
    )
    if picked and picked != st.query_params.get(_NAME):  # told of the same address, a browser would go back to it
        ask(_NAME, picked)
    return picked


def _keep() -> None:
    st.session_state[_KEPT] = st.session_state[_NAME] or ""
    ask(_NAME, st.session_state[_KEPT])


def side_to_show(prediction: Prediction, picked: str | None) -> Direction | None:
    """The side whose levels are shown; None for the bracket alone."""
    if picked is not None:
        return None if picked == BRACKET else Direction(picked)
    return likelier_side(prediction) if side_strength(prediction) is SideStrength.CLEAR else None


def with_levels_of(prediction: Prediction, side: Direction, tick_size: float) -> Prediction:
    """The prediction with the levels of ``side``, which mirror those of the other."""
    distance = prediction.label_barriers[0] - prediction.close
    return replace(prediction, levels=trade_levels(side, prediction.close, distance, tick_size))
