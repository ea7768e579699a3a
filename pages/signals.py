"""The coin grid: every coin's newest signal on one timeframe, filtered and sorted as the analyst asks."""

import streamlit as st

from pages.components.shared.application import application
from pages.components.shared.opened import open_coin_page
from pages.components.signals.cards import card, tick_sizes
from pages.components.signals.filter_bar import empty_case, filter_bar
from pages.components.signals.filters import count_directions, select
from pages.components.signals.grid import signal_grid, signal_grid_skeleton
from pages.components.signals.table import signal_table


@st.fragment
def signals() -> None:
    app = application()
    snapshot = app.board.snapshot()
    choice = filter_bar()
    board = snapshot.on(choice.timeframe)
    if snapshot.market is None or not board:
        signal_grid_skeleton()
        return
    shown = select(board, choice.filters, choice.sort)
    if not shown:
        empty_case(board, choice.filters)
        return
    if choice.view == "Table":
        signal_table(shown, choice.timeframe, snapshot.market.name)
        return
    ticks = tick_sizes(app.feed, shown)
    cards = [card(signal, ticks[signal.symbol]) for signal in shown]
    open_coin_page(signal_grid(cards, len(board), count_directions(shown)))


signals()
