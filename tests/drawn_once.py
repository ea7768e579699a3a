"""The simulated market, drawn once for all tests of a process."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np

from core.domain import Timeframe
from core.market.simulated import SimulatedMarket


class DrawnOnce(SimulatedMarket):
    """As any SimulatedMarket, which is the same for everybody; to draw its blocks takes longer than most tests of them."""

    def _block(self, block: int, timeframe: Timeframe) -> np.ndarray:
        return _drawn(self.seed, block, timeframe)


@lru_cache(maxsize=1_000)
def _drawn(seed: int, block: int, timeframe: Timeframe) -> np.ndarray:
    """The market itself forgets blocks of 15m candles, a megabyte each, while it draws those of days."""
    return _market(seed)._block(block, timeframe)


@cache
def _market(seed: int) -> SimulatedMarket:
    return SimulatedMarket(seed)
