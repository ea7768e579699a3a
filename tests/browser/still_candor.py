"""Candor on a market whose clock stands still: what it shows depends on its seed alone. Started like ``streamlit``:

python tests/browser/still_candor.py run app.py
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from streamlit.web.cli import main

from core import application
from core.market.clock import ManualClock
from core.market.feed import CandleFeed
from core.market.simulated import SimulatedMarket
from core.settings import Settings

MOMENT = datetime(2025, 9, 4, 10, 7, tzinfo=UTC)
"""Some minutes after a close, on a board with moves that are likely, usual and quiet."""


def open_still_feed(settings: Settings) -> tuple[CandleFeed, None]:
    """What the settings' feed would be at that moment."""
    return CandleFeed(SimulatedMarket(settings.seed, ManualClock(MOMENT))), None


if __name__ == "__main__":
    application.open_feed = open_still_feed
    main()
