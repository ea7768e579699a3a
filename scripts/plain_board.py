"""The board the plain way, to measure against: pandas for every feature, each model and tree alone, no memory.

Written for comparison only (scripts/benchmark.py) and as an independent check of the feature values.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import torch

from core.domain import Timeframe
from core.model.barriers import HORIZON_CANDLES
from core.model.features import DIRECTIONAL_FEATURES, FEATURES
from core.model.registry import LoadedModel
from core.model.scaling import FEATURE_CLIP
from core.model.trees import Forest


def pandas_features(candles: pd.DataFrame, timeframe: Timeframe) -> pd.DataFrame:
    """The features of gap-free candles, columns FEATURES, one pandas expression after another.

    Wilder's averages start from the first candle here and from a plain mean in TA-Lib: the two agree
    after some hundred candles, not before.
    """
    high, low, close, volume = (candles[name] for name in ("high", "low", "close", "volume"))
    closed = candles["open_time"] + timeframe.duration
    previous = close.shift()
    true_range = pd.concat([high - low, (high - previous).abs(), (low - previous).abs()], axis=1).max(axis=1)
    true_range = true_range.where(previous.notna())
    atr = _wilder(true_range)
    log_close = np.log(close)
    up_move, down_move = high.diff(), -low.diff()
    plus = 100 * _wilder(up_move.where((up_move > down_move) & (up_move > 0), 0.0)) / atr
    minus = 100 * _wilder(down_move.where((down_move > up_move) & (down_move > 0), 0.0)) / atr
    adx = _wilder(100 * (plus - minus).abs() / (plus + minus))
    top, bottom = high.rolling(64).max(), low.rolling(64).min()
    days = (1,) if timeframe.minutes <= 60 else (7, 14, 28)
    periods = [int(pd.Timedelta(days=each) / pd.Timedelta(timeframe.duration)) for each in days]
    ahead = min(HORIZON_CANDLES, periods[0])
    seasons = pd.concat([true_range.rolling(ahead).mean().shift(period - ahead) for period in periods], axis=1)
    angle = 2 * np.pi * (closed.dt.hour * 60 + closed.dt.minute) / 1440
    features = {
        "ret1": (log_close - log_close.shift(1)) / (atr / close),
        "ret16": (log_close - log_close.shift(16)) / (atr / close) / 4,
        "ema100_dist": (close - close.ewm(span=100, adjust=False).mean()) / atr,
        "rng_pos": 2 * (close - bottom) / (top - bottom) - 1,
        "atr_pct": np.log(atr / close),
        "macd": (close.ewm(span=12, adjust=False).mean() - close.ewm(span=26, adjust=False).mean()) / atr,
        "adx": adx / 50 - 1,
        "di_diff": (plus - minus) / 50,
        "atr_rel": np.log(atr / true_range.rolling(96).mean()),
        "tr4_rel": np.log(true_range.rolling(4).mean() / atr + 0.05),
        "vol_rel": np.log((volume / volume.rolling(96).mean()).clip(lower=0.01)),
        "season1": np.log(seasons.mean(axis=1) / atr + 0.05),
        "wk_ahead": _weekend_share_ahead(closed, timeframe),
        "tod_sin": np.sin(angle),
        "tod_cos": np.cos(angle),
    }
    return pd.DataFrame(features)[list(FEATURES)]


def plain_probabilities(model: LoadedModel, candles: pd.DataFrame) -> np.ndarray:
    """SHORT, NO_TRADE and LONG of the newest candle, everything computed from nothing."""
    features = pandas_features(candles, model.series.timeframe).iloc[-model.metrics.window :]
    standardised = ((features.to_numpy() - model.scaling.mean) / model.scaling.scale).clip(-FEATURE_CLIP, FEATURE_CLIP)
    with torch.inference_mode():
        window = torch.tensor(standardised, dtype=torch.float32)
        logits = model.network(window.unsqueeze(0))[0].double()
        if model.trees is not None:
            logits = torch.from_numpy(_with_trees(logits.numpy(), model, window[-1].numpy()))
        return torch.softmax(logits / model.metrics.temperature, dim=0).numpy()


def _with_trees(network: np.ndarray, model: LoadedModel, row: np.ndarray) -> np.ndarray:
    """The three logits of an ensemble, out of its network's: weighed as P(move) and P(LONG | move), put together again."""
    short, quiet, long = network
    timing, side = np.log(np.exp(short) + np.exp(long)) - quiet, long - short
    assert model.trees is not None
    share, side_share = model.metrics.network_share, model.metrics.side_share
    timing = share * timing + (1 - share) * plain_forest_logit(model.trees.timing, row)
    if (forest := model.trees.side) is not None:
        mirror = np.where([name in DIRECTIONAL_FEATURES for name in FEATURES], -row, row)
        of_trees = (plain_forest_logit(forest, row) - plain_forest_logit(forest, mirror)) / 2
        side = side_share * side + (1 - side_share) * of_trees
    move, long_given_move = 1 / (1 + np.exp(-timing)), 1 / (1 + np.exp(-side))
    return np.log([move * (1 - long_given_move), 1 - move, move * long_given_move])


def plain_forest_logit(trees: Forest, row: np.ndarray) -> float:
    """Each test is made; each tree says its first leaf that no failed test speaks against."""
    leaves = trees.leaves.astype(np.int64)
    starts = np.cumsum(leaves) - leaves
    start_of_split = np.repeat(starts, leaves - 1)
    failed = row[trees.features] > trees.thresholds
    against = np.zeros(len(trees.values) + 1)
    np.add.at(against, (start_of_split + trees.first)[failed], 1)
    np.add.at(against, (start_of_split + trees.last + 1)[failed], -1)
    free = np.flatnonzero(np.cumsum(against[:-1]) == 0)
    return float(trees.values[free[np.searchsorted(free, starts)]].sum(dtype=np.float64))


def _wilder(values: pd.Series) -> pd.Series:
    return values.ewm(alpha=1 / 14, adjust=False, ignore_na=True).mean()


def _weekend_share_ahead(closed: pd.Series, timeframe: Timeframe) -> pd.Series:
    """Of the next H candles; a candle lies on the day it opens, and a day candle is a whole day."""
    weekend = [(closed + n * timeframe.duration).dt.day_of_week >= 5 for n in range(HORIZON_CANDLES)]
    return pd.concat(weekend, axis=1).mean(axis=1)
