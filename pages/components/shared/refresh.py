"""Keeps the page in front of an analyst current: drawn again when there is something new, left alone until then.

Drawing a page again keeps its scroll, filters, focus and half-typed text, since every element keeps its key.
"""

from __future__ import annotations

import streamlit as st

from core.application import Application
from core.domain import Timeframe

LONGEST_WAIT = 2.0
"""Seconds between two looks in a market that runs at real speed."""
SHORTEST_WAIT = 0.5
LOOKS_PER_CANDLE = 6
"""In a fast market there are this many looks per shortest candle."""


def redraw_on_news(app: Application) -> None:
    """Look at the board every moment; draw the page again when it says something else than it says now.

    Call it before the page is drawn. A look is a read of memory; while nothing changes nothing is drawn, and what
    goes to the browser is Streamlit's word that a run began and ended (1.2 KB).
    """
    drawn = _news(app)

    @st.fragment(run_every=seconds_between_looks(app.feed.speed))
    def look() -> None:
        if _news(app) != drawn:
            st.rerun()

    look()


def seconds_between_looks(speed: float) -> float:
    """How often to look, in real seconds, when the market runs at ``speed``."""
    shortest_candle = min(timeframe.duration for timeframe in Timeframe).total_seconds() / speed
    return min(max(shortest_candle / LOOKS_PER_CANDLE, SHORTEST_WAIT), LONGEST_WAIT)


def _news(app: Application) -> tuple[object, ...]:
    asked = None if app.auto is None else (app.auto.asking, app.auto.exchange_answer)
    return app.board.version, app.feed.identity, app.feed.awaited, asked
