"""The grid of signal cards: one component for all coins, so that a filter move costs one message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.domain import Direction
from pages.components.shared.appearance import looks_for_browser
from pages.components.shared.browser_component import browser_component
from pages.components.signals.cards import Card

_mount = browser_component("signals/grid")


def signal_grid(cards: Sequence[Card], total: int, counts: Mapping[Direction, int]) -> tuple[str, str] | None:
    """Draw ``cards`` of ``total`` coins under a line of ``counts``; (symbol, timeframe) of a card just opened.

    Cards keep focus and open explanations when their content changes or they move.
    """
    data = {
        "cards": list(cards),
        "total": total,
        "counts": {direction.value: count for direction, count in counts.items()},
        "looks": looks_for_browser(),
    }
    result = _mount(key="signal_grid", data=data, on_opened_change=lambda: None)
    return (result.opened["symbol"], result.opened["timeframe"]) if result.opened else None


def signal_grid_skeleton(count: int = 12) -> None:
    """Grey cards in the places where cards will be."""
    _mount(key="signal_grid_skeleton", data={"skeletons": count}, on_opened_change=lambda: None)
