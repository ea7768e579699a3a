"""Candles for tests: a seeded random walk whose restlessness follows the hour of the day."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from core.domain import Timeframe
from core.market.candle_files import CandleStore
from core.market.candles import candle_frame

START_MS = 1_704_067_200_000  # 2024-01-01 00:00 UTC, a Monday


def make_candles(
    n: int, timeframe: Timeframe = Timeframe.M15, seed: int = 0, price: float = 100.0, start_ms: int = START_MS
) -> pd.DataFrame:
    """``n`` candles without a gap; the middle of the day moves three times as much as the night."""
    rng = np.random.default_rng(seed)
    times = start_ms + np.arange(n) * timeframe.milliseconds
    hour = times / 3_600_000 % 24
    scale = 0.002 * (1 + 2 * np.exp(-((hour - 14) ** 2) / 8))
    inside = rng.standard_normal((n, 8)) * scale[:, None]
    path = np.log(price) + np.cumsum(inside.ravel()).reshape(n, 8)
    open_ = np.concatenate([[np.log(price)], path[:-1, -1]])
    high = np.maximum(open_, path.max(axis=1))
    low = np.minimum(open_, path.min(axis=1))
    volume = np.exp(rng.standard_normal(n) * 0.5) * scale * 1e6
    return candle_frame(times, np.exp(open_), np.exp(high), np.exp(low), np.exp(path[:, -1]), volume)


def write_coins(
    folder: Path, symbols: dict[str, int], timeframe: Timeframe, start_ms: int = START_MS, first_seed: int = 0
) -> Path:
    """A candle folder with so many candles of each symbol; returns it."""
    store = CandleStore(folder)
    for seed, (symbol, n) in enumerate(symbols.items(), start=first_seed):
        store.write(symbol, timeframe, make_candles(n, timeframe, seed, start_ms=start_ms))
    return folder
