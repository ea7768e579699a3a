"""The features of a closed candle: causal, free of price scale, the same for training and serving.

Every feature at candle t uses candles up to t and the calendar, nothing later. Inside a stretch without
gaps the first WARM_UP_CANDLES - 1 rows are NaN, every later row is finite, whatever the market does:
a dead feed and a crash candle of 31 ATR included.

Wilder's averages and exponential ones never quite forget where their history begins. With 300 candles of
history a feature differs from one with a long history by at most about 0.06 of its standard deviation
(ema100_dist, the slowest), with 500 by less than 0.005.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass

import numpy as np
import pandas as pd
import talib

from core.domain import Timeframe
from core.market.candles import CandleArrays, segments_of
from core.model.barriers import ATR_PERIOD, HORIZON_CANDLES, average_true_range


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing a model knows of a candle. ``directional`` where it changes its sign with a chart turned upside down."""

    name: str
    meaning: str
    unit: str
    directional: bool = False


DESCRIBED = (
    Feature("ret1", "log return over the last candle", "ATR / close", directional=True),
    Feature("ret16", "log return over the last 16 candles, divided by 4 = sqrt(16)", "ATR / close", directional=True),
    Feature("ema100_dist", "distance of the close from the EMA of 100 candles", "ATR", directional=True),
    Feature(
        "rng_pos", "place of the close in the high-low range of 64 candles", "-1 (low) to 1 (high)", directional=True
    ),
    Feature("atr_pct", "ATR(14) relative to the close", "log"),
    Feature("macd", "MACD(12, 26) line", "ATR", directional=True),
    Feature("adx", "ADX(14): how strong the trend is", "0 to 100, mapped to -1 to 1"),
    Feature("di_diff", "+DI(14) less -DI(14): which way the trend is", "0 to 100, divided by 50", directional=True),
    Feature("atr_rel", "ATR(14) relative to the mean true range of 96 candles", "log"),
    Feature("tr4_rel", "mean true range of 4 candles relative to ATR(14)", "log"),
    Feature("vol_rel", "volume relative to its mean over 96 candles", "log, floored"),
    Feature("season1", "mean true range of the candles that followed one period ago, relative to ATR(14)", "log"),
    Feature("wk_ahead", "share of the next H candles that fall on a weekend in UTC", "0 to 1"),
    Feature("tod_sin", "UTC time of the close, as the sine of its angle on a clock of 24 hours", "-1 to 1"),
    Feature("tod_cos", "the same as a cosine", "-1 to 1"),
)
"""Every feature, in the order of the columns a network reads. To add, drop, rename, reorder or redefine one makes every
published model unusable: a model is refused whose metrics.json names other features, and all must be trained anew."""

FEATURES = tuple(feature.name for feature in DESCRIBED)

DIRECTIONAL_FEATURES = tuple(feature.name for feature in DESCRIBED if feature.directional)

WARM_UP_CANDLES = 100
"""The first candle of a gap-free stretch with finite features is its 100th (EMA100 is the slowest to start)."""

# TA-Lib wraps its functions to take pandas and polars too; on bare arrays the wrapper costs as much as the work.
_ADX, _EMA, _MACD, _MAX, _MIN, _MINUS_DI, _PLUS_DI, _SMA, _TRANGE = (
    inspect.unwrap(indicator)
    for indicator in (
        *(talib.ADX, talib.EMA, talib.MACD, talib.MAX, talib.MIN),
        *(talib.MINUS_DI, talib.PLUS_DI, talib.SMA, talib.TRANGE),
    )
)

_RANGE_CANDLES = 64
_SLOW_AVERAGE = 96  # candles
_SMALLEST_ATR = 1e-6  # of the close; a dead feed has no range at all, and its logarithm must stay finite
_SMALLEST_VOLUME_RATIO = 0.01
_FLOOR_IN_LOG = 0.05  # keeps the logarithm of a very quiet stretch from running away
_DAY_MS = 86_400_000
_WEEK_MS = 7 * _DAY_MS
_MONDAY_MS = 3 * _DAY_MS  # the Unix epoch was a Thursday, three days into its week


def calculate_features(candles: pd.DataFrame, timeframe: Timeframe) -> pd.DataFrame:
    """The features of every candle of a candle frame, indexed by ``open_time``, columns FEATURES, float64.

    Gaps are respected: each stretch without one is computed alone, and its warm-up rows are NaN.
    """
    values = np.full((len(candles), len(FEATURES)), np.nan)
    arrays = CandleArrays.of(candles)
    for segment in segments_of(arrays.open_time_ms, timeframe):
        values[segment] = feature_matrix(arrays[segment], timeframe)
    return pd.DataFrame(values, index=pd.DatetimeIndex(candles["open_time"]), columns=list(FEATURES))


def feature_matrix(candles: CandleArrays, timeframe: Timeframe, newest: int | None = None) -> np.ndarray:
    """As calculate_features, for candles without gaps (not checked): float64, shape (candles, len(FEATURES)).

    With ``newest``, only so many of the last rows. This is what serving calls for every new candle: it works on
    bare arrays, and computes on all candles only what remembers them.
    """
    n = len(candles)
    rows = slice(0 if newest is None else max(n - newest, 0), n)
    if n < WARM_UP_CANDLES:
        return np.full((n - rows.start, len(FEATURES)), np.nan)
    high, low, close = candles.high, candles.low, candles.close
    true_range = _TRANGE(high, low, close)
    period_ago = _range_one_period_ago(true_range, timeframe)[rows]
    slow_range = _SMA(true_range, _SLOW_AVERAGE)[rows]
    fast_range = _SMA(true_range, 4)[rows]
    up, down = _PLUS_DI(high, low, close, ATR_PERIOD)[rows], _MINUS_DI(high, low, close, ATR_PERIOD)[rows]
    macd_line = _MACD(close)[0][rows]
    adx = _ADX(high, low, close, ATR_PERIOD)[rows]
    ema100 = _EMA(close, 100)[rows]
    top, bottom = _MAX(high, _RANGE_CANDLES)[rows], _MIN(low, _RANGE_CANDLES)[rows]
    volume, usual_volume = candles.volume[rows], _SMA(candles.volume, _SLOW_AVERAGE)[rows]

    log_close = np.log(close)
    ret1, ret16 = _past_return(log_close, 1)[rows], _past_return(log_close, 16)[rows]
    close = close[rows]
    smallest = close * _SMALLEST_ATR
    atr = np.maximum(average_true_range(high, low, candles.close)[rows], smallest)
    atr_share = atr / close
    close_ms = candles.open_time_ms[rows] + timeframe.milliseconds
    day_angle = (close_ms % _DAY_MS) * (2 * np.pi / _DAY_MS)

    columns = {
        "ret1": ret1 / atr_share,
        "ret16": ret16 / (atr_share * 4.0),  # 4 = sqrt(16)
        "ema100_dist": (close - ema100) / atr,
        "rng_pos": _place_in_range(top, bottom, close),
        "atr_pct": np.log(atr_share),
        "macd": macd_line / atr,
        "adx": adx / 50.0 - 1.0,
        "di_diff": (up - down) / 50.0,
        "atr_rel": np.log(atr / np.maximum(slow_range, smallest)),
        "tr4_rel": np.log(np.maximum(fast_range / atr, 0.0) + _FLOOR_IN_LOG),
        "vol_rel": _relative_volume(volume, usual_volume),
        "season1": np.log(np.maximum(period_ago / atr, 0.0) + _FLOOR_IN_LOG),
        "wk_ahead": weekend_share_ahead(close_ms, timeframe),
        "tod_sin": np.sin(day_angle),
        "tod_cos": np.cos(day_angle),
    }
    out = np.empty((len(close), len(FEATURES)))
    for place, name in enumerate(FEATURES):
        out[:, place] = columns[name]
    out[: max(WARM_UP_CANDLES - 1 - rows.start, 0)] = np.nan
    return out


def _past_return(log_close: np.ndarray, candles: int) -> np.ndarray:
    result = np.full_like(log_close, np.nan)
    np.subtract(log_close[candles:], log_close[:-candles], out=result[candles:])
    return result


def _place_in_range(top: np.ndarray, bottom: np.ndarray, close: np.ndarray) -> np.ndarray:
    """Where the close lies between the lowest low (-1) and the highest high (1) of 64 candles; 0 if they are equal."""
    width = top - bottom
    return np.where(width > 0, (2.0 * close - top - bottom) / np.where(width > 0, width, 1.0), 0.0)


def _relative_volume(volume: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """log(volume / its average over 96 candles), so that a spot and a futures market read alike."""
    ratio = np.where(usual > 0, volume / np.where(usual > 0, usual, 1.0), 0.0)
    return np.log(np.maximum(ratio, _SMALLEST_VOLUME_RATIO))


def _range_one_period_ago(true_range: np.ndarray, timeframe: Timeframe) -> np.ndarray:
    """Mean true range of the candles that followed this moment one period ago.

    The period is a day at 15m and 1h, a week at 4h and 1d: markets are restless at the same hours.
    """
    period = (_DAY_MS if timeframe.minutes <= 60 else _WEEK_MS) // timeframe.milliseconds
    ahead = min(HORIZON_CANDLES, period)
    average = _SMA(true_range, ahead)
    shift = period - ahead
    if shift == 0:
        return average
    return np.concatenate([np.full(shift, np.nan), average[:-shift]])


def weekend_share_ahead(close_ms: np.ndarray, timeframe: Timeframe) -> np.ndarray:
    """The share (0..1) of the next H candles that fall on a Saturday or Sunday in UTC; pure calendar."""
    span = HORIZON_CANDLES * timeframe.milliseconds
    return (_weekend_ms_until(close_ms + span) - _weekend_ms_until(close_ms)) / span


def _weekend_ms_until(moment_ms: np.ndarray) -> np.ndarray:
    """Milliseconds of weekend from the Monday before the epoch to ``moment_ms``."""
    weeks, into_week = np.divmod(moment_ms + _MONDAY_MS, _WEEK_MS)
    return weeks * (2 * _DAY_MS) + np.maximum(into_week - 5 * _DAY_MS, 0)
