"""The filters above the track record. Each lives in the address, so that a view can be shared."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from core.wording.language import phrase, say
from pages.components.record.scope import EVERY, FILTERS, ORIGIN, PERIOD, TIMEFRAME, RecordFilters, read_filters
from pages.components.record.sentences import ORIGIN_WORDS
from pages.components.shared.address import ask, choose, whole_address
from pages.components.shared.coin_search import coin_search
from pages.components.shared.parameters import OneOf

FILTER_WORDS = {"origin": phrase("Origin"), "timeframe": phrase("Timeframe"), "period": phrase("Period")}

CHOICE_WORDS: dict[str, str] = {
    **{origin.value: word for origin, word in ORIGIN_WORDS.items()},
    "all": phrase("all"),
    "7d": phrase("7 d"),
    "30d": phrase("30 d"),
    "90d": phrase("90 d"),
    "1y": phrase("1 y"),
}
"""What a choice is called, where that is not what addresses call it."""


def filter_bar() -> RecordFilters:
    """Draw the filters, and say what they are set to."""
    with st.container(key="record_filters", horizontal=True, vertical_alignment="center", gap="small"):
        bar = st.container(horizontal=True, vertical_alignment="center", gap="small")
        coins = coin_search(width=180)
    filters = read_filters(whole_address(), coins)
    with bar:
        _choice(ORIGIN, filters.origin)
        _choice(TIMEFRAME, str(filters.timeframe or EVERY))
        _choice(PERIOD, filters.period)
    return filters


def turn(name: str, value: str) -> None:
    """Turn a filter to another value; the default needs no word in the address."""
    defaults = {parameter.name: parameter.default for parameter in FILTERS}
    ask(name, "" if value == defaults[name] else value)


def _choice(parameter: OneOf[Any], value: str) -> None:
    choose(
        say(FILTER_WORDS[parameter.name]),
        parameter.choices,
        value,
        f"record_{parameter.name}",
        lambda choice: say(CHOICE_WORDS.get(choice) or choice),
        partial(turn, parameter.name),
    )
