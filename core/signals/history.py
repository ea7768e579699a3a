"""What a model says of the candles of a history, in two ways.

``answers_along`` is to the last bit what was said, or would have been, as each candle closed: a signal is made of the
SERVING_HISTORY candles that end with its own, since a feed holds no more. ``predict_history`` is ten times as fast, for
research: its averages never quite forget where their history begins, and so know more of the past than a signal does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pandas as pd

from core.domain import Direction
from core.findings import UnfamiliarCandle
from core.market.candles import CandleArrays, check_arrays, closed_arrays, segments_of
from core.market.feed import SERVING_HISTORY
from core.model.features import WARM_UP_CANDLES, feature_matrix, newest_features
from core.model.files import LoadedModel
from core.model.novelty import unfamiliar
from core.model.probabilities import calibrated
from core.model.scaling import clip
from core.model.stacked import StackedCnnLstm
from core.signals.evaluation import answers_to, with_trees

TOGETHER = 128
"""Candles that are answered in one go: some hundredths of a second, and memory stays bounded."""


def predict_history(model: LoadedModel, candles: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Calibrated probabilities of every candle closed by ``now`` that has a full window without a gap.

    Indexed by candle open_time, with the columns SHORT, NO_TRADE, LONG. The last row is what ``predict`` says of the same
    candles, up to some 1e-4 where they are more than SERVING_HISTORY. BadCandles for candles out of order or with
    impossible prices.
    """
    timeframe = model.series.timeframe
    arrays = closed_arrays(check_arrays(CandleArrays.of(candles), timeframe), timeframe, now)
    rows = answerable(model, arrays)
    index = pd.DatetimeIndex(arrays[rows].frame()["open_time"])
    return pd.DataFrame(_fast_answers(model, arrays), index=index, columns=[direction.value for direction in Direction])


def _fast_answers(model: LoadedModel, candles: CandleArrays) -> np.ndarray:
    """Calibrated probabilities of the ``answerable`` rows, out of features that are computed once along each stretch."""
    to_first_end = model.metrics.window - 1
    network = StackedCnnLstm([model.parameters])
    logits = [np.empty((0, len(Direction)))]
    for segment in segments_of(candles.open_time_ms, model.series.timeframe):
        features = feature_matrix(candles[segment], model.series.timeframe)[WARM_UP_CANDLES - 1 :]
        if len(features) > to_first_end:
            rows = clip(model.scaling.standardise(features))
            logits.append(with_trees(model, network.along(rows), rows[to_first_end:]))
    return calibrated(np.concatenate(logits), model.metrics.temperature)


def answerable(model: LoadedModel, candles: CandleArrays) -> np.ndarray:
    """The rows of candles on which the model has its whole window, ascending; ``candles`` are lawful and closed."""
    needed = WARM_UP_CANDLES - 1 + model.metrics.window
    segments = segments_of(candles.open_time_ms, model.series.timeframe) if needed <= SERVING_HISTORY else []
    rows = [np.arange(segment.start + needed - 1, segment.stop) for segment in segments]
    return np.concatenate([np.empty(0, dtype=np.int64), *rows])


def answers_along(
    model: LoadedModel, candles: CandleArrays, rows: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray, list[UnfamiliarCandle | None], np.ndarray]]:
    """What the model says on each of some ``answerable`` rows, TOGETHER at a time.

    Those rows, the ATR on each of them (n,), in quote currency, how each is unlike the candles of training, and calibrated
    probabilities (n, 3).
    """
    timeframe, window = model.series.timeframe, model.metrics.window
    starts = np.array([segment.start for segment in segments_of(candles.open_time_ms, timeframe)])
    for begin in range(0, len(rows), TOGETHER):
        some = rows[begin : begin + TOGETHER]
        first = np.maximum(starts[starts.searchsorted(some, side="right") - 1], some + 1 - SERVING_HISTORY)
        stretches = [candles[a : b + 1] for a, b in zip(first.tolist(), some.tolist(), strict=True)]
        features, atr = newest_features(stretches, timeframe, window)
        standardised = model.scaling.standardise(features)
        novel = unfamiliar(standardised[:, -1], [model.novelty] * len(some))
        yield some, atr, novel, answers_to(model, clip(standardised))
