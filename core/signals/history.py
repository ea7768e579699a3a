"""What a model says of every candle of a history, as it would have said it when each candle closed."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from core.domain import Direction
from core.market.candles import check_candles, closed_candles, open_times_ms, segments_of
from core.model.features import WARM_UP_CANDLES, calculate_features
from core.model.files import LoadedModel
from core.model.network import logits_along
from core.model.pool import pooled_logits
from core.model.probabilities import calibrated
from core.model.scaling import clip


def predict_history(model: LoadedModel, candles: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Calibrated probabilities of every candle closed by ``now`` that has a full window without a gap.

    Indexed by candle open_time, with the columns SHORT, NO_TRADE, LONG. BadCandles for candles out of order or with
    impossible prices.
    """
    timeframe = model.series.timeframe
    candles = closed_candles(check_candles(candles, timeframe), timeframe, now)
    features = calculate_features(candles, timeframe)
    rows = clip(model.scaling.standardise(features.to_numpy()))
    to_first_end = model.metrics.window - 1
    logits, ends = [np.empty((0, 3))], [np.empty(0, dtype=int)]
    for segment in segments_of(open_times_ms(candles), timeframe):
        warm = slice(segment.start + WARM_UP_CANDLES - 1, segment.stop)
        logits.append(_logits(model, rows[warm]))
        ends.append(np.arange(warm.start + to_first_end, warm.stop))
    probabilities = calibrated(np.concatenate(logits), model.metrics.temperature)
    columns = [direction.value for direction in Direction]
    return pd.DataFrame(probabilities, index=features.index[np.concatenate(ends)], columns=columns)


def _logits(model: LoadedModel, rows: np.ndarray) -> np.ndarray:
    """Logits (windows, 3) of every window in standardised rows (candles, features) without a gap."""
    logits = logits_along(model.network, rows)
    if model.trees is None:
        return logits
    newest = rows[model.metrics.window - 1 :]
    metrics, trees = model.metrics, model.trees
    timing, side = trees.timing.logits(newest), trees.side_logits(newest)
    return pooled_logits(logits, timing, side, metrics.network_share, metrics.side_share)
