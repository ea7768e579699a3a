"""The coins that the browser watches, as it tells this page."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from pages.components.shared.browser_component import browser_component
from pages.components.shared.watchlist import is_among

_KEY = "alerts_watched"

_component = browser_component("alerts/watched")


def watched_of(symbols: Collection[str]) -> tuple[str, ...]:
    """Those of ``symbols`` that this browser watches, in their order; none until it has told."""
    chosen = st.session_state.get(_KEY, {}).get("watched")
    heard = [str(symbol) for symbol in chosen] if isinstance(chosen, list) else []
    _component(key=_KEY, data={"heard": heard}, default={"watched": []}, on_watched_change=lambda: None)
    return tuple(symbol for symbol in symbols if is_among(symbol, heard)) if heard else ()
