"""Which levels of a signal are shown: both barriers until the analyst, or a side that is clear, picks a side."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import streamlit as st

from core.domain import Direction
from core.prediction import Prediction
from core.signals.bands import SideStrength, likelier_side, side_strength
from core.signals.levels import trade_levels
from pages.components.shared.address import IN_THE_ADDRESS

BRACKET = "Bracket"


def pick_levels() -> str | None:
    """Let the analyst choose; None where nothing was chosen."""
    return cast(
        "str | None",
        st.segmented_control(
            "Levels",
            [BRACKET, Direction.LONG.value, Direction.SHORT.value],
            key="levels",
            label_visibility="collapsed",
            help="Levels of which side; the bracket is both barriers",
            **IN_THE_ADDRESS,
        ),
    )


def side_to_show(prediction: Prediction, picked: str | None) -> Direction | None:
    """The side whose levels are shown; None for the bracket alone."""
    if picked is not None:
        return None if picked == BRACKET else Direction(picked)
    return likelier_side(prediction) if side_strength(prediction) is SideStrength.CLEAR else None


def with_levels_of(prediction: Prediction, side: Direction, tick_size: float) -> Prediction:
    """The prediction with the levels of ``side``, which mirror those of the other."""
    distance = prediction.label_barriers[0] - prediction.close
    return replace(prediction, levels=trade_levels(side, prediction.close, distance, tick_size))
