"""One series as a feed holds it: its candles, or nothing yet and why."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from core.domain import Series
from core.errors import BadCandles, CandorError, MarketUnavailable, NotEnoughCandles, SeriesUnavailable, UnknownSymbol
from core.findings import AwaitingCandles, AwaitingMarket, LateCandles, MarketTrouble, MissingCandles, NoClosedCandle
from core.market.candles import (
    CandleArrays,
    check_arrays,
    closed_arrays,
    last_closed_open_ms,
    merged,
    moment_of,
    moment_text,
)
from core.market.market import Market
from core.wording.sentences import problem_text

log = logging.getLogger(__name__)

MOST_ASKED = 12
"""How often a market is asked for a candle that is absent before a later one, until it is named; as often again it is
asked with those that have closed since."""

NEVER = (NotEnoughCandles, UnknownSymbol)
"""What a market raises that has no such series and will not have it, so that it is not asked again."""

State = Literal["loading", "fresh", "stale", "bad", "short"]
WhyNothing = AwaitingMarket | AwaitingCandles | NoClosedCandle | MarketTrouble


@dataclass(frozen=True, slots=True)
class SeriesStatus:
    """What there is of one series, and what is wrong with it.

    ``loading``: nothing yet; ``fresh``: the newest closed candle is here, though older ones may be missing for good;
    ``stale``: it should be but is not; ``bad``: the market's last answer broke the candle contract; ``short``: the
    market has no closed candle of it. A stale or bad series keeps serving the ``candles`` it has.
    """

    state: State
    problem: WhyNothing | LateCandles | MissingCandles | None
    last_open_time: datetime | None
    candles: int


@dataclass(frozen=True, slots=True)
class NothingHeld:
    """Not one candle is here. ``trouble`` is what was wrong with the market's last answer, ``since`` when first.

    ``answered`` tells that the market once answered, and had no closed candle.
    """

    series: Series
    trouble: CandorError | None = None
    answered: bool = False
    since: datetime | None = None

    def missing(self, now: datetime, history: int) -> int:
        """How many candles to ask for; 0 where the market has said that it has no such series."""
        return 0 if isinstance(self.trouble, NEVER) else history

    def newer(self, now: datetime, history: int) -> int:
        """How many candles have closed since the last one held: of none, nobody can say."""
        return 0

    def after(self, answer: CandleArrays | Exception, now: datetime, history: int) -> HeldSeries:
        """The series once the market has answered."""
        try:
            new = _checked(answer, self.series, now)
        except Exception as error:
            trouble = as_trouble(error, f"{self.series} could not be read")
            return replace(self, trouble=trouble, since=self.since or now)
        return _held(self.series, new[-history:], {}, history) if len(new) else NothingHeld(self.series, answered=True)

    def late_since(self, now: datetime, patience: timedelta) -> datetime | None:
        """Since when the market has said nothing, once that is longer than ``patience``; None before."""
        return self.since if self.since is not None and now - self.since > patience else None

    def status(self, now: datetime, patience: timedelta, waiting: AwaitingMarket | AwaitingCandles) -> SeriesStatus:
        """How things stand; ``waiting`` is what is awaited where nothing came yet."""
        return SeriesStatus(self._state(), self.why(waiting), None, 0)

    def why(self, waiting: AwaitingMarket | AwaitingCandles) -> WhyNothing:
        """Why nothing of the series can be served."""
        if self.trouble is not None:
            silent = isinstance(self.trouble, MarketUnavailable) and not isinstance(self.trouble, SeriesUnavailable)
            return replace(trouble_of(self.trouble), since=self.since if silent else None)
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
        if isinstance(self.trouble, NEVER) or self.answered:
            return "short"
        return "loading"


@dataclass(frozen=True)
class Held:
    """At least one candle is here. ``trouble`` is what was wrong with the last answer.

    ``holes`` are the open times (Unix milliseconds) that are absent from the window that ends with the last candle, with
    how often the market was asked for each in vain. Those before the first candle are where history may begin.
    """

    series: Series
    arrays: CandleArrays
    trouble: CandorError | None = None
    holes: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def candles(self) -> pd.DataFrame:
        """The candles as a frame."""
        return self.arrays.frame()

    @cached_property
    def last_open_ms(self) -> int:
        """Unix milliseconds."""
        return int(self.arrays.open_time_ms[-1])

    def missing(self, now: datetime, history: int) -> int:
        """How many of the newest candles to ask for, at most ``history``: back to the oldest that is absent.

        What the market was asked for often enough in vain is not asked for again.
        """
        behind = self._behind(now)
        most = 2 * MOST_ASKED if behind > 0 else MOST_ASKED
        wanted = [hole for hole, asked in self.holes.items() if asked < most]
        if wanted:
            behind += (self.last_open_ms - min(wanted)) // self.series.timeframe.milliseconds + 1
        return max(0, min(history, behind))

    def newer(self, now: datetime, history: int) -> int:
        """How many candles have closed since the last one held, at most ``history``."""
        return max(0, min(history, self._behind(now)))

    def after(self, answer: CandleArrays | Exception, now: datetime, history: int) -> HeldSeries:
        """The series once the market has answered; an error or bad candles leave the good ones as they are.

        Where it tells a candle differently than before, its newest word counts.
        """
        try:
            new = self._news(answer, now)
        except Exception as error:
            return replace(self, trouble=as_trouble(error, f"{self.series} could not be read"))
        return _held(self.series, _newest_of(self.series, self.arrays, new, history), self.holes, history)

    def _news(self, answer: CandleArrays | Exception, now: datetime) -> CandleArrays:
        """The answer, or what is newer than the last candle held, where only what is told anew of older ones is broken."""
        try:
            return _checked(answer, self.series, now)
        except BadCandles as error:
            if isinstance(answer, Exception):
                raise
            newer = answer[answer.open_time_ms > self.last_open_ms]
            if not len(newer):
                raise
            news = _checked(newer, self.series, now)
            log.warning("%s: what was told anew of older candles is not believed. %s", self.series, error)
            return news

    def late_since(self, now: datetime, patience: timedelta) -> datetime | None:
        """When the next candle closed, if it should be here: ``patience`` has passed since; None where it is not late."""
        return self._next_close if now - self._next_close > patience else None

    def status(self, now: datetime, patience: timedelta, waiting: AwaitingMarket | AwaitingCandles) -> SeriesStatus:
        """How things stand at ``now``; that and ``patience``, how late a candle may come, are the market's time."""
        last_open, count = self._last_open, len(self.arrays)
        if isinstance(self.trouble, BadCandles):
            return SeriesStatus("bad", trouble_of(self.trouble), last_open, count)
        if self.late_since(now, patience) is not None:
            trouble = None if self.trouble is None else trouble_of(self.trouble)
            return SeriesStatus("stale", LateCandles(self._behind(now), last_open, trouble), last_open, count)
        return SeriesStatus("fresh", self._gap, last_open, count)

    @cached_property
    def _last_open(self) -> datetime:
        """Made once, as the next, though everybody who reads asks."""
        return moment_of(self.last_open_ms)

    @cached_property
    def _next_close(self) -> datetime:
        return self._last_open + 2 * self.series.timeframe.duration

    @cached_property
    def _gap(self) -> MissingCandles | None:
        """The candles that were asked for in vain; looked for once, though everybody who reads asks."""
        given_up = _given_up(self.holes, self.arrays)
        return _missing(given_up) if given_up else None

    def _behind(self, now: datetime) -> int:
        timeframe = self.series.timeframe
        return (last_closed_open_ms(timeframe, now) - self.last_open_ms) // timeframe.milliseconds


HeldSeries = NothingHeld | Held


def fetch(held: HeldSeries, market: Market, history: int) -> CandleArrays:
    """What ``market`` tells of the newest candles, at most ``history``, back to what is missing; raises as it does.

    A market that corrects candles after their close is asked for the last ones held, too. Candles that close while it
    answers push the oldest out of an answer of fixed length: it is asked for more then, so that no candle is skipped
    however fast the market's clock runs. Where a market checks its answer whole, as it has to for what it resamples,
    a candle that is held and told anew, but broken, must not keep the newer ones: they are asked for alone.
    """
    again = market.access.reread
    try:
        return _fetch(held, market, history, again)
    except BadCandles as error:
        newer = held.newer(market.now(), history)
        if not newer:
            raise
        answer = market.arrays(*held.series, newer)
        log.warning("%s: what was told anew of older candles is not believed. %s", held.series, error)
        return answer


def _fetch(held: HeldSeries, market: Market, history: int, again: int) -> CandleArrays:
    limit = min(history, max(held.missing(market.now(), history), 1) + again)
    while True:
        answer = market.arrays(*held.series, limit)
        missing = min(history, held.missing(market.now(), history) + again)
        if missing <= limit:
            return answer
        limit = min(2 * missing, history)


def patience_with(market: Market) -> timedelta:
    """How late after its close a candle may come, in the market's time."""
    return timedelta(seconds=market.access.late_seconds * market.speed)


def corrections(before: HeldSeries, after: HeldSeries) -> list[int]:
    """Open times, Unix milliseconds, of the candles that an answer told differently than they were held."""
    if not isinstance(before, Held) or not isinstance(after, Held) or before.arrays is after.arrays:
        return []
    return merged(before.arrays, after.arrays)[1]


def _checked(answer: CandleArrays | Exception, series: Series, now: datetime) -> CandleArrays:
    if isinstance(answer, Exception):
        raise answer
    return closed_arrays(check_arrays(answer, series.timeframe), series.timeframe, now)


def _newest_of(series: Series, held: CandleArrays, new: CandleArrays, history: int) -> CandleArrays:
    """The newest ``history`` candles of both; ``held`` itself where nothing is new."""
    together, corrected = merged(held, new)
    for open_time in corrected:
        log.info("%s: the candle of %s was corrected after its close.", series, moment_text(open_time))
    return held if together is held else together[-history:]


def _held(series: Series, arrays: CandleArrays, asked_before: Mapping[int, int], history: int) -> Held:
    """The series as it is after an answer; what is absent among its newest ``history`` open times was asked for just now."""
    times, step = arrays.open_time_ms, series.timeframe.milliseconds
    if len(times) >= history and times[-1] - times[0] == (len(times) - 1) * step:
        return Held(series, arrays)
    window = np.arange(int(times[-1]) - (history - 1) * step, times[-1], step)
    absent = np.setdiff1d(window, times, assume_unique=True)
    holes = {hole: asked_before.get(hole, 0) + 1 for hole in absent.tolist()}
    given_up = _given_up(holes, arrays)
    if given_up and any(holes[hole] == MOST_ASKED for hole in given_up):
        log.warning("%s: %s", series, problem_text(_missing(given_up)))
    return Held(series, arrays, None, holes)


def _given_up(holes: Mapping[int, int], arrays: CandleArrays) -> list[int]:
    """What is absent between candles and was asked for often enough; what lies before all of them may never have been."""
    first = int(arrays.open_time_ms[0])
    return [hole for hole, asked in holes.items() if asked >= MOST_ASKED and hole > first]


def _missing(open_times: Sequence[int]) -> MissingCandles:
    return MissingCandles(len(open_times), moment_of(min(open_times)))


def as_trouble(error: Exception, what: str) -> CandorError:
    """``error`` as a sentence for users; what no code of ours foresaw goes to the log whole."""
    if isinstance(error, CandorError):
        return error
    log.error("%s", what, exc_info=error)
    return MarketUnavailable(f"{what} ({type(error).__name__}); the log has the details.")


def trouble_of(error: CandorError) -> MarketTrouble:
    """The facts of an error."""
    return MarketTrouble(error.message, None if error.path is None else str(error.path))
