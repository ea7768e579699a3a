"""One series, a symbol on a timeframe, as the feed holds it: its candles, or the reason why they are not here."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

import pandas as pd

from core.domain import Timeframe
from core.errors import BadCandles, CandorError, MarketUnavailable, NotEnoughCandles
from core.market.candles import CandleArrays, check_candles, closed_candles, last_closed_open_ms, open_times_ms
from core.market.market import Market

log = logging.getLogger(__name__)

Series = tuple[str, Timeframe]
"""A symbol and a timeframe."""

GRACE_SECONDS = 20.0
"""Real seconds after a candle's close before its absence is called stale."""

State = Literal["loading", "fresh", "stale", "bad", "short"]


@dataclass(frozen=True, slots=True)
class SeriesStatus:
    """What there is of one series.

    ``loading``: nothing yet; ``fresh``: the newest closed candle is here; ``stale``: it should be but is not;
    ``bad``: the market's last answer broke the candle contract; ``short``: the market has no closed candle of it.
    A stale or bad series keeps serving the ``candles`` it has.
    """

    state: State
    reason: str | None
    last_open_time: datetime | None
    candles: int


@dataclass(frozen=True, slots=True)
class HeldSeries:
    """What is in memory of one series. ``candles`` is None until the market has answered for the first time."""

    symbol: str
    timeframe: Timeframe
    candles: pd.DataFrame | None = None
    arrays: CandleArrays | None = None
    last_open_ms: int | None = None
    trouble: CandorError | None = None
    """What was wrong with the market's last answer."""

    def missing(self, now: datetime, history: int) -> int:
        """How many candles to ask for: those closed since the last one held, at most ``history``."""
        if self.last_open_ms is None:
            return history
        behind = (last_closed_open_ms(self.timeframe, now) - self.last_open_ms) // self.timeframe.milliseconds
        return max(0, min(history, behind))

    def fetch(self, market: Market, history: int) -> pd.DataFrame:
        """What ``market`` tells of the candles closed since the last one held, at most ``history``; raises as it does.

        Candles that close while it answers push the oldest out of an answer of fixed length: it is asked for more
        then, so that no candle is skipped however fast the market's clock runs.
        """
        limit = max(self.missing(market.now(), history), 1)
        while True:
            answer = market.candles(self.symbol, self.timeframe, limit)
            missing = self.missing(market.now(), history)
            if missing <= limit:
                return answer
            limit = min(2 * missing, history)

    def after(self, answer: pd.DataFrame | Exception, now: datetime, history: int) -> HeldSeries:
        """The series once the market has answered; an error or bad candles leave the good ones as they are."""
        try:
            if isinstance(answer, Exception):
                raise answer
            candles = self._joined(answer, now, history)
        except Exception as error:
            return replace(self, trouble=as_trouble(error, f"{self.symbol} {self.timeframe} could not be read"))
        if candles is self.candles:
            return replace(self, trouble=None)
        arrays = CandleArrays.of(candles)
        last = int(arrays.open_time_ms[-1]) if len(arrays) else None
        return HeldSeries(self.symbol, self.timeframe, candles, arrays, last)

    def _joined(self, answer: pd.DataFrame, now: datetime, history: int) -> pd.DataFrame:
        new = closed_candles(check_candles(answer, self.timeframe), self.timeframe, now)
        if self.last_open_ms is None or self.candles is None:
            return new.iloc[-history:].reset_index(drop=True)
        new = new[open_times_ms(new) > self.last_open_ms]
        if new.empty:
            return self.candles
        return pd.concat([self.candles, new]).iloc[-history:].reset_index(drop=True)

    def status(self, now: datetime, speed: float, waiting: str) -> SeriesStatus:
        """How things stand at ``now``, the market's time; ``waiting`` says what is awaited where nothing came yet."""
        if self.last_open_ms is None or self.candles is None:
            return SeriesStatus(self._state_of_nothing(), str(self.why_none(waiting)), None, 0)
        last_open = datetime.fromtimestamp(self.last_open_ms / 1000, UTC)
        count = len(self.candles)
        if isinstance(self.trouble, BadCandles):
            return SeriesStatus("bad", str(self.trouble), last_open, count)
        next_close = last_open + 2 * self.timeframe.duration
        if (now - next_close).total_seconds() / speed > GRACE_SECONDS:
            return SeriesStatus("stale", self._why_stale(now, last_open), last_open, count)
        return SeriesStatus("fresh", None, last_open, count)

    def why_none(self, waiting: str) -> CandorError:
        """Why nothing of the series can be served."""
        if self.trouble is not None:
            return self.trouble
        if self.candles is not None:
            return NotEnoughCandles(f"{self.symbol} has no closed {self.timeframe} candle yet on this market.")
        return MarketUnavailable(waiting)

    def _state_of_nothing(self) -> State:
        if isinstance(self.trouble, BadCandles):
            return "bad"
        if isinstance(self.trouble, NotEnoughCandles) or self.candles is not None:
            return "short"
        return "loading"

    def _why_stale(self, now: datetime, last_open: datetime) -> str:
        behind = self.missing(now, 1_000_000)
        late = f"{behind} candle{'s are' if behind > 1 else ' is'} missing since {last_open:%Y-%m-%d %H:%M} UTC."
        return f"{late} {self.trouble}" if self.trouble else late


def as_trouble(error: Exception, what: str) -> CandorError:
    """``error`` as a sentence for users; what no code of ours foresaw goes to the log whole."""
    if isinstance(error, CandorError):
        return error
    log.error("%s", what, exc_info=error)
    return MarketUnavailable(f"{what} ({type(error).__name__}); the log has the details.")
