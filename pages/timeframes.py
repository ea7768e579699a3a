"""Coins x timeframes: where a coin's models agree, where they do not, and which timeframe has the last word."""

import streamlit as st

from pages.components.shared.application import application
from pages.components.shared.coin_search import coin_search, name_matches
from pages.components.shared.weak_models import weak_models_note
from pages.components.timeframes.map import table, timeframe_map
from pages.components.timeframes.rows import ordered, rows_of


@st.fragment
def timeframes() -> None:
    search = coin_search(width=220)
    every_row = rows_of(application().board.snapshot())
    if not every_row:
        st.skeleton(height=600)
        return
    rows = [row for row in every_row if name_matches(row.symbol, search)]
    if not rows:
        st.info(f"No coin of {len(every_row)} is called like that. Clear the search to see them all.")
        return
    order = table.order()
    timeframe_map(ordered(rows, order), order)
    weak_models_note([signal for row in rows for signal in row.signals.values()])


timeframes()
