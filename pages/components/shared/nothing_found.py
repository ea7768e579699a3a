"""What a page with lists says where nothing passes its search and filters, and the one way out: the same on each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import streamlit as st

from core.wording.language import say
from pages.components.shared.address import ask_together
from pages.components.shared.coin_search import name_matches
from pages.components.shared.parameters import Parameter


def nothing_found(why: str, filters: Iterable[Parameter[Any]]) -> None:
    """Say ``why``, in Markdown, and offer to take all ``filters`` out of the address."""
    names = [each.name for each in filters]
    with st.container(key="nothing_found", border=True, horizontal_alignment="center"):
        st.markdown(why, width="content")
        st.button(say("Reset all filters"), key="reset_filters", on_click=_reset, args=(names,))


def no_coin_text(search: str) -> str:
    """Of a search that no coin answers to."""
    return say("No coin here is called “{search}”.", search=search.strip())


def no_watched_text() -> str:
    """Of a watchlist."""
    return say("No coin of this watchlist is here.")


def finds_none(search: str, symbols: Iterable[str]) -> bool:
    """Whether a search was typed that none of ``symbols`` answers to."""
    return bool(search.strip()) and not any(name_matches(symbol, search) for symbol in symbols)


def _reset(names: Iterable[str]) -> None:
    ask_together(dict.fromkeys(names, ""))
