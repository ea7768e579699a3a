"""The radar: every coin's newest signal on one timeframe, filtered and sorted as the analyst asks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from core.application import Application
from core.domain import Timeframe
from core.errors import CandorError
from core.market.candles import unix_ms
from core.signals.board import Signal
from pages.components.record.reading import Beside
from pages.components.shared.application import application
from pages.components.signals.board import board_data, board_skeleton, signal_board
from pages.components.signals.cards import Card, card, measured_card, tick_sizes
from pages.components.signals.filters import select
from pages.components.signals.rarity import LOOKS_BACK, Rarity, rarity_of
from pages.components.signals.table import signal_table
from pages.components.signals.view import Layout, View, read_view

if TYPE_CHECKING:
    from core.journal.boards import PastBoard


@st.cache_resource(show_spinner=False)
def past_boards() -> Beside[tuple[PastBoard, ...]]:
    """What reads earlier boards from the ledger, for all sessions."""
    return Beside()


def rarity(app: Application, timeframe: Timeframe, board: tuple[Signal, ...]) -> Rarity | None:
    """Whether there was none like this board for a while; None while its ledger is not open, too."""
    opened = app.recorder.opened()
    if opened is None:
        return None
    since_ms = unix_ms(app.feed.now()) - LOOKS_BACK * timeframe.milliseconds
    read = partial(opened.reader.boards, timeframe, [signal.symbol for signal in board], since_ms)
    past = past_boards().newest((opened.reader, timeframe), read)
    return None if past is None or isinstance(past, CandorError) else rarity_of(board, past)


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
    rare = rarity(app, view.timeframe, board)
    signal_board(board_data(view, board, cards_of(app, view, passing), app.feed.now(), rare))
    if view.layout is Layout.TABLE and (shown := select(board, view.filters, view.sort)):
        signal_table(shown, view.timeframe, snapshot.market.name, app.feed.now())


signals()
