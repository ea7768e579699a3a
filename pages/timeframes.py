"""Coins x timeframes: where a coin's models agree, where they do not, and which timeframe has the last word."""

import streamlit as st

from pages.components.application import application
from pages.components.signal_filters import name_matches
from pages.components.timeframe_map import KEY, timeframe_map
from pages.components.timeframe_rows import Order, ordered, rows_of


def order_by_clicked_column() -> None:
    order = Order.parse(st.query_params.get("order")).after_click(st.session_state[KEY].sorted)
    st.query_params["order"] = str(order)


@st.fragment
def timeframes() -> None:
    search = st.text_input(
        "Search",
        type="search",
        placeholder="Search coins",
        live="200ms",
        max_chars=60,
        key="coins",
        label_visibility="collapsed",
        width=220,
        bind="query-params",
        persist_state="session",
    )
    every_row = rows_of(application().board.snapshot())
    if not every_row:
        st.skeleton(height=600)
        return
    rows = [row for row in every_row if name_matches(row.symbol, search or "")]
    if not rows:
        st.info(f"No coin of {len(every_row)} is called like that. Clear the search to see them all.")
        return
    order = Order.parse(st.query_params.get("order"))
    opened = timeframe_map(ordered(rows, order), order, on_sorted=order_by_clicked_column)
    if opened:
        symbol, timeframe = opened
        st.switch_page("coin.py", query_params={"symbol": symbol, "timeframe": timeframe})


timeframes()
