"""How large a position would be that risks a given share of an account between entry and stop.

The browser computes it (position_size.js) and keeps the account to itself: nothing of it is sent anywhere.
"""

from __future__ import annotations

from typing import Any

from core.domain import QUOTE, ticker
from core.prediction import Prediction
from pages.components.shared.appearance import DIRECTION_STYLES
from pages.components.shared.browser_component import browser_component

_mount = browser_component("coin/position_size")


def position_size(data: dict[str, Any]) -> None:
    """Draw the calculator for what ``position_data`` made."""
    _mount(key="position_size", data=data)


def position_data(prediction: Prediction, fee_percent: float) -> dict[str, Any]:
    """Entry, stop and first target of the side whose levels ``prediction`` has; ``fee`` of each side of a trade is a fraction."""
    levels = prediction.levels
    return {
        "side": DIRECTION_STYLES[levels.side].word,
        "quote": QUOTE,
        "coin": ticker(prediction.series.symbol),
        "entry": levels.entry,
        "stop": levels.stop_loss,
        "target": levels.targets[0],
        "fee": fee_percent / 100,
    }
