"""What a click on a card, a cell or a row asks for: one coin on one timeframe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.bidi_component.state import ComponentResult


def opened_series(result: ComponentResult) -> tuple[str, str] | None:
    """(symbol, timeframe) of what was just opened in a component; None in every other run."""
    return (result.opened["symbol"], result.opened["timeframe"]) if result.opened else None


def open_coin_page(opened: tuple[str, str] | None) -> None:
    """Turn to the coin page where something was opened."""
    if opened is not None:
        symbol, timeframe = opened
        st.switch_page("coin.py", query_params={"symbol": symbol, "timeframe": timeframe})
