"""How soon after its candle's close each signal was there, counted for as long as the process runs."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Mapping
from datetime import datetime

from core.domain import Series, Timeframe
from core.signals.board import BoardSnapshot

LIMITS = (0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 60.0, 300.0)
"""Upper ends of the classes, real seconds; what took longer is in one more."""


class Delays:
    """Delays of one timeframe's signals: how many fell into each class of LIMITS, and their sum in real seconds."""

    def __init__(self) -> None:
        self.counts = [0] * (len(LIMITS) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(LIMITS, seconds)] += 1
        self.seconds += seconds


class Promptness:
    """Counts what the boards that it hears bring anew. Thread-safe.

    The first signal of a series is not counted: at a start its candle closed long ago. ``speed`` is the market's
    seconds per real second.
    """

    def __init__(self, speed: Callable[[], float]) -> None:
        self._speed = speed
        self._lock = threading.Lock()
        self._delays = {timeframe: Delays() for timeframe in Timeframe}
        self._newest: dict[Series, datetime] = {}

    def hear(self, snapshot: BoardSnapshot, changed: frozenset[Series]) -> None:
        """A listener of the board."""
        with self._lock:
            for series in changed:
                signal = snapshot.signals.get(series)
                if signal is not None and signal.prediction is not None:
                    prediction = signal.prediction
                    delay = prediction.issued_at - prediction.candle_close_time
                    self._count(series, prediction.candle_open_time, delay.total_seconds() / self._speed())

    def read(self) -> Mapping[Timeframe, tuple[tuple[int, ...], float]]:
        """Of each timeframe how many signals fell into each class, those above all LIMITS last, and their delays' sum."""
        with self._lock:
            return {timeframe: (tuple(each.counts), each.seconds) for timeframe, each in self._delays.items()}

    def _count(self, series: Series, candle: datetime, seconds: float) -> None:
        before = self._newest.get(series)
        self._newest[series] = candle
        if before is not None and candle > before:
            self._delays[series.timeframe].add(seconds)
