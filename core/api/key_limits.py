"""How often a key may be used: a bucket per key that fills by itself, for one process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from core.access import ApiKey


@dataclass(frozen=True, slots=True)
class TooMany:
    """How long to wait, real seconds, and what the key is good for."""

    seconds: float
    per_minute: int


class KeyLimits:
    """A minute's worth of requests may come at once; then as many as the minute brings. Thread-safe.

    ``passed`` counts seconds.
    """

    def __init__(self, passed: Callable[[], float] = time.monotonic) -> None:
        self._passed = passed
        self._lock = threading.Lock()
        self._left: dict[ApiKey, tuple[float, float]] = {}
        """What is left of each bucket, and when that was."""

    def take(self, key: ApiKey) -> TooMany | None:
        """Count a request; how long to wait where that is one too many, which counts as none."""
        a_second = key.per_minute / 60
        with self._lock:
            now = self._passed()
            left, since = self._left.get(key, (float(key.per_minute), now))
            left = min(float(key.per_minute), left + (now - since) * a_second)
            allowed = left >= 1
            self._left[key] = left - allowed, now
        return None if allowed else TooMany((1 - left) / a_second, key.per_minute)
