"""A candle source for tests that wait for no market."""

from core.domain import Series, Timeframe
from core.findings import NoClosedCandle
from core.market.candles import CandleArrays
from core.market.series import Held, NothingHeld, SeriesStatus
from tests.applications import NOON

M15 = Timeframe.M15
ENOUGH = 99 + 12
"""Candles for a prediction: warm-up and the window of a hand-made model."""


class HeldCandles:
    """A candle source that hands out the frame it is given."""

    def __init__(self, frame, problem=None):
        self.frame = frame
        self._problem = problem
        self._held = Held(Series("BTCUSDT", M15), CandleArrays.of(frame)) if len(frame) else None

    def now(self):
        return NOON

    def symbols(self):
        return ("BTCUSDT",)

    def tick_size(self, symbol):
        return 0.1

    def candles(self, symbol, timeframe):
        return self.frame

    def reading(self, symbol, timeframe):
        series = Series(symbol, timeframe)
        if self._held is None:
            return NothingHeld(series, answered=True), SeriesStatus("short", NoClosedCandle(series), None, 0)
        state = "fresh" if self._problem is None else "stale"
        return self._held, SeriesStatus(state, self._problem, None, len(self.frame))
