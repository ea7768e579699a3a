"""The filters above the changes. Each lives in the address, so that a view can be shared."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.wording.language import phrase, say
from pages.components.changes.filters import CHOICES, EVERY, ChangeFilters, read_filters
from pages.components.changes.rows import KIND_WORDS
from pages.components.shared.coin_search import coin_search
from pages.components.shared.plain_text import plain

_WORDS = {EVERY: phrase("All"), **{kind.value: word for kind, word in KIND_WORDS.items()}}

_NAMES = {"timeframe": phrase("Timeframe"), "kind": phrase("Kind of change"), "since": phrase("Since")}


def filter_bar() -> ChangeFilters:
    """Draw the filters, say what they are set to, and what of the address means nothing."""
    filters, problems = read_filters(st.query_params, "")
    with st.container(key="change_filters", horizontal=True, vertical_alignment="center", gap="small"):
        _choice("timeframe", filters.timeframe or EVERY)
        _choice("kind", filters.kind or EVERY)
        _choice("since", filters.since)
        coins = coin_search(width=180)
    for problem in problems:
        st.warning(plain(problem), icon=":material/wrong_location:")
    return replace(filters, coins=coins)


def _choice(name: str, value: str) -> None:
    key = f"change_{name}"
    st.session_state[key] = value
    st.segmented_control(
        say(_NAMES[name]),
        list(CHOICES[name]),
        key=key,
        format_func=lambda choice: say(_WORDS.get(choice) or choice),
        on_change=lambda: _choose(name, st.session_state[key]),
        required=True,
        label_visibility="collapsed",
    )


def _choose(name: str, value: str) -> None:
    """Turn a filter to another value; ``all`` needs no word in the address."""
    if value == EVERY:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value
