"""The local exchange for tests: it tells the simulated market that all tests of a process share."""

from __future__ import annotations

from core.market.clock import ManualClock
from core.market.market import Market
from scripts.exchange_server import HTML, NOON, TRUNCATED, UNKNOWN_SYMBOL, Rows, Trouble
from scripts.exchange_server import BinanceServer as Server
from tests.drawn_once import DrawnOnce

__all__ = ["HTML", "NOON", "TRUNCATED", "UNKNOWN_SYMBOL", "BinanceServer", "Rows", "Trouble"]


class BinanceServer(Server):
    """As any, with a clock that stands still."""

    def __init__(self, market: Market | None = None) -> None:
        self.clock = ManualClock(NOON)
        super().__init__(market or DrawnOnce(1, self.clock))
