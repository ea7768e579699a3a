"""Does a feature know what it cannot know? Checks that can fail, for real features and for deliberately bad ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from core.domain import Timeframe

Calculation = Callable[[pd.DataFrame, Timeframe], pd.DataFrame]
"""Candles to features, one row per candle, as core.model.features.calculate_features."""


def peeking_features(
    calculate: Calculation, candles: pd.DataFrame, timeframe: Timeframe, ends: Iterable[int]
) -> tuple[str, ...]:
    """Names of the features that change at some candle when later candles arrive.

    Compares what ``calculate`` says about all ``candles`` with what it says about the first ``ends`` of them: a
    feature that looks one candle ahead cannot be the same at the last candle of such a beginning.
    """
    whole = calculate(candles, timeframe)
    peeking = np.zeros(whole.shape[1], dtype=bool)
    for end in ends:
        then, now = calculate(candles.iloc[:end], timeframe).to_numpy(), whole.to_numpy()[:end]
        peeking |= ~((then == now) | (np.isnan(then) & np.isnan(now))).all(axis=0)
    return tuple(name for name, peeks in zip(whole.columns, peeking, strict=True) if peeks)
