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
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import pandas as pd
import talib

from core.domain import Timeframe
from core.market.candles import CandleArrays, segments_of
from core.model.barriers import ATR_PERIOD, HORIZON_CANDLES, average_true_range


class FeatureGroup(StrEnum):
    """What several features tell of together: an answer is explained by groups, since features of one replace each other."""

    TIME = "time"
    VOLATILITY = "volatility"
    VOLATILITY_CHANGE = "volatility_change"
    TREND = "trend"
    MOMENTUM = "momentum"
    PLACE_IN_RANGE = "place_in_range"
    VOLUME = "volume"


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing a model knows of a candle. ``directional`` where it changes its sign with a chart turned upside down."""

    name: str
    group: FeatureGroup
    meaning: str
    unit: str
    directional: bool = False


DESCRIBED = (
    Feature("ret1", FeatureGroup.MOMENTUM, "log return over the last candle", "ATR / close", directional=True),
    Feature(
        "ret16",
        FeatureGroup.MOMENTUM,
        "log return over the last 16 candles, divided by 4 = sqrt(16)",
        "ATR / close",
        directional=True,
    ),
    Feature(
        "ema100_dist", FeatureGroup.TREND, "distance of the close from the EMA of 100 candles", "ATR", directional=True
    ),
    Feature(
        "rng_pos",
        FeatureGroup.PLACE_IN_RANGE,
        "place of the close in the high-low range of 64 candles",
        "-1 (low) to 1 (high)",
        directional=True,
    ),
    Feature("atr_pct", FeatureGroup.VOLATILITY, "ATR(14) relative to the close", "log"),
    Feature("macd", FeatureGroup.MOMENTUM, "MACD(12, 26) line", "ATR", directional=True),
    Feature("adx", FeatureGroup.TREND, "ADX(14): how strong the trend is", "0 to 100, mapped to -1 to 1"),
    Feature(
        "di_diff",
        FeatureGroup.TREND,
        "+DI(14) less -DI(14): which way the trend is",
        "0 to 100, divided by 50",
        directional=True,
    ),
    Feature("atr_rel", FeatureGroup.VOLATILITY_CHANGE, "ATR(14) relative to the mean true range of 96 candles", "log"),
    Feature("tr4_rel", FeatureGroup.VOLATILITY_CHANGE, "mean true range of 4 candles relative to ATR(14)", "log"),
    Feature("vol_rel", FeatureGroup.VOLUME, "volume relative to its mean over 96 candles", "log, floored"),
    Feature(
        "season1",
        FeatureGroup.TIME,
        "mean true range of the candles that followed a day ago, from 4h on 1, 2 and 4 weeks ago, relative to ATR(14)",
        "log",
    ),
    Feature("wk_ahead", FeatureGroup.TIME, "share of the next H candles that fall on a weekend in UTC", "0 to 1"),
    Feature(
        "tod_sin",
        FeatureGroup.TIME,
        "UTC time of the close, as the sine of its angle on a clock of 24 hours",
        "-1 to 1",
    ),
    Feature("tod_cos", FeatureGroup.TIME, "the same as a cosine", "-1 to 1"),
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
_LONGEST_RETURN = 16  # candles
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


def feature_matrix(candles: CandleArrays, timeframe: Timeframe) -> np.ndarray:
    """As calculate_features, for candles without gaps (not checked): float64, shape (candles, features)."""
    if len(candles) < WARM_UP_CANDLES:
        return np.full((len(candles), len(FEATURES)), np.nan)
    values, _ = newest_features([candles], timeframe, len(candles))
    values[0, : WARM_UP_CANDLES - 1] = np.nan
    return values[0]


def newest_features(batch: Sequence[CandleArrays], timeframe: Timeframe, newest: int) -> tuple[np.ndarray, np.ndarray]:
    """The features of the ``newest`` candles of each of a batch, float64, shape (batch, newest, features); and its ATR(14).

    The ATR, shape (batch,), is that of the last candle in quote currency. Each of the batch is free of gaps (not
    checked) and has at least WARM_UP_CANDLES candles; rows within its warm-up mean nothing. This is what serving calls
    on every close: what remembers earlier candles is computed one series at a time, all else for all at once.
    """
    indicators = np.empty((len(batch), len(_Indicators._fields), newest))
    seasons = np.full((len(season_days(timeframe)), len(batch), newest), np.nan)
    closes = np.full((len(batch), newest + _LONGEST_RETURN), np.nan)
    close_ms = np.empty((len(batch), newest), dtype=np.int64)
    ahead, periods = _season_candles(timeframe)
    for place, candles in enumerate(batch):
        true_range = _remember(candles, indicators[place])
        _remember_seasons(true_range, ahead, periods, seasons[:, place])
        known = candles.close[-(newest + _LONGEST_RETURN) :]
        closes[place, closes.shape[1] - len(known) :] = known
        close_ms[place] = candles.open_time_ms[-newest:]
    close_ms += timeframe.milliseconds
    remembered = _Indicators(*indicators.swapaxes(0, 1))
    return _features(remembered, _mean_of_known(seasons), closes, close_ms, timeframe), remembered.atr[:, -1]


class _Indicators(NamedTuple):
    """What remembers earlier candles: float64, shape (candles,) of one series or (batch, candles) of many."""

    atr: np.ndarray
    slow_range: np.ndarray
    fast_range: np.ndarray
    up: np.ndarray
    down: np.ndarray
    macd: np.ndarray
    adx: np.ndarray
    ema100: np.ndarray
    top: np.ndarray
    bottom: np.ndarray
    volume: np.ndarray
    usual_volume: np.ndarray


def _remember(candles: CandleArrays, out: np.ndarray) -> np.ndarray:
    """Write the newest of one series' indicators into ``out``, shape (indicators, newest), which lies together in memory.

    Returns its true ranges, shape (candles,).
    """
    newest = out.shape[1]
    _, high, low, close, volume = candles.values
    true_range: np.ndarray = _TRANGE(high, low, close)
    within = slice(-(newest + _RANGE_CANDLES - 1), None)  # an extreme forgets; averages need the whole history
    whole = _Indicators(
        atr=average_true_range(high, low, close),
        slow_range=_SMA(true_range, _SLOW_AVERAGE),
        fast_range=_SMA(true_range, 4),
        up=_PLUS_DI(high, low, close, ATR_PERIOD),
        down=_MINUS_DI(high, low, close, ATR_PERIOD),
        macd=_MACD(close)[0],
        adx=_ADX(high, low, close, ATR_PERIOD),
        ema100=_EMA(close, 100),
        top=_MAX(high[within], _RANGE_CANDLES),
        bottom=_MIN(low[within], _RANGE_CANDLES),
        volume=volume,
        usual_volume=_SMA(volume, _SLOW_AVERAGE),
    )
    np.concatenate([values[-newest:] for values in whole], out=out.reshape(-1))
    return true_range


def _features(
    known: _Indicators, in_season: np.ndarray, closes: np.ndarray, close_ms: np.ndarray, timeframe: Timeframe
) -> np.ndarray:
    """Features (batch, candles, features); ``closes`` has _LONGEST_RETURN candles more, the older ones first."""
    log_close = np.log(closes)
    now = log_close[:, _LONGEST_RETURN:]
    close = closes[:, _LONGEST_RETURN:]
    smallest = close * _SMALLEST_ATR
    atr = np.maximum(known.atr, smallest)
    atr_share = atr / close
    day_angle = (close_ms % _DAY_MS) * (2 * np.pi / _DAY_MS)
    columns = {
        "ret1": (now - log_close[:, _LONGEST_RETURN - 1 : -1]) / atr_share,
        "ret16": (now - log_close[:, :-_LONGEST_RETURN]) / (atr_share * 4.0),  # 4 = sqrt(16)
        "ema100_dist": (close - known.ema100) / atr,
        "rng_pos": _place_in_range(known.top, known.bottom, close),
        "atr_pct": np.log(atr_share),
        "macd": known.macd / atr,
        "adx": known.adx / 50.0 - 1.0,
        "di_diff": (known.up - known.down) / 50.0,
        "atr_rel": np.log(atr / np.maximum(known.slow_range, smallest)),
        "tr4_rel": np.log(np.maximum(known.fast_range / atr, 0.0) + _FLOOR_IN_LOG),
        "vol_rel": _relative_volume(known.volume, known.usual_volume),
        "season1": np.log(np.maximum(in_season / atr, 0.0) + _FLOOR_IN_LOG),
        "wk_ahead": weekend_share_ahead(close_ms, timeframe),
        "tod_sin": np.sin(day_angle),
        "tod_cos": np.cos(day_angle),
    }
    return np.stack([columns[name] for name in FEATURES], axis=2)


def _place_in_range(top: np.ndarray, bottom: np.ndarray, close: np.ndarray) -> np.ndarray:
    """Where the close lies between the lowest low (-1) and the highest high (1) of 64 candles; 0 if they are equal."""
    width = top - bottom
    return np.where(width > 0, (2.0 * close - top - bottom) / np.where(width > 0, width, 1.0), 0.0)


def _relative_volume(volume: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """log(volume / its average over 96 candles), so that a spot and a futures market read alike."""
    ratio = np.where(usual > 0, volume / np.where(usual > 0, usual, 1.0), 0.0)
    return np.log(np.maximum(ratio, _SMALLEST_VOLUME_RATIO))


def season_days(timeframe: Timeframe) -> tuple[int, ...]:
    """How many days ago the seasons began whose mean season1 is: markets are restless at the same hours and weekdays.

    Longer candles are too few for one week to be more than chance: three of them gained at 4h on earlier periods.
    """
    return (1,) if timeframe.minutes <= 60 else (7, 14, 28)


def _season_candles(timeframe: Timeframe) -> tuple[int, list[int]]:
    """How many candles a season has, and how many candles ago each began.

    As many as the label looks ahead, but none that is in the next season, too.
    """
    periods = [days * _DAY_MS // timeframe.milliseconds for days in season_days(timeframe)]
    return min(HORIZON_CANDLES, periods[0]), periods


def _remember_seasons(true_range: np.ndarray, ahead: int, periods: Sequence[int], out: np.ndarray) -> None:
    """Write the mean true range of the ``ahead`` candles that followed so many candles ago, for the newest candles.

    NaN is left where there was nothing yet. ``out`` has shape (seasons, newest).
    """
    average = _SMA(true_range, ahead)
    for season, period in zip(out, periods, strict=True):
        end = len(average) - (period - ahead)
        if end > 0:
            found = average[max(end - len(season), 0) : end]
            season[len(season) - len(found) :] = found


def _mean_of_known(seasons: np.ndarray) -> np.ndarray:
    """The mean over the first axis of what is not NaN; NaN where all are."""
    if len(seasons) == 1:
        return seasons[0]
    known = ~np.isnan(seasons)
    count = known.sum(axis=0)
    total = np.where(known, seasons, 0.0).sum(axis=0)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def weekend_share_ahead(close_ms: np.ndarray, timeframe: Timeframe) -> np.ndarray:
    """The share (0..1) of the next H candles that fall on a Saturday or Sunday in UTC; pure calendar."""
    span = HORIZON_CANDLES * timeframe.milliseconds
    return (_weekend_ms_until(close_ms + span) - _weekend_ms_until(close_ms)) / span


def _weekend_ms_until(moment_ms: np.ndarray) -> np.ndarray:
    """Milliseconds of weekend from the Monday before the epoch to ``moment_ms``."""
    weeks, into_week = np.divmod(moment_ms + _MONDAY_MS, _WEEK_MS)
    return weeks * (2 * _DAY_MS) + np.maximum(into_week - 5 * _DAY_MS, 0)
