"""Two models that speak together: a weighted geometric mean of their probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from core.learning.training import fit_temperature, log_loss, probabilities

_SMALLEST = 1e-12


@dataclass(frozen=True, slots=True)
class Blend:
    """``share`` (0..1) is the weight of the first model's log-probabilities, the rest that of the second's."""

    share: float
    temperature: float

    def __call__(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Calibrated probabilities (n, 3) out of those of both models."""
        return probabilities(_mixed(first, second, self.share), self.temperature)


def fit_blend(first: np.ndarray, second: np.ndarray, labels: np.ndarray, days: np.ndarray) -> Blend:
    """The blend with the smallest log loss on candles that neither model has learned from.

    ``first`` and ``second`` are probabilities (n, 3), ``days`` the UTC day of each candle.
    """
    share = float(
        minimize_scalar(lambda s: log_loss(_mixed(first, second, s), labels), bounds=(0, 1), method="bounded").x
    )
    return Blend(share, fit_temperature(_mixed(first, second, share), labels, days))


def _mixed(first: np.ndarray, second: np.ndarray, share: float) -> np.ndarray:
    logs = (np.log(np.maximum(each.astype(np.float64), _SMALLEST)) for each in (first, second))
    one, other = logs
    return log_softmax(share * one + (1 - share) * other, axis=1)
