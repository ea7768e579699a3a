"""What a click on a card, a cell or a row asks for: one coin on one timeframe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.domain import Series, Timeframe

if TYPE_CHECKING:
    from streamlit.components.v2.bidi_component.state import ComponentResult


def opened_series(result: ComponentResult) -> Series | None:
    """What was just opened in a component; None in every other run."""
    return Series(result.opened["symbol"], Timeframe(result.opened["timeframe"])) if result.opened else None
