"""The grid of signal cards: one component for all coins, so that a filter move costs one message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.domain import Direction, Series
from pages.components.shared.browser_component import browser_component
from pages.components.shared.opened import opened_series
from pages.components.shared.packing import packed
from pages.components.signals.cards import Card

_mount = browser_component("signals/grid", "shared/looks", "shared/answers")


def signal_grid(cards: Sequence[Card], total: int, counts: Mapping[Direction, int]) -> Series | None:
    """Draw ``cards`` of ``total`` coins under a line of ``counts``; the series of a card just opened.

    Cards keep focus and open explanations when their content changes or they move.
    """
    data = {
        "cards": packed(cards),
        "total": total,
        "counts": {direction.value: count for direction, count in counts.items()},
    }
    return opened_series(_mount(key="signal_grid", data=data, on_opened_change=lambda: None))


def signal_grid_skeleton(count: int = 12) -> None:
    """Grey cards in the places where cards will be."""
    _mount(key="signal_grid_skeleton", data={"skeletons": count}, on_opened_change=lambda: None)
