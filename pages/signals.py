"""The radar: every coin's newest signal on one timeframe, filtered and sorted as the analyst asks."""

from __future__ import annotations

import streamlit as st

from pages.components.changes.feed import change_drawer
from pages.components.changes.live_drawer import read_drawer
from pages.components.shared.address import whole_address
from pages.components.shared.application import application
from pages.components.shared.hours import PATIENCE, usual_hours
from pages.components.shared.zone import chosen_zone
from pages.components.signals.board import board_skeleton, signal_board
from pages.components.signals.filters import select
from pages.components.signals.live_board import read_board
from pages.components.signals.table import pressed_star, signal_table
from pages.components.signals.view import Layout, read_view


def signals() -> None:
    app = application()
    snapshot = app.board.snapshot()
    view = read_view(whole_address())
    zone = chosen_zone()
    hours = usual_hours(app, view.timeframe, PATIENCE)
    board = read_board(app, snapshot, view, zone, hours)
    if board is None or snapshot.market is None:
        board_skeleton()
        return
    watched = signal_board(board, pressed_star())
    if view.layout is Layout.TABLE:
        now = app.feed.now().astimezone(zone)
        passing = select(snapshot.on(view.timeframe), view.filters, view.sort, hours)
        shown = [snapshot.at_newest_price(signal) for signal in passing]
        if shown:
            signal_table(shown, watched, view.timeframe, snapshot.market.name, now, view.sort, hours)
    with st.container(key="signal_changes"):
        change_drawer(view.timeframe, read_drawer(app, view.timeframe, zone))


signals()
