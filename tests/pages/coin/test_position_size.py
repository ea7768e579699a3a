"""What the browser is told for the position that it computes."""

from __future__ import annotations

from core.domain import Direction
from pages.components.coin.position_size import position_data
from tests.pages.predictions import prediction


def test_the_browser_learns_the_levels_of_the_side_and_the_fee_as_a_fraction() -> None:
    assert position_data(prediction(Direction.SHORT, Direction.SHORT), fee_percent=0.04) == {
        "side": "SHORT",
        "quote": "USDT",
        "coin": "BTC",
        "entry": 100.0,
        "stop": 102.0,
        "target": 98.0,
        "fee": 0.0004,
    }
