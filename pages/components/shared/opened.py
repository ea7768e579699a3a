"""What a click on a card, a cell or a row asks for: one coin on one timeframe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.domain import Series, Timeframe

if TYPE_CHECKING:
    from streamlit.components.v2.bidi_component.state import ComponentResult


def opened_series(result: ComponentResult) -> Series | None:
    """What was just opened in a component; None in every other run."""
    return Series(result.opened["symbol"], Timeframe(result.opened["timeframe"])) if result.opened else None


def open_coin_page(opened: Series | None) -> None:
    """Turn to the coin page where something was opened."""
    if opened is not None:
        address = {"symbol": opened.symbol, "timeframe": opened.timeframe.value}
        st.switch_page("coin.py", query_params=address)
