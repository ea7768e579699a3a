"""What calibration error chance alone gives: no period is long enough to show a perfect model an error of zero.

Outcomes are drawn from the model's own probabilities, which makes it perfectly calibrated on them. They must hang
together as real ones do, or the error would look smaller than it is: labels of neighbouring candles share most of
their future, and coins move together. So each candle's fate comes from the sum of the H shocks in its horizon, part of
which all coins share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from core.learning.assessment.comparison import PREDICTION_COLUMNS
from core.learning.evaluation import confidence_error
from core.model.barriers import HORIZON_CANDLES

CO_MOVEMENT = 0.7
"""Share of a coin's shocks that all coins have in common. With it, two coins agree as often as they really do (62 %)."""

_DRAWS = 30


@dataclass(frozen=True, slots=True)
class ChanceError:
    """Calibration errors of a perfectly calibrated model: the mean over draws, and what 5 % of the draws exceed.

    ``pooled`` is that of all candles together, ``worst`` that of the worst coin.
    """

    pooled: float
    pooled_limit: float
    worst: float
    worst_limit: float


def calibration_error_by_chance(predictions: pd.DataFrame, seed: int = 0) -> ChanceError:
    """Of predictions of one period in the columns of core.learning.assessment.predictions; their labels do not matter."""
    rng = np.random.default_rng(seed)
    probabilities = predictions[PREDICTION_COLUMNS].to_numpy(dtype=np.float64)
    limits = (probabilities / probabilities.sum(axis=1, keepdims=True)).cumsum(axis=1)[:, :2]
    symbols, coin = np.unique(predictions["symbol"], return_inverse=True)
    times, candle = np.unique(predictions["open_time"], return_inverse=True)
    errors = []
    for _ in range(_DRAWS):
        common, own = _shocks_ahead(rng, len(times), 1), _shocks_ahead(rng, len(times), len(symbols))
        fate = norm.cdf(np.sqrt(CO_MOVEMENT) * common + np.sqrt(1 - CO_MOVEMENT) * own)[candle, coin]
        labels = (fate[:, None] > limits).sum(axis=1)
        each = [confidence_error(probabilities[coin == n], labels[coin == n]) for n in range(len(symbols))]
        errors.append((confidence_error(probabilities, labels), max(each)))
    mean, limit = np.mean(errors, axis=0), np.percentile(errors, 95, axis=0)
    return ChanceError(float(mean[0]), float(limit[0]), float(mean[1]), float(limit[1]))


def _shocks_ahead(rng: np.random.Generator, candles: int, coins: int) -> np.ndarray:
    """Standard normal (candles, coins): for each candle the scaled sum of the shocks in its horizon."""
    shocks = rng.standard_normal((candles + HORIZON_CANDLES, coins)).cumsum(axis=0)
    return (shocks[HORIZON_CANDLES:] - shocks[:-HORIZON_CANDLES]) / np.sqrt(HORIZON_CANDLES)
