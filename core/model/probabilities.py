"""From logits to probabilities, and how well probabilities keep what they promise: the same for training, serving and pages."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def calibrated(logits: np.ndarray, temperature: float | np.ndarray) -> np.ndarray:
    """Probabilities (..., classes) out of logits of the same shape: a softmax cooled by ``temperature`` (Guo et al., 2017)."""
    cooled = logits / temperature
    powers = np.exp(cooled - cooled.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def share_of_long(probabilities: np.ndarray) -> np.ndarray:
    """P(LONG | move), shape (...), of probabilities (..., 3); a half where no move is thought possible."""
    short, long = probabilities[..., 0], probabilities[..., 2]
    moving = short + long
    return np.where(moving > 0, long / np.where(moving > 0, moving, 1.0), 0.5)


def calibration_error(n: ArrayLike, promised: ArrayLike, came_true: ArrayLike) -> float:
    """Expected calibration error over bins (Naeini et al., 2015): the mean distance of promise and outcome, weighed by candles.

    Of each bin, none of them empty: the number of candles, the mean probability promised and the share that came true.
    """
    return float(np.average(np.abs(np.subtract(promised, came_true)), weights=np.asarray(n)))
