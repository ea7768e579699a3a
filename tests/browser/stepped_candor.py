"""Candor on a simulated market that closes its next candle whenever SIGUSR1 tells it to. Started like ``streamlit``:

python tests/browser/stepped_candor.py run app.py
"""

from __future__ import annotations

import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from streamlit.web.cli import main

from core import application
from core.domain import Timeframe
from core.market.feed import CandleFeed
from core.market.simulated import SimulatedMarket
from core.settings import Settings

STEP = Timeframe.M15.duration
EPOCH = datetime.fromtimestamp(0, UTC)


class SteppedClock:
    """This machine's time, and as much as was leapt over."""

    speed = 1.0

    def __init__(self) -> None:
        self._leapt = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._leapt

    def leap(self) -> None:
        """To the next close of a candle of 15m."""
        self._leapt += STEP - (self.now() - EPOCH) % STEP


CLOCK, FEEDS = SteppedClock(), list[CandleFeed]()


def open_stepped_feed(settings: Settings) -> tuple[CandleFeed, None]:
    """What the settings' feed would be, on the clock that leaps."""
    FEEDS.append(CandleFeed(SimulatedMarket(settings.seed, CLOCK), symbols=settings.symbols))
    return FEEDS[-1], None


def close_candle(*_: object) -> None:
    CLOCK.leap()
    for feed in FEEDS:
        feed.ring()


if __name__ == "__main__":
    application.open_feed = open_stepped_feed
    signal.signal(signal.SIGUSR1, close_candle)
    main()
