"""What became of a candle: which of two prices the coin touched first, and how many candles that took.

At candle t with close C and ATR(14) A the barriers lie at C + K*A and C - K*A. LONG: the upper one was touched
first within the next H candles; SHORT: the lower one; NO_TRADE: neither, or both inside one candle, where nobody
can say which came first. (The triple-barrier method is of Lopez de Prado, Advances in Financial Machine
Learning, 2018, chapter 3.) Training learns from these labels and past calls are judged by them; K, H and ATR
are those of core.signals.levels, so that a label answers exactly the question a signal asks.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from core.domain import DIRECTION_TO_LABEL, Timeframe
from core.market.candles import gap_free_segments
from core.model.barriers import BARRIER_ATR_MULTIPLE, HORIZON_CANDLES, average_true_range
from core.signals.outcomes import TOUCHES, first_touch, label_of

NO_LABEL = -1
"""Where the horizon is not over before the candles end or a gap begins, or ATR does not exist yet."""

_NO_TRADE = DIRECTION_TO_LABEL["NO_TRADE"]
_LABELS = np.array([DIRECTION_TO_LABEL[label_of(touched)] for touched in TOUCHES], dtype=np.int8)


def label_candles(
    candles: pd.DataFrame,
    timeframe: Timeframe,
    barrier_atr_multiple: float = BARRIER_ATR_MULTIPLE,
    horizon: int = HORIZON_CANDLES,
) -> tuple[np.ndarray, np.ndarray]:
    """Labels and candles until the touch for every row of a candle frame, never across a gap.

    Two arrays: the label (int8; 0 SHORT, 1 NO_TRADE, 2 LONG, NO_LABEL) and, for SHORT and LONG, in which of the
    following candles (int16; 1..H) the barrier was touched; 0 elsewhere.
    """
    label = np.full(len(candles), NO_LABEL, dtype=np.int8)
    candles_to_barrier = np.zeros(len(candles), dtype=np.int16)
    for segment in gap_free_segments(candles, timeframe):
        high, low, close = (candles[c].to_numpy()[segment] for c in ("high", "low", "close"))
        if len(close) > horizon:
            label[segment], candles_to_barrier[segment] = triple_barrier(
                high, low, close, barrier_atr_multiple, horizon
            )
    return label, candles_to_barrier


def triple_barrier(
    high: np.ndarray,
    low: np.ndarray,
    close: np.ndarray,
    barrier_atr_multiple: float = BARRIER_ATR_MULTIPLE,
    horizon: int = HORIZON_CANDLES,
) -> tuple[np.ndarray, np.ndarray]:
    """As label_candles, for arrays without a gap and longer than the horizon."""
    reach = barrier_atr_multiple * average_true_range(high, low, close)
    judged = slice(len(close) - horizon)  # whose horizon is over before the candles end
    after_high, after_low = (sliding_window_view(prices, horizon)[1:] for prices in (high, low))
    touched, to_touch = first_touch(after_high, after_low, (close + reach)[judged], (close - reach)[judged])
    known = ~np.isnan(reach[judged])
    label = np.full(len(close), NO_LABEL, dtype=np.int8)
    label[judged] = np.where(known, _LABELS[touched], NO_LABEL)
    candles_to_barrier = np.zeros(len(close), dtype=np.int16)
    candles_to_barrier[judged] = np.where(known & (_LABELS[touched] != _NO_TRADE), to_touch, 0)
    return label, candles_to_barrier
