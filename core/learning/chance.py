"""What chance alone gives: how far the promises of a perfectly calibrated model would seem to be off.

No period is long enough to show a perfect model an error of zero. Outcomes are drawn from the model's own
probabilities, which makes it perfectly calibrated on them. They must hang together as real ones do, or the error would
look smaller than it is: labels of neighbouring candles share most of their future, and coins move together. So each
candle's fate comes from the sum of the H shocks in its horizon, part of which all coins share.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from core.model.barriers import HORIZON_CANDLES
from core.model.probabilities import calibration_error
from core.model.promises import RELIABILITY_BINS, bin_of

CO_MOVEMENT = 0.7
"""Share of a coin's shocks that all coins have in common. With it, two coins agree as often as they really do (62 %)."""

DRAWS = 200

_SMALLEST = 1e-12  # a probability of 0 or 1 has no place on the line of fates


def fates(rng: np.random.Generator, candles: int, coins: int) -> np.ndarray:
    """Standard normal (candles, coins), those of neighbouring candles and of all coins alike as their outcomes are.

    At 15m and 4h alike, whether a barrier is touched correlates with the same one, four and eight candles later by about
    .68, .42 and .20, and which one by .86, .62 and .37; drawn outcomes by .77, .53 and .32.
    """
    common, own = _shocks_ahead(rng, candles, 1), _shocks_ahead(rng, candles, coins)
    return np.sqrt(CO_MOVEMENT) * common + np.sqrt(1 - CO_MOVEMENT) * own


def _shocks_ahead(rng: np.random.Generator, candles: int, coins: int) -> np.ndarray:
    """For each candle the scaled sum of the shocks in its horizon."""
    shocks = rng.standard_normal((candles + HORIZON_CANDLES, coins)).cumsum(axis=0)
    return (shocks[HORIZON_CANDLES:] - shocks[:-HORIZON_CANDLES]) / np.sqrt(HORIZON_CANDLES)


def errors_by_chance(promised: np.ndarray, candle: np.ndarray, coin: np.ndarray, seed: int = 0) -> np.ndarray:
    """Calibration errors (DRAWS,) over bins if every promise were kept exactly.

    Of each answer: the probability promised, the number of its candle in time and that of its coin, both from 0.
    """
    rng = np.random.default_rng(seed)
    number = bin_of(promised)
    n = np.bincount(number, minlength=RELIABILITY_BINS)
    full = n > 0
    mean_promised = np.bincount(number, weights=promised, minlength=RELIABILITY_BINS)[full] / n[full]
    line = norm.ppf(np.clip(promised, _SMALLEST, 1 - _SMALLEST))
    errors = []
    for _ in range(DRAWS):
        came = fates(rng, int(candle.max()) + 1, int(coin.max()) + 1)[candle, coin] < line
        hits = np.bincount(number, weights=came, minlength=RELIABILITY_BINS)[full]
        errors.append(calibration_error(n[full], mean_promised, hits / n[full]))
    return np.array(errors)
