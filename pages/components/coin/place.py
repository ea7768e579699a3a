"""The star of the coin that the page is about, and the ways to its neighbours in the list that somebody came from."""

from __future__ import annotations

from collections.abc import Iterable

from core.domain import ticker
from pages.components.shared.browser_component import browser_component

PLACE = "coin/place"
"""The component's name."""

_component = browser_component(PLACE, "shared/star", place="2rem")


def place_in_list(symbol: str, known: Iterable[str]) -> None:
    """Draw both; which list that was, the browser knows. ``known`` are the coins of the market."""
    data = {"symbol": symbol, "coin": ticker(symbol), "tickers": {each: ticker(each) for each in known}}
    _component(key="coin_place", data=data)
