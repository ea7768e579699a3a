"""What every model is asked: is a price K times ATR(14) above or below the close touched within H candles?

Labels, levels and features share this geometry. At candle t with close C and ATR(14) A the barriers lie at C + K*A and
C - K*A (the triple-barrier method of Lopez de Prado, Advances in Financial Machine Learning, 2018, chapter 3).
"""

from __future__ import annotations

import inspect

import numpy as np
import talib

ATR_PERIOD = 14  # candles
_ATR = inspect.unwrap(talib.ATR)  # without the wrapper for pandas and polars, which takes longer than the work
BARRIER_ATR_MULTIPLE = 2.2
"""K: barrier distance in ATR. With H it makes the three classes about equally frequent on every timeframe."""
HORIZON_CANDLES = 16
"""H: how many candles a barrier may take to be touched."""


def average_true_range(high: np.ndarray, low: np.ndarray, close: np.ndarray) -> np.ndarray:
    """ATR(14) with Wilder's smoothing (New Concepts in Technical Trading Systems, 1978), quote currency.

    Same length as the input, NaN for the first 14 candles. The input must be free of gaps.
    """
    return _ATR(high, low, close, ATR_PERIOD)
