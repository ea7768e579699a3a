"""Longer candles made of the shortest ones, where so many coins are followed that a close could not be asked for of every series.

Each longer series is asked for once, from its beginning; from then on its candles are made, unless parts of one do not come.
The audit compares them with the exchange's own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from core.domain import Series, Timeframe
from core.market.candles import CandleArrays, check_arrays, last_closed_open_ms, resample_arrays
from core.market.series import Held, HeldSeries

ASKED_COINS = 400
"""Up to so many coins every series is asked for. At the close of a day each coin has four: 1,600 questions, of which ccxt's
pace for Binance lets 1,200 a minute through, so that the last comes after 70 s; of the shortest alone 400, the last after 10 s."""

ROUNDING = 1e-9
"""A sum of volumes and the exchange's own may differ by so small a share."""


@dataclass(slots=True)
class Made:
    """Which of the candles held were made here and not compared with the market's own yet, by series; open times in Unix ms."""

    _times: dict[Series, set[int]] = field(default_factory=dict)

    def note(self, series: Series, open_times_ms: Iterable[int]) -> None:
        self._times.setdefault(series, set()).update(open_times_ms)

    def compared(self, series: Series, answer: CandleArrays, differing: Collection[int]) -> list[int]:
        """Those of ``differing`` that were made here; whatever ``answer`` tells, or is older, counts as compared from now on."""
        made = self._times.get(series, set())
        if not len(answer):
            return []
        self._times[series] = {time for time in made if time > answer.open_time_ms[-1]}
        return sorted(made.intersection(differing))


def lacking(held: Held, now: datetime, history: int) -> np.ndarray:
    """Open times (Unix milliseconds) of the closed candles among the newest ``history`` that the market is to tell yet."""
    timeframe = held.series.timeframe
    end = last_closed_open_ms(timeframe, now) + timeframe.milliseconds
    begin = end - held.missing(now, history) * timeframe.milliseconds
    return np.setdiff1d(np.arange(begin, end, timeframe.milliseconds), held.arrays.open_time_ms)


def made_of(parts: Held, timeframe: Timeframe, open_times_ms: np.ndarray) -> CandleArrays:
    """Candles of a longer ``timeframe`` with these open times, as far as all their parts are here."""
    step, shortest = timeframe.milliseconds, parts.series.timeframe
    inside = np.isin(parts.arrays.open_time_ms // step * step, open_times_ms)
    return check_arrays(resample_arrays(parts.arrays[inside], shortest.milliseconds, step), timeframe)


def touched(held: Held, changed_ms: Collection[int]) -> np.ndarray:
    """Open times of the candles held that parts which opened at ``changed_ms`` belong to."""
    step = held.series.timeframe.milliseconds
    return np.intersect1d(np.array(sorted(changed_ms), dtype="int64") // step * step, held.arrays.open_time_ms)


def must_be_asked(held: HeldSeries, now: datetime, patience: timedelta, history: int) -> bool:
    """Whether candles that cannot be made lack: older ones than the newest, or that one once it is late."""
    if not isinstance(held, Held):
        return True
    times = lacking(held, now, history)
    newest = last_closed_open_ms(held.series.timeframe, now)
    return len(times) > 0 and (int(times[0]) < newest or held.late_since(now, patience) is not None)


def as_held(held: Held, answer: CandleArrays | Exception) -> CandleArrays | Exception:
    """``answer`` with the candles held where the two differ by no more than sums are rounded."""
    if isinstance(answer, Exception):
        return answer
    _, ours, theirs = np.intersect1d(held.arrays.open_time_ms, answer.open_time_ms, return_indices=True)
    mine, given = held.arrays.values[:, ours], answer.values[:, theirs]
    same = np.isclose(mine, given, rtol=ROUNDING, atol=0.0).all(axis=0)
    values = answer.values.copy()
    values[:, theirs[same]] = mine[:, same]
    return CandleArrays(answer.open_time_ms, values)
