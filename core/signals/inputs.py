"""What a model reads on a candle: its newest window of features, standardised, and what its answer is made with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.domain import Series
from core.findings import LateCandles, MarketTrouble, MissingCandles, TooFewCandles, UnfamiliarCandle
from core.market.candles import CandleArrays, gap_before, segments_of
from core.market.feed import SERVING_HISTORY
from core.model.barriers import average_true_range
from core.model.features import WARM_UP_CANDLES, feature_matrix
from core.model.files import LoadedModel
from core.model.novelty import unfamiliar
from core.model.scaling import clip


@dataclass(frozen=True, slots=True)
class ModelInputs:
    """All that a model is asked on one candle.

    ``window`` is standardised, float32, shape (window, features); ``tick_size`` and ``atr`` are in quote currency.
    ``stale`` says why the candles are older than they should be, where they are.
    """

    model: LoadedModel
    candles: CandleArrays
    tick_size: float
    window: np.ndarray
    unfamiliar: UnfamiliarCandle | None
    atr: float
    stale: LateCandles | MarketTrouble | None

    @property
    def series(self) -> Series:
        return self.model.series


def model_inputs(
    model: LoadedModel, candles: CandleArrays, tick_size: float, stale: LateCandles | MarketTrouble | None
) -> ModelInputs | TooFewCandles:
    """The inputs on the newest candle, from the gap-free stretch that ends with it; TooFewCandles where that is short."""
    timeframe = model.series.timeframe
    recent = candles[-SERVING_HISTORY:] if len(candles) > SERVING_HISTORY else candles
    segments = segments_of(recent.open_time_ms, timeframe)
    newest = recent[segments[-1]] if len(segments) > 1 else recent
    window = model.metrics.window
    needed = WARM_UP_CANDLES - 1 + window
    if len(newest) < needed:
        gap = gap_before(recent, segments, timeframe)
        return TooFewCandles(model.series, len(newest), needed, gap and MissingCandles(*gap))
    features = feature_matrix(newest, timeframe, newest=window)
    atr = float(average_true_range(newest.high, newest.low, newest.close)[-1])
    standardised = model.scaling.standardise(features)
    return ModelInputs(
        model, candles, tick_size, clip(standardised), unfamiliar(standardised[-1], model.novelty), atr, stale
    )
