"""Coins x timeframes: where a coin's models agree, where they do not, and which timeframe has the last word."""

import streamlit as st

from pages.components.shared.application import application
from pages.components.shared.coin_search import coin_search
from pages.components.shared.row_order import RowOrder
from pages.components.shared.weak_models import weak_models_warning
from pages.components.signals.filters import name_matches
from pages.components.timeframes.map import KEY, timeframe_map
from pages.components.timeframes.rows import COLUMNS, LARGEST_FIRST, MOST_LONG_FIRST, ordered, rows_of


def order_of_address() -> RowOrder:
    return RowOrder.parse(st.query_params.get("order"), COLUMNS, MOST_LONG_FIRST)


def order_by_clicked_column() -> None:
    st.query_params["order"] = str(order_of_address().after_click(st.session_state[KEY].sorted, LARGEST_FIRST))


@st.fragment
def timeframes() -> None:
    search = coin_search("coins", width=220)
    every_row = rows_of(application().board.snapshot())
    if not every_row:
        st.skeleton(height=600)
        return
    rows = [row for row in every_row if name_matches(row.symbol, search)]
    if not rows:
        st.info(f"No coin of {len(every_row)} is called like that. Clear the search to see them all.")
        return
    weak_models_warning([signal for row in rows for signal in row.signals.values()])
    order = order_of_address()
    opened = timeframe_map(ordered(rows, order), order, on_sorted=order_by_clicked_column)
    if opened:
        symbol, timeframe = opened
        st.switch_page("coin.py", query_params={"symbol": symbol, "timeframe": timeframe})


timeframes()
