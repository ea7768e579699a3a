"""The candle frame: its columns, its laws, the closed-candle rule.

A candle frame is a pandas DataFrame, oldest candle first, with the columns

    open_time   datetime64[ms, UTC]   the candle's OPEN, which identifies it; a multiple of the timeframe
    open, high, low, close            float64, quote currency, positive, low <= open, close <= high
    volume                            float64, coin units, not negative

Gaps are allowed and stay gaps; duplicates and disorder are not.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from core.domain import Timeframe
from core.errors import BadCandles

PRICE_COLUMNS = ("open", "high", "low", "close")
CANDLE_COLUMNS = ("open_time", *PRICE_COLUMNS, "volume")
OPEN_TIME_DTYPE = pd.DatetimeTZDtype("ms", "UTC")


def empty_candles() -> pd.DataFrame:
    """A candle frame with no candle in it."""
    times = pd.Series([], dtype=OPEN_TIME_DTYPE)
    return pd.DataFrame({"open_time": times, **{c: np.empty(0) for c in CANDLE_COLUMNS[1:]}})


def candle_frame(
    open_time_ms: np.ndarray,
    open_: np.ndarray,
    high: np.ndarray,
    low: np.ndarray,
    close: np.ndarray,
    volume: np.ndarray,
) -> pd.DataFrame:
    """A candle frame out of equally long arrays; ``open_time_ms`` is Unix time in milliseconds."""
    times = pd.Series(np.asarray(open_time_ms, dtype="int64").astype("datetime64[ms]")).dt.tz_localize("UTC")
    values = {"open": open_, "high": high, "low": low, "close": close, "volume": volume}
    return pd.DataFrame({"open_time": times, **{name: np.asarray(v, dtype="float64") for name, v in values.items()}})


@dataclass(frozen=True, slots=True)
class CandleArrays:
    """The columns of a candle frame as bare arrays of equal length, for work that is done for every new candle.

    ``open_time_ms`` is int64 Unix milliseconds, the others are float64 in the units of the frame.
    """

    open_time_ms: np.ndarray
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    volume: np.ndarray

    @classmethod
    def of(cls, candles: pd.DataFrame) -> CandleArrays:
        return cls(open_times_ms(candles), *(candles[name].to_numpy() for name in CANDLE_COLUMNS[1:]))

    def __len__(self) -> int:
        return len(self.open_time_ms)

    def __getitem__(self, rows: slice) -> CandleArrays:
        return CandleArrays(*(getattr(self, name)[rows] for name in self.__slots__))


def open_times_ms(candles: pd.DataFrame) -> np.ndarray:
    """The open times as int64 Unix milliseconds, without copying."""
    return candles["open_time"].array.asi8


def check_candles(candles: pd.DataFrame, timeframe: Timeframe) -> pd.DataFrame:
    """``candles`` with the contract's columns and dtypes; BadCandles names the first law it breaks.

    Nothing is repaired: a feed with two different candles for one time is not to be trusted with either.
    """
    missing = [c for c in CANDLE_COLUMNS if c not in candles.columns]
    if missing:
        raise BadCandles(f"Candles lack the column {missing[0]!r}; expected {', '.join(CANDLE_COLUMNS)}.")
    candles = candles.loc[:, list(CANDLE_COLUMNS)].reset_index(drop=True)
    candles["open_time"] = _as_open_time(candles["open_time"])
    for column in CANDLE_COLUMNS[1:]:
        if candles[column].dtype != np.float64:
            try:
                candles[column] = candles[column].astype("float64")
            except (TypeError, ValueError):
                raise BadCandles(f"Column {column!r} holds something that is not a number; expected float64.") from None

    times = open_times_ms(candles)
    _refuse(
        times % timeframe.milliseconds != 0,
        candles,
        f"does not open on a {timeframe} boundary in UTC (wrong time zone or timeframe?)",
    )
    steps = np.diff(times, prepend=times[:1] - 1)
    _refuse(steps == 0, candles, "is there twice")
    _refuse(steps < 0, candles, "is older than the one before it; candles must be sorted by open_time")
    prices = candles[list(PRICE_COLUMNS)].to_numpy()
    volume = candles["volume"].to_numpy()
    _refuse(
        ~np.isfinite(prices).all(axis=1) | ~np.isfinite(volume),
        candles,
        "has a price or volume that is not a finite number",
    )
    _refuse((prices <= 0).any(axis=1), candles, "has a price that is zero or negative")
    open_, high, low, close = prices.T
    _refuse(
        (high < np.maximum(open_, close)) | (low > np.minimum(open_, close)),
        candles,
        "breaks low <= open, close <= high",
    )
    _refuse(volume < 0, candles, "has a negative volume")
    return candles


def _as_open_time(column: pd.Series) -> pd.Series:
    if not isinstance(column.dtype, pd.DatetimeTZDtype):
        raise BadCandles(
            f"open_time is {column.dtype}; expected timestamps with the UTC time zone (datetime64[ms, UTC])."
        )
    if column.isna().any():
        raise BadCandles("open_time has a missing value; every candle needs its open time.")
    return column if column.dtype == OPEN_TIME_DTYPE else column.dt.tz_convert("UTC").astype(OPEN_TIME_DTYPE)


def _refuse(broken: np.ndarray | np.bool_, candles: pd.DataFrame, law: str) -> None:
    if broken.any():
        first = int(np.argmax(broken))
        when = candles["open_time"].iloc[first].strftime("%Y-%m-%d %H:%M UTC")
        others = int(broken.sum()) - 1
        raise BadCandles(f"The candle of {when} {law}" + (f"; {others} more like it." if others else "."))


def closed_candles(candles: pd.DataFrame, timeframe: Timeframe, now: datetime) -> pd.DataFrame:
    """Those candles whose close time has come by ``now``, the market's own clock."""
    closed = int(np.searchsorted(open_times_ms(candles), now.timestamp() * 1000 - timeframe.milliseconds, side="right"))
    return candles if closed == len(candles) else candles.iloc[:closed]


def last_closed_open_ms(timeframe: Timeframe, now: datetime) -> int:
    """Open time, Unix milliseconds, of the newest candle of ``timeframe`` that is closed at ``now``."""
    step = timeframe.milliseconds
    return int(now.timestamp() * 1000) // step * step - step


def gap_free_segments(candles: pd.DataFrame, timeframe: Timeframe) -> list[slice]:
    """Row ranges without a missing candle inside, oldest first; together they cover every row."""
    return segments_of(open_times_ms(candles), timeframe)


def segments_of(times_ms: np.ndarray, timeframe: Timeframe) -> list[slice]:
    """As gap_free_segments, for bare open times in Unix milliseconds."""
    if len(times_ms) == 0:
        return []
    if times_ms[-1] - times_ms[0] == (len(times_ms) - 1) * timeframe.milliseconds:
        return [slice(0, len(times_ms))]  # ascending multiples of the timeframe leave no room for a gap
    breaks = np.flatnonzero(np.diff(times_ms) != timeframe.milliseconds) + 1
    edges = [0, *breaks.tolist(), len(times_ms)]
    return [slice(a, b) for a, b in itertools.pairwise(edges)]


def resample(candles: pd.DataFrame, source: Timeframe, target: Timeframe) -> pd.DataFrame:
    """Longer candles out of shorter ones; a longer candle exists only where all its parts do."""
    if target.milliseconds % source.milliseconds:
        raise ValueError(f"cannot build {target} candles out of {source} ones")
    parts = target.milliseconds // source.milliseconds
    group = open_times_ms(candles) // target.milliseconds
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    whole = np.diff(np.append(starts, len(candles))) == parts
    starts = starts[whole]
    if len(starts) == 0:
        return empty_candles()
    rows = starts[:, None] + np.arange(parts)
    column = {name: candles[name].to_numpy() for name in CANDLE_COLUMNS[1:]}
    return candle_frame(
        group[starts] * target.milliseconds,
        column["open"][rows[:, 0]],
        column["high"][rows].max(axis=1),
        column["low"][rows].min(axis=1),
        column["close"][rows[:, -1]],
        column["volume"][rows].sum(axis=1),
    )
