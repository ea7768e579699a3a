"""The filters above the changes. Each lives in the address, so that a view can be shared."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from core.journal.changes import ChangeKind
from core.wording.language import phrase, say
from pages.components.changes.filters import EVERY, KIND, SINCE_WHEN, TIMEFRAME, ChangeFilters, read_filters
from pages.components.changes.rows import KIND_WORDS
from pages.components.shared.address import ask, choose, whole_address
from pages.components.shared.coin_search import coin_search
from pages.components.shared.parameters import OneOf

_EVERY_WORDS = {"timeframe": phrase("All timeframes"), "kind": phrase("Any change"), "since": phrase("Any time")}
"""What lets everything through says what of: two filters have choices of the same name."""

_SINCE_WORDS = {"1h": phrase("1 h"), "4h": phrase("4 h"), "24h": phrase("24 h"), "7d": phrase("7 d")}
"""A timeframe is called 1h in every language."""

_NAMES = {"timeframe": phrase("Timeframe"), "kind": phrase("Kind of change"), "since": phrase("Since")}


def filter_bar() -> ChangeFilters:
    """Draw the filters, and say what they are set to."""
    filters = read_filters(whole_address(), "")
    with st.container(key="change_filters", horizontal=True, vertical_alignment="center", gap="small"):
        _choice(TIMEFRAME, str(filters.timeframe or EVERY))
        _choice(KIND, str(filters.kind or EVERY))
        _choice(SINCE_WHEN, filters.since)
        coins = coin_search(width=180)
    return replace(filters, coins=coins)


def _choice(parameter: OneOf[str], value: str) -> None:
    name = parameter.name
    choose(say(_NAMES[name]), parameter.choices, value, f"change_{name}", partial(_word, name), partial(_turn, name))


def _word(name: str, choice: str) -> str:
    if choice == EVERY:
        return say(_EVERY_WORDS[name])
    if name == "kind":
        return say(KIND_WORDS[ChangeKind(choice)])
    return say(_SINCE_WORDS[choice]) if name == "since" else choice


def _turn(name: str, value: str) -> None:
    """Turn a filter to another value; ``all`` needs no word in the address."""
    ask(name, "" if value == EVERY else value)
