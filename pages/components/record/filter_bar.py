"""The filters above the track record. Each lives in the address, so that a view can be shared."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.wording.language import phrase, say
from pages.components.record.scope import CHOICES, RecordFilters, read_filters
from pages.components.record.sentences import ORIGIN_WORDS
from pages.components.shared.address import ask, choose
from pages.components.shared.coin_search import coin_search
from pages.components.shared.plain_text import plain

FILTER_WORDS = {"origin": phrase("Origin"), "timeframe": phrase("Timeframe"), "period": phrase("Period")}

CHOICE_WORDS: dict[str, str] = {
    **{origin.value: word for origin, word in ORIGIN_WORDS.items()},
    "all": phrase("all"),
    "7d": phrase("7d"),
    "30d": phrase("30d"),
    "90d": phrase("90d"),
    "1y": phrase("1y"),
}
"""What a choice is called, where that is not what addresses call it."""


def filter_bar() -> RecordFilters:
    """Draw the filters, say what they are set to, and what of the address means nothing."""
    with st.container(key="record_filters", horizontal=True, vertical_alignment="center", gap="small"):
        bar = st.container(horizontal=True, vertical_alignment="center", gap="small")
        coins = coin_search(width=180)
    filters, problems = read_filters(st.query_params, coins)
    with bar:
        _choice("origin", filters.origin)
        _choice("timeframe", filters.timeframe or CHOICES["timeframe"][0])
        _choice("period", filters.period)
    for problem in problems:
        st.warning(plain(problem), icon=":material/wrong_location:")
    return filters


def turn(name: str, value: str) -> None:
    """Turn a filter to another value; the first one needs no word in the address."""
    ask(name, "" if value == CHOICES[name][0] else value)


def _choice(name: str, value: str) -> None:
    choose(
        say(FILTER_WORDS[name]),
        CHOICES[name],
        value,
        f"record_{name}",
        lambda choice: say(CHOICE_WORDS.get(choice) or choice),
        partial(turn, name),
    )
