"""Whose levels are shown before anybody picks a side."""

from __future__ import annotations

import pytest

from core.domain import Direction
from core.findings import Trust
from core.prediction import Prediction
from pages.components.coin.shown_levels import levels_unasked
from tests.pages.fake_board import PROVEN, UNPROVEN
from tests.pages.predictions import prediction

LONG = {Direction.LONG: 0.5, Direction.NO_TRADE: 0.3, Direction.SHORT: 0.2}
WAIT = {Direction.LONG: 0.35, Direction.NO_TRADE: 0.45, Direction.SHORT: 0.2}


@pytest.mark.parametrize(
    ("shown", "levels"),
    [
        (None, "Bracket"),
        (prediction(probabilities=LONG, trust=Trust((), PROVEN, PROVEN)), "LONG"),
        (prediction(probabilities=LONG, trust=Trust((), PROVEN, UNPROVEN)), "Bracket"),
        (prediction(Direction.NO_TRADE, probabilities=WAIT, trust=Trust((), PROVEN, PROVEN)), "Bracket"),
    ],
    ids=["no signal", "clear and called", "not proven", "clear, and no trade is called"],
)
def test_a_side_is_opened_where_it_is_clear_and_called(shown: Prediction | None, levels: str) -> None:
    assert levels_unasked(shown) == levels
