"""The radar: every coin's newest signal on one timeframe, filtered and sorted as the analyst asks."""

from __future__ import annotations

import streamlit as st

from core.application import Application
from core.domain import Timeframe
from core.journal.changes import ChangesTold
from pages.components.changes.feed import change_drawer
from pages.components.changes.reading import changes_now
from pages.components.shared.application import application
from pages.components.shared.language import fragment
from pages.components.shared.zone import chosen_zone
from pages.components.signals.board import board_skeleton, signal_board
from pages.components.signals.filters import select
from pages.components.signals.live_board import read_board
from pages.components.signals.table import signal_table
from pages.components.signals.view import Layout, read_view

DRAWER_SECONDS = 15.0  # between two looks at what changed; a text below it would be shown by Streamlit, as magic


def signals() -> None:
    app = application()
    snapshot = app.board.snapshot()
    view = read_view({name: st.query_params.get_all(name) for name in st.query_params})
    zone = chosen_zone()
    board = read_board(app, snapshot, view, zone)
    if board is None or snapshot.market is None:
        board_skeleton()
        return
    watched = signal_board(board)
    if view.layout is Layout.TABLE and (shown := select(snapshot.on(view.timeframe), view.filters, view.sort)):
        signal_table(shown, watched, view.timeframe, snapshot.market.name, app.feed.now().astimezone(zone))
    with st.container(key="signal_changes"):
        what_changed(app, view.timeframe)


@fragment(run_every=DRAWER_SECONDS)
def what_changed(app: Application, timeframe: Timeframe) -> None:
    """A closed drawer below the board; nothing until the ledger was read."""
    opened, told = app.recorder.opened(), changes_now(app)
    if opened is not None and isinstance(told, ChangesTold):
        change_drawer([each for each in reversed(told.changes) if each.now.series.timeframe is timeframe], opened.name)


signals()
