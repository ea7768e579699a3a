"""Which levels of a signal are shown: both barriers until the analyst, or a side that is clear, picks a side."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import cast

import streamlit as st

from core.domain import Direction
from core.prediction import Prediction
from core.signals.bands import SideStrength, likelier_side, side_strength
from core.signals.levels import trade_levels
from core.wording.language import phrase, say
from pages.components.shared.address import ask, asked, widget_at
from pages.components.shared.parameters import OneOf

BRACKET = phrase("Bracket")

_CHOICES = [BRACKET, Direction.LONG.value, Direction.SHORT.value]

LEVELS = OneOf(
    "levels",
    tuple(_CHOICES),
    "",
    phrase("The levels of a side that is clear and called, or both barriers, are shown instead."),
)


def pick_levels(prediction: Prediction | None) -> Direction | None:
    """Let the analyst choose whose levels are shown; None for the bracket alone. What is shown is marked, chosen or not.

    A choice lives in the address, and goes along to other coins (see navigation.js).
    """
    drawn = widget_at(LEVELS.name, asked(LEVELS) or levels_unasked(prediction))
    shown = cast(
        "str | None",
        st.segmented_control(
            say("Levels"),
            _CHOICES,
            default=drawn.default,
            key=drawn.key,
            format_func=say,
            label_visibility="collapsed",
            disabled=prediction is None,
            help=say(
                "Levels of which side; the bracket is both barriers. Until you pick, a side is shown only where it is "
                "proven, clear and called."
            ),
            on_change=drawn.on_change(partial(ask, LEVELS.name)),
        ),
    )
    return None if shown in (None, BRACKET) else Direction(shown)


def levels_unasked(prediction: Prediction | None) -> str:
    """A side that is clear and called; beside a call of no trade there is nothing to enter."""
    if prediction is None or side_strength(prediction) is not SideStrength.CLEAR:
        return BRACKET
    side = likelier_side(prediction)
    return side.value if side is prediction.direction else BRACKET


def with_levels_of(prediction: Prediction, side: Direction, tick_size: float) -> Prediction:
    """The prediction with the levels of ``side``, which mirror those of the other."""
    distance = prediction.label_barriers[0] - prediction.close
    return replace(prediction, levels=trade_levels(side, prediction.close, distance, tick_size))
