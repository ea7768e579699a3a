"""The newest changes of one timeframe as open pages of signals fetch them when there are some: see drawer.js."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from core.application import Application
from core.domain import Timeframe
from core.errors import CandorError
from core.journal.changes import ChangeListing
from core.wording.language import speaking
from core.wording.style import TYPESET
from pages.components.changes.feed import IN_DRAWER, listed
from pages.components.changes.reading import changes_now
from pages.components.shared.base_path import base_path
from pages.components.shared.language import language_of
from pages.components.shared.live_answers import LiveAnswers
from pages.components.shared.zone import COOKIE, zone_named

LIVE_DRAWER_PATH = f"{base_path()}/live/changes"
"""Where it is on this server; ``timeframe`` says of which."""


def newest_change(app: Application) -> int | None:
    """The entry of the last change that is known of; None while that is nothing."""
    listing = changes_now(app)
    return listing.changes[-1].seq if isinstance(listing, ChangeListing) and listing.changes else None


def read_drawer(app: Application, timeframe: Timeframe, zone: tzinfo) -> dict[str, Any] | None:
    """What the drawer draws, with times in ``zone``; None while the ledger has not been read."""
    opened, listing = app.recorder.opened(), changes_now(app)
    if opened is None or not isinstance(listing, ChangeListing):
        return None
    changes = [each for each in reversed(listing.changes) if each.now.series.timeframe is timeframe]
    return listed(changes, IN_DRAWER, TYPESET.in_zone(zone)) | {"seq": listing.seq, "market": opened.name}


class LiveDrawer:
    """Answers with the changes of the timeframe that is asked for."""

    def __init__(self, application: Callable[[], Application]) -> None:
        self._application = application
        self._answers = LiveAnswers()

    def serve(self, request: Request) -> Response:
        """200 with what the drawer draws; 204 while there is nothing to, or no such timeframe."""
        try:
            timeframe = Timeframe.parse(request.query_params.get("timeframe", ""))
        except CandorError:
            return Response(status_code=204)
        zone, language = zone_named(request.cookies.get(COOKIE, "")), language_of(request)
        app = self._application()
        with speaking(language):
            return self._answers.answer(
                (timeframe, zone, language), lambda: (changes_now(app), partial(read_drawer, app, timeframe, zone))
            )
