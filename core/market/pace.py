"""How fast an exchange is asked: requests keep ccxt's distance by their cost, whatever thread they come from.

Where an exchange counts its requests over a minute, a close may be asked for in a burst: those need not keep the distance, and the
time that they ran ahead is waited for afterwards, so that in the long run no more is asked.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Pace:
    """``seconds`` between requests of cost 1, of which ``burst`` may follow each other at once. Thread-safe."""

    def __init__(
        self,
        seconds: float,
        burst: int,
        passed: Callable[[], float] = time.monotonic,
        pause: Callable[[float], object] = time.sleep,
    ) -> None:
        self._seconds, self._ahead = seconds, seconds * burst
        self._passed, self._pause = passed, pause
        self._lock = threading.Lock()
        self._due = 0.0
        self.requests = 0
        """So far."""

    def keep(self, cost: float) -> None:
        """Wait until a request of this cost may be sent."""
        with self._lock:
            self.requests += 1
            now = self._passed()
            due = max(now, self._due)
            self._due = due + self._seconds * cost
        if due - now > self._ahead:
            self._pause(due - now - self._ahead)
