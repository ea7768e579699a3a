"""What Binance futures charges for a request, and what it does to whoever asks for more than 2,400 a minute.

https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data/rest-api/Kline-Candlestick-Data and
https://developers.binance.com/docs/derivatives/usds-margined-futures/general-info (IP limits).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from core.market.clock import seconds_passed

LIMIT = 2400
"""Weight in one minute."""
BANNED_AFTER = 10
"""Requests refused in one minute, after which 418 follows 429; Binance does not say how many it lets pass."""
HEADER = "X-MBX-USED-WEIGHT-1M"


def weight_of(path: str, parameters: Mapping[str, str]) -> int:
    """Of one request."""
    if not path.endswith("/klines"):
        return 1
    limit = int(parameters.get("limit", 500))
    return 1 if limit < 100 else 2 if limit < 500 else 5 if limit <= 1000 else 10


class RequestLimit:
    """Counts the weight of all requests by minutes. Thread-safe."""

    def __init__(self, limit: int = LIMIT, passed: Callable[[], float] = seconds_passed) -> None:
        self.limit = limit
        self.heaviest_minute = 0
        self.refused = 0
        self.total = 0
        self._passed = passed
        self._lock = threading.Lock()
        self._minute, self._used, self._refused = -1, 0, 0

    def count(self, path: str, parameters: Mapping[str, str]) -> tuple[int, dict[str, str]]:
        """The status that a request gets, 200, 429 or 418, and the headers of its answer."""
        with self._lock:
            minute, second = divmod(self._passed(), 60.0)
            if minute != self._minute:
                self._minute, self._used, self._refused = int(minute), 0, 0
            self._used += weight_of(path, parameters)
            self.total += weight_of(path, parameters)
            self.heaviest_minute = max(self.heaviest_minute, self._used)
            headers = {HEADER: str(self._used)}
            if self._used <= self.limit:
                return 200, headers
            self._refused += 1
            self.refused += 1
            status = 418 if self._refused > BANNED_AFTER else 429
            return status, headers | {"Retry-After": str(int(60 - second) + 1)}
