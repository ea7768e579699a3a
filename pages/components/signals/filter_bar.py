"""The filters above the coin grid. Each lives in the address, so that a view can be shared and survives a reload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.domain import Direction, Timeframe
from core.signals.board import Signal
from pages.components.shared.address import IN_THE_ADDRESS
from pages.components.shared.coin_search import coin_search
from pages.components.shared.number_text import count_text
from pages.components.signals.filters import Filters, Sort, relief

VIEWS = ("Cards", "Table")

_KEYS = {"min_confidence": 0, "directions": [], "trusted_only": False, "search": ""}
"""The widgets that filter, by their field in Filters, with the value that lets everything through."""

_NAMES = {
    "min_confidence": "the minimum confidence",
    "directions": "the direction",
    "trusted_only": "“trusted”",
    "search": "the search",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the analyst chose to look at."""

    timeframe: Timeframe
    filters: Filters
    sort: Sort
    view: str


def filter_bar() -> Choice:
    """Draw the filters and say what they are set to."""
    with st.container(key="signal_filters", horizontal=True, vertical_alignment="bottom", gap="small"):
        timeframe = st.segmented_control(
            "Timeframe",
            [tf.value for tf in Timeframe],
            default=next(iter(Timeframe)).value,
            required=True,
            key="tf",  # the coin page owns the address's "timeframe"
            label_visibility="collapsed",
            **IN_THE_ADDRESS,
        )
        view = st.segmented_control(
            "View", VIEWS, default=VIEWS[0], required=True, key="view", label_visibility="collapsed", **IN_THE_ADDRESS
        )
        directions = st.pills(
            "Direction",
            [d.value for d in reversed(Direction)],
            selection_mode="multi",
            key="directions",
            label_visibility="collapsed",
            **IN_THE_ADDRESS,
        )
        trusted = st.toggle("Trusted", key="trusted_only", **IN_THE_ADDRESS)
        minimum = st.slider(
            "Minimum confidence", 0, 100, format="%d %%", key="min_confidence", width=150, **IN_THE_ADDRESS
        )
        sort = st.selectbox(
            "Sort by",
            [each.value for each in Sort],
            format_func=str.capitalize,
            key="sort",
            width=140,
            **IN_THE_ADDRESS,
        )
        search = coin_search("search", width=150)
    filters = Filters((minimum or 0) / 100, frozenset(map(Direction, directions)), trusted, search)
    return Choice(Timeframe(timeframe), filters, Sort(sort), view)


def empty_case(signals: Sequence[Signal], filters: Filters) -> None:
    """Say which filter hides everything, and offer to drop it."""
    blame = relief(signals, filters)
    coins = count_text(len(signals), "coin")
    with st.container(key="empty_signals", border=True, horizontal_alignment="center"):
        if blame is None:
            st.markdown(
                f"**No signal passes these filters together.** {coins} {'is' if len(signals) == 1 else 'are'} on this timeframe."
            )
        else:
            st.markdown(
                f"**No signal passes: {_NAMES[blame.field]} hides the most.** "
                f"Without it {blame.brings_back:,} of {coins} would show."
            )
        with st.container(horizontal=True, horizontal_alignment="center"):
            if blame is not None:
                st.button(
                    f"Drop {_NAMES[blame.field]}",
                    key="drop_filter",
                    on_click=_reset,
                    args=([blame.field],),
                )
            st.button("Reset all filters", key="reset_filters", on_click=_reset, args=(list(_KEYS),))


def _reset(fields: Sequence[str]) -> None:
    for field in fields:
        st.session_state[field] = _KEYS[field]
