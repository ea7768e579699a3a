"""Candor put together: one feed, one registry, one service, one board for a whole process."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from core.market.chooser import open_feed
from core.market.feed import CandleFeed
from core.model.registry import ModelRegistry, get_registry
from core.settings import Settings, get_settings
from core.signals.board import SignalBoard
from core.signals.service import InferenceService


@dataclass(frozen=True, slots=True)
class Application:
    """What pages and the API share. Everything in it is thread-safe."""

    settings: Settings
    feed: CandleFeed
    registry: ModelRegistry
    service: InferenceService
    board: SignalBoard

    def start(self) -> None:
        """Begin to follow the market in the background; returns at once."""
        self.board.start()
        self.feed.start()

    def stop(self) -> None:
        self.feed.stop()
        self.board.stop()


def build_application(settings: Settings) -> Application:
    """The parts, connected and not yet started."""
    feed = open_feed(settings)
    registry = get_registry()
    service = InferenceService(candles=feed, registry=registry)
    return Application(settings, feed, registry, service, SignalBoard(service, feed))


_lock = threading.Lock()
_running: Application | None = None


def get_application() -> Application:
    """The application of this process, started on first use."""
    global _running  # noqa: PLW0603 - a process has one feed and one board
    with _lock:
        if _running is None:
            _running = build_application(get_settings())
            _running.start()
        return _running


def stop_application() -> None:
    """Stop the application of this process, if there is one; the next use starts a fresh one."""
    global _running  # noqa: PLW0603
    with _lock:
        if _running is not None:
            _running.stop()
            _running = None
