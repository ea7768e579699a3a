"""The candle frame: its columns, its laws, the closed-candle rule.

A candle frame is a pandas DataFrame, oldest candle first, with the columns

    open_time   datetime64[ms, UTC]   the candle's OPEN, which identifies it; a multiple of the timeframe
    open, high, low, close            float64, quote currency, positive, low <= open, close <= high
    volume                            float64, coin units, not negative

Gaps are allowed and stay gaps; disorder and two different candles of one time are not.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from core.domain import Timeframe
from core.errors import BadCandles
from core.findings import MissingCandles

PRICE_COLUMNS = ("open", "high", "low", "close")
CANDLE_COLUMNS = ("open_time", *PRICE_COLUMNS, "volume")
OPEN_TIME_DTYPE = pd.DatetimeTZDtype("ms", "UTC")

EARLIEST_MS, LATEST_MS = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp() * 1000) for year in (2009, 2200))
"""Open times lie between these, Unix milliseconds: nothing was traded before, and nobody waits for what comes after."""

LARGEST_NUMBER = 1e24
"""No coin has a price or a volume beyond it; sums of some hundred such numbers, and their squares, stay finite."""


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


@dataclass(frozen=True, slots=True, eq=False)
class CandleArrays:
    """Candles as bare arrays: what is held in memory and computed on; a frame is made for who asks.

    ``open_time_ms`` is int64 Unix milliseconds, shape (candles,); ``values`` is float64, shape (5, candles), with the
    rows open, high, low, close and volume in the units of the frame.
    """

    open_time_ms: np.ndarray
    values: np.ndarray

    @classmethod
    def of(cls, candles: pd.DataFrame) -> CandleArrays:
        """The columns of a candle frame; BadCandles where one is missing or is not of its type."""
        missing = [c for c in CANDLE_COLUMNS if c not in candles.columns]
        if missing:
            raise BadCandles(f"Candles lack the column {missing[0]!r}; expected {', '.join(CANDLE_COLUMNS)}.")
        times = _as_open_time(candles["open_time"]).array.asi8
        return cls(times, np.stack([_as_float(candles[name]) for name in CANDLE_COLUMNS[1:]]))

    @classmethod
    def none(cls) -> CandleArrays:
        """No candle at all."""
        return cls(np.empty(0, dtype=np.int64), np.empty((5, 0)))

    @classmethod
    def joined(cls, parts: Sequence[CandleArrays]) -> CandleArrays:
        """All candles of the parts, one after another."""
        if not parts:
            return cls.none()
        return cls(
            np.concatenate([part.open_time_ms for part in parts]),
            np.concatenate([part.values for part in parts], axis=1),
        )

    def frame(self) -> pd.DataFrame:
        """The same as a candle frame."""
        return candle_frame(self.open_time_ms, *self.values)

    @property
    def open(self) -> np.ndarray:
        return self.values[0]

    @property
    def high(self) -> np.ndarray:
        return self.values[1]

    @property
    def low(self) -> np.ndarray:
        return self.values[2]

    @property
    def close(self) -> np.ndarray:
        return self.values[3]

    @property
    def volume(self) -> np.ndarray:
        return self.values[4]

    def __len__(self) -> int:
        return len(self.open_time_ms)

    def __getitem__(self, rows: slice | np.ndarray) -> CandleArrays:
        """Some of the candles: a range of them, or those for which a boolean array is true."""
        return CandleArrays(self.open_time_ms[rows], self.values[:, rows])


def merged(held: CandleArrays, new: CandleArrays) -> tuple[CandleArrays, list[int]]:
    """All candles of both, oldest first, and the open times (Unix milliseconds) at which they differ: there ``new`` counts.

    Each is in order; ``held`` itself comes back where nothing is new.
    """
    if not len(new):
        return held, []
    if not len(held) or new.open_time_ms[0] > held.open_time_ms[-1]:
        return CandleArrays.joined([held, new]), []
    places = np.searchsorted(held.open_time_ms, new.open_time_ms)
    known = held.open_time_ms[np.minimum(places, len(held) - 1)] == new.open_time_ms
    again = places[known]
    differ = (held.values[:, again] != new.values[:, known]).any(axis=0)
    if known.all() and not differ.any():
        return held, []
    kept = np.ones(len(held), dtype=bool)
    kept[again] = False
    together = CandleArrays.joined([held[kept], new])
    return together[np.argsort(together.open_time_ms)], held.open_time_ms[again][differ].tolist()


def open_times_ms(candles: pd.DataFrame) -> np.ndarray:
    """The open times as int64 Unix milliseconds, without copying."""
    return candles["open_time"].array.asi8


def check_candles(candles: pd.DataFrame, timeframe: Timeframe) -> pd.DataFrame:
    """``candles`` with the contract's columns and dtypes; as check_arrays."""
    return check_arrays(CandleArrays.of(candles), timeframe).frame()


def check_arrays(candles: CandleArrays, timeframe: Timeframe) -> CandleArrays:
    """The candles, those that are there twice and are equal only once; BadCandles names the first law they break.

    Nothing is repaired: a feed with two different candles for one time is not to be trusted with either.
    """
    return check_lawful(candles, timeframe.milliseconds, timeframe.value)


def check_lawful(candles: CandleArrays, step: int, named: str) -> CandleArrays:
    """As check_arrays, for candles of any length, ``step`` milliseconds, that a market calls ``named``."""
    if _lawful(candles, step):
        return candles
    times, values = candles.open_time_ms, candles.values
    repeated = np.zeros(len(candles), dtype=bool)
    repeated[1:] = (np.diff(times) == 0) & (values[:, 1:] == values[:, :-1]).all(axis=0)
    if repeated.any():
        return check_lawful(candles[~repeated], step, named)

    _refuse(
        (times < EARLIEST_MS) | (times >= LATEST_MS),
        times,
        "lies outside the years 2009 to 2199 (seconds or microseconds?)",
    )
    _refuse(
        times % step != 0,
        times,
        f"does not open on a {named} boundary in UTC (wrong time zone or timeframe?)",
    )
    apart = np.diff(times, prepend=times[:1] - 1)
    _refuse(apart == 0, times, "is there twice")
    _refuse(apart < 0, times, "is older than the one before it; candles must be sorted by open_time")
    prices, volume = values[:4], values[4]
    _refuse(~np.isfinite(values).all(axis=0), times, "has a price or volume that is not a finite number")
    _refuse((prices <= 0).any(axis=0), times, "has a price that is zero or negative")
    open_, high, low, close = prices
    _refuse(
        (high < np.maximum(open_, close)) | (low > np.minimum(open_, close)), times, "breaks low <= open, close <= high"
    )
    _refuse(volume < 0, times, "has a negative volume")
    _refuse(
        (prices > LARGEST_NUMBER).any(axis=0) | (volume > LARGEST_NUMBER),
        times,
        "has a price or volume that no coin has",
    )
    return candles


def _lawful(candles: CandleArrays, step: int) -> bool:
    """Whether every law is kept; the usual case, so it costs a few operations."""
    times, values = candles.open_time_ms, candles.values
    if len(times) == 0:
        return True
    prices = values[:4]
    return bool(
        times[0] >= EARLIEST_MS
        and times[-1] < LATEST_MS
        and not (times % step).any()
        and (times[1:] > times[:-1]).all()
        and prices.min() > 0  # no comparison holds for a NaN
        and values[4].min() >= 0
        and values.max() <= LARGEST_NUMBER
        and (values[1] == prices.max(axis=0)).all()
        and (values[2] == prices.min(axis=0)).all()
    )


def _as_open_time(column: pd.Series) -> pd.Series:
    if not isinstance(column.dtype, pd.DatetimeTZDtype):
        raise BadCandles(
            f"open_time is {column.dtype}; expected timestamps with the UTC time zone (datetime64[ms, UTC])."
        )
    if column.isna().any():
        raise BadCandles("open_time has a missing value; every candle needs its open time.")
    return column if column.dtype == OPEN_TIME_DTYPE else column.dt.tz_convert("UTC").astype(OPEN_TIME_DTYPE)


def _as_float(column: pd.Series) -> np.ndarray:
    try:
        return column.to_numpy(dtype="float64")
    except (TypeError, ValueError):
        raise BadCandles(f"Column {column.name!r} holds something that is not a number; expected float64.") from None


def _refuse(broken: np.ndarray | np.bool_, times_ms: np.ndarray, law: str) -> None:
    if broken.any():
        first = int(times_ms[np.argmax(broken)])
        others = int(broken.sum()) - 1
        raise BadCandles(f"The candle of {moment_text(first)} {law}" + (f"; {others} more like it." if others else "."))


def unix_ms(moment: datetime) -> int:
    """Unix milliseconds; what is finer is cut off."""
    return int(moment.timestamp() * 1000)


def moment_of(time_ms: int) -> datetime:
    """Unix milliseconds as a time in UTC."""
    return datetime.fromtimestamp(time_ms / 1000, UTC)


def moment_text(time_ms: int) -> str:
    """A time in words, also one that no calendar holds."""
    try:
        return f"{moment_of(time_ms):%Y-%m-%d %H:%M} UTC"
    except (ValueError, OverflowError, OSError):
        return f"Unix time {time_ms} ms"


def closed_arrays(candles: CandleArrays, timeframe: Timeframe, now: datetime) -> CandleArrays:
    """Those candles whose close time has come by ``now``, the market's own clock."""
    last = last_closed_open_ms(timeframe, now)
    if len(candles) == 0 or candles.open_time_ms[-1] <= last:
        return candles
    return candles[: int(np.searchsorted(candles.open_time_ms, last, side="right"))]


def closed_candles(candles: pd.DataFrame, timeframe: Timeframe, now: datetime) -> pd.DataFrame:
    """As closed_arrays, for a frame."""
    closed = int(np.searchsorted(open_times_ms(candles), last_closed_open_ms(timeframe, now), side="right"))
    return candles if closed == len(candles) else candles.iloc[:closed]


def last_closed_open_ms(timeframe: Timeframe, now: datetime) -> int:
    """Open time, Unix milliseconds, of the newest candle of ``timeframe`` that is closed at ``now``."""
    step = timeframe.milliseconds
    return unix_ms(now) // step * step - step


def first_open_ms(timeframe: Timeframe, moment: datetime) -> int:
    """Open time, Unix milliseconds, of the first candle of ``timeframe`` that opens at ``moment`` or later."""
    step = timeframe.milliseconds
    return -(-unix_ms(moment) // step) * step


def gap_free_segments(candles: pd.DataFrame, timeframe: Timeframe) -> list[slice]:
    """Row ranges without a missing candle inside, oldest first; together they cover every row."""
    return segments_of(open_times_ms(candles), timeframe)


def gap_before(candles: CandleArrays, segments: Sequence[slice], timeframe: Timeframe) -> MissingCandles | None:
    """What is absent before the last of the ``segments``; None where there is only one."""
    if len(segments) < 2:
        return None
    last, first = (int(candles.open_time_ms[row]) for row in (segments[-2].stop - 1, segments[-1].start))
    step = timeframe.milliseconds
    return MissingCandles((first - last) // step - 1, moment_of(last + step))


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
    return resample_arrays(CandleArrays.of(candles), source.milliseconds, target.milliseconds).frame()


def resample_arrays(candles: CandleArrays, source_ms: int, target_ms: int) -> CandleArrays:
    """As resample, for arrays; lengths of a candle in milliseconds, ``source_ms`` a divisor of ``target_ms``."""
    parts = target_ms // source_ms
    group = candles.open_time_ms // target_ms
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    starts = starts[np.diff(np.append(starts, len(candles))) == parts]
    rows = starts[:, None] + np.arange(parts)
    open_, high, low, close, volume = candles.values[:, rows]
    values = [open_[:, 0], high.max(axis=1), low.min(axis=1), close[:, -1], volume.sum(axis=1)]
    return CandleArrays(group[starts] * target_ms, np.stack(values))
