"""The filters above the changes. Each lives in the address, so that a view can be shared."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.journal.changes import ChangeKind
from core.wording.language import phrase, say
from pages.components.changes.filters import CHOICES, EVERY, ChangeFilters, read_filters
from pages.components.changes.rows import KIND_WORDS
from pages.components.shared.coin_search import coin_search
from pages.components.shared.plain_text import plain

_EVERY_WORDS = {"timeframe": phrase("All timeframes"), "kind": phrase("Any change"), "since": phrase("Any time")}
"""What lets everything through says what of: two filters have choices of the same name."""

_SINCE_WORDS = {"1h": phrase("1 h"), "4h": phrase("4 h"), "24h": phrase("24 h"), "7d": phrase("7 d")}
"""A timeframe is called 1h in every language."""

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
        format_func=lambda choice: _word(name, choice),
        on_change=lambda: _choose(name, st.session_state[key]),
        required=True,
        label_visibility="collapsed",
    )


def _word(name: str, choice: str) -> str:
    if choice == EVERY:
        return say(_EVERY_WORDS[name])
    if name == "kind":
        return say(KIND_WORDS[ChangeKind(choice)])
    return say(_SINCE_WORDS[choice]) if name == "since" else choice


def _choose(name: str, value: str) -> None:
    """Turn a filter to another value; ``all`` needs no word in the address."""
    if value == EVERY:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value
