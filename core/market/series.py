"""One series as a feed holds it: its candles, or nothing yet and why."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

import pandas as pd

from core.domain import Series
from core.errors import BadCandles, CandorError, MarketUnavailable, NotEnoughCandles
from core.findings import AwaitingCandles, AwaitingMarket, LateCandles, MarketTrouble, NoClosedCandle
from core.market.candles import CandleArrays, check_candles, closed_candles, last_closed_open_ms, open_times_ms
from core.market.market import Market
from core.wording.sentences import problem_text

log = logging.getLogger(__name__)

GRACE_SECONDS = 20.0
"""Real seconds after a candle's close before its absence is called stale."""

State = Literal["loading", "fresh", "stale", "bad", "short"]
WhyNothing = AwaitingMarket | AwaitingCandles | NoClosedCandle | MarketTrouble


@dataclass(frozen=True, slots=True)
class SeriesStatus:
    """What there is of one series, and what is wrong with it.

    ``loading``: nothing yet; ``fresh``: the newest closed candle is here; ``stale``: it should be but is not;
    ``bad``: the market's last answer broke the candle contract; ``short``: the market has no closed candle of it.
    A stale or bad series keeps serving the ``candles`` it has.
    """

    state: State
    problem: WhyNothing | LateCandles | None
    last_open_time: datetime | None
    candles: int


@dataclass(frozen=True, slots=True)
class NothingHeld:
    """Not one candle is here. ``trouble`` is what was wrong with the market's last answer.

    ``answered`` tells that the market once answered, and had no closed candle.
    """

    series: Series
    trouble: CandorError | None = None
    answered: bool = False

    def missing(self, now: datetime, history: int) -> int:
        """How many candles to ask for."""
        return history

    def after(self, answer: pd.DataFrame | Exception, now: datetime, history: int) -> HeldSeries:
        """The series once the market has answered."""
        try:
            new = _checked(answer, self.series, now)
        except Exception as error:
            return replace(self, trouble=as_trouble(error, f"{self.series} could not be read"))
        return _holding(self.series, new.iloc[-history:].reset_index(drop=True))

    def status(self, now: datetime, speed: float, waiting: AwaitingMarket | AwaitingCandles) -> SeriesStatus:
        """How things stand; ``waiting`` is what is awaited where nothing came yet."""
        return SeriesStatus(self._state(), self.why(waiting), None, 0)

    def why(self, waiting: AwaitingMarket | AwaitingCandles) -> WhyNothing:
        """Why nothing of the series can be served."""
        if self.trouble is not None:
            return trouble_of(self.trouble)
        return NoClosedCandle(self.series) if self.answered else waiting

    def error(self, waiting: AwaitingMarket | AwaitingCandles) -> CandorError:
        """The same as an error to raise."""
        if self.trouble is not None:
            return self.trouble
        kind, why = NotEnoughCandles if self.answered else MarketUnavailable, self.why(waiting)
        return kind(problem_text(why), facts=why)

    def _state(self) -> State:
        if isinstance(self.trouble, BadCandles):
            return "bad"
        if isinstance(self.trouble, NotEnoughCandles) or self.answered:
            return "short"
        return "loading"


@dataclass(frozen=True, slots=True)
class Held:
    """At least one candle is here, as a frame and as bare arrays; ``trouble`` is what was wrong with the last answer."""

    series: Series
    candles: pd.DataFrame
    arrays: CandleArrays
    trouble: CandorError | None = None

    @property
    def last_open_ms(self) -> int:
        """Unix milliseconds."""
        return int(self.arrays.open_time_ms[-1])

    def missing(self, now: datetime, history: int) -> int:
        """How many candles to ask for: those closed since the last one held, at most ``history``."""
        return max(0, min(history, self._behind(now)))

    def after(self, answer: pd.DataFrame | Exception, now: datetime, history: int) -> HeldSeries:
        """The series once the market has answered; an error or bad candles leave the good ones as they are."""
        try:
            new = _checked(answer, self.series, now)
        except Exception as error:
            return replace(self, trouble=as_trouble(error, f"{self.series} could not be read"))
        new = new[open_times_ms(new) > self.last_open_ms]
        if new.empty:
            return replace(self, trouble=None)
        return _holding(self.series, pd.concat([self.candles, new]).iloc[-history:].reset_index(drop=True))

    def status(self, now: datetime, speed: float, waiting: AwaitingMarket | AwaitingCandles) -> SeriesStatus:
        """How things stand at ``now``, the market's time."""
        last_open = datetime.fromtimestamp(self.last_open_ms / 1000, UTC)
        count = len(self.candles)
        if isinstance(self.trouble, BadCandles):
            return SeriesStatus("bad", trouble_of(self.trouble), last_open, count)
        next_close = last_open + 2 * self.series.timeframe.duration
        if (now - next_close).total_seconds() / speed > GRACE_SECONDS:
            trouble = None if self.trouble is None else trouble_of(self.trouble)
            return SeriesStatus("stale", LateCandles(self._behind(now), last_open, trouble), last_open, count)
        return SeriesStatus("fresh", None, last_open, count)

    def _behind(self, now: datetime) -> int:
        timeframe = self.series.timeframe
        return (last_closed_open_ms(timeframe, now) - self.last_open_ms) // timeframe.milliseconds


HeldSeries = NothingHeld | Held


def fetch(held: HeldSeries, market: Market, history: int) -> pd.DataFrame:
    """What ``market`` tells of the candles closed since the last one held, at most ``history``; raises as it does.

    Candles that close while it answers push the oldest out of an answer of fixed length: it is asked for more
    then, so that no candle is skipped however fast the market's clock runs.
    """
    limit = max(held.missing(market.now(), history), 1)
    while True:
        answer = market.candles(*held.series, limit)
        missing = held.missing(market.now(), history)
        if missing <= limit:
            return answer
        limit = min(2 * missing, history)


def _checked(answer: pd.DataFrame | Exception, series: Series, now: datetime) -> pd.DataFrame:
    if isinstance(answer, Exception):
        raise answer
    return closed_candles(check_candles(answer, series.timeframe), series.timeframe, now)


def _holding(series: Series, candles: pd.DataFrame) -> HeldSeries:
    return NothingHeld(series, answered=True) if candles.empty else Held(series, candles, CandleArrays.of(candles))


def as_trouble(error: Exception, what: str) -> CandorError:
    """``error`` as a sentence for users; what no code of ours foresaw goes to the log whole."""
    if isinstance(error, CandorError):
        return error
    log.error("%s", what, exc_info=error)
    return MarketUnavailable(f"{what} ({type(error).__name__}); the log has the details.")


def trouble_of(error: CandorError) -> MarketTrouble:
    """The facts of an error."""
    return MarketTrouble(error.message, None if error.path is None else str(error.path))
