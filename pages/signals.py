"""The radar: every coin's newest signal on one timeframe, filtered and sorted as the analyst asks."""

import streamlit as st

from core.application import Application
from core.domain import Timeframe
from core.journal.changes import ChangesTold
from core.signals.board import Signal
from pages.components.changes.feed import change_drawer
from pages.components.changes.reading import changes_now
from pages.components.shared.application import application
from pages.components.signals.board import board_data, board_skeleton, signal_board
from pages.components.signals.cards import Card, card, measured_card, tick_sizes
from pages.components.signals.filters import select
from pages.components.signals.table import signal_table
from pages.components.signals.view import Layout, View, read_view


def cards_of(app: Application, view: View, signals: tuple[Signal, ...]) -> list[Card]:
    """A table shows figures of its own, so that beside it cards need to say no more than the slider asks."""
    if view.layout is Layout.TABLE:
        return [measured_card(signal) for signal in signals]
    ticks = tick_sizes(app.feed, signals)
    return [card(signal, ticks[signal.symbol], app.feed.now()) for signal in signals]


def signals() -> None:
    app = application()
    snapshot = app.board.snapshot()
    view = read_view({name: st.query_params.get_all(name) for name in st.query_params})
    board = snapshot.on(view.timeframe)
    if snapshot.market is None or not board:
        board_skeleton()
        return
    passing = select(board, view.filters.without_minimums(), view.sort)
    signal_board(board_data(view, board, cards_of(app, view, passing), app.feed.now()))
    if view.layout is Layout.TABLE and (shown := select(board, view.filters, view.sort)):
        signal_table(shown, view.timeframe, snapshot.market.name, app.feed.now())
    with st.container(key="signal_changes"):
        what_changed(app, view.timeframe)


def what_changed(app: Application, timeframe: Timeframe) -> None:
    """A closed drawer below the board; nothing until the ledger was read."""
    opened, told = app.recorder.opened(), changes_now(app)
    if opened is not None and isinstance(told, ChangesTold):
        change_drawer([each for each in reversed(told.changes) if each.now.series.timeframe is timeframe], opened.name)


signals()
