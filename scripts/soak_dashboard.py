"""The whole dashboard over a soak's exchange, in a process of its own.

Started like ``streamlit``, with SOAK_MEETING in its environment:

python scripts/soak_dashboard.py run app.py
"""

from __future__ import annotations

import os
import sys

if not __package__:
    import run_by_path  # noqa: F401

from streamlit.web.cli import main

from core import application
from core.market.feed import CandleFeed
from core.settings import Settings
from scripts.soak_world import Meeting

MEETING = "SOAK_MEETING"


def open_soaked_feed(settings: Settings) -> tuple[CandleFeed, None]:
    """What the settings' feed is, if it were in the soak's world."""
    meeting = Meeting.parse(os.environ[MEETING])
    return CandleFeed(meeting.exchange(), symbols=meeting.symbols), None


if __name__ == "__main__":
    application.open_feed = open_soaked_feed  # type: ignore[attr-defined]
    sys.exit(main())
