"""The board of signals as open pages fetch it when there is news: made once for all who look at the same thing.

It is what a run of the page would send, at the cost of a read of memory for all but the first who ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import tzinfo
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from core.application import Application
from core.model.metrics import ModelMetrics
from core.signals.board import BoardSnapshot, Signal
from core.signals.hours import Hours
from core.wording.language import speaking
from pages.components.shared.base_path import base_path
from pages.components.shared.hours import usual_hours
from pages.components.shared.language import language_of
from pages.components.shared.live_answers import LiveAnswers
from pages.components.shared.model_periods import measured_elsewhere
from pages.components.shared.zone import COOKIE, zone_named
from pages.components.signals.board import board_data
from pages.components.signals.cards import Card, card, measured_card, tick_sizes
from pages.components.signals.filters import select
from pages.components.signals.past_boards import rarity
from pages.components.signals.view import Layout, View, read_view

LIVE_BOARD_PATH = f"{base_path()}/live/signals"
"""Where it is on this server; it reads the same parameters as the page."""

CardOf = Callable[[Signal], Card]


def read_board(
    app: Application, snapshot: BoardSnapshot, view: View, zone: tzinfo, hours: Hours
) -> dict[str, Any] | None:
    """What the board component draws for ``view``, with times in ``zone``; None while there is no board yet.

    ``hours`` say what is usual at an hour of the day. A table shows figures of its own, so that beside it cards need to
    say no more than the slider asks.
    """
    board = snapshot.on(view.timeframe)
    if snapshot.market is None or not board:
        return None
    passing = select(board, view.filters.without_minimums(), view.sort, hours)
    of = measured_card if view.layout is Layout.TABLE else _card_of(app, board, zone, hours)
    cards, rare = [of(snapshot.at_newest_price(signal)) for signal in passing], rarity(app, view.timeframe, board)
    elsewhere = measured_elsewhere(_models(app, board), snapshot.market)
    return board_data(view, board, cards, app.feed.now().astimezone(zone), snapshot.version, hours, rare, elsewhere)


def _models(app: Application, board: tuple[Signal, ...]) -> Iterator[ModelMetrics]:
    """Those that speak on ``board``."""
    for status in app.registry.statuses(signal.series for signal in board if signal.prediction is not None):
        if status.metrics is not None:
            yield status.metrics


def _card_of(app: Application, board: tuple[Signal, ...], zone: tzinfo, hours: Hours) -> CardOf:
    ticks = tick_sizes(app.feed, board)
    return lambda signal: card(signal, ticks[signal.symbol], app.feed.now().astimezone(zone), hours)


class LiveBoard:
    """Answers with the board that an address asks for."""

    def __init__(self, application: Callable[[], Application]) -> None:
        self._application = application
        self._answers = LiveAnswers()

    def serve(self, request: Request) -> Response:
        """200 with what the board component draws; 204 while there is no board yet."""
        asked = request.query_params
        zone, language = zone_named(request.cookies.get(COOKIE, "")), language_of(request)
        app = self._application()

        def newest() -> tuple[object, Callable[[], dict[str, Any] | None]]:
            snapshot = app.board.snapshot()
            return snapshot, partial(read_board, app, snapshot, view, zone, hours)

        with speaking(language):
            view = read_view({name: asked.getlist(name) for name in asked})
            hours = usual_hours(app, view.timeframe)
            return self._answers.answer((view, zone, language, id(hours)), newest)  # the same for as long as they are
