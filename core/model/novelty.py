"""How unlike the training candles the newest one is: its Mahalanobis distance from them.

The distance of Mahalanobis (On the generalised distance in statistics, 1936), used to tell inputs a network was
not trained for as by Lee et al. (A simple unified framework for detecting out-of-distribution samples, 2018),
here on the features themselves. Features are standardised and, unlike the network's inputs, not clipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.findings import UnfamiliarCandle
from core.model.features import FEATURES

ORDINARY_SHARE = 0.98
"""The limit lies where so many of the validation period's candles are nearer: about 2 % are called unfamiliar."""


@dataclass(frozen=True, slots=True)
class NoveltyLimit:
    """What a candle's features are measured with. ``precision`` is their inverse covariance, shape
    (features, features)."""

    precision: np.ndarray
    limit: float


def unfamiliar(standardised: np.ndarray, limits: Sequence[NoveltyLimit]) -> list[UnfamiliarCandle | None]:
    """How each candle with standardised features, shape (candles, features), is beyond its limit; None where it is not."""
    precision = np.stack([limit.precision for limit in limits])
    squared = ((standardised[:, None] @ precision)[:, 0] * standardised).sum(axis=1)
    distance = np.sqrt(np.maximum(squared, 0.0))  # of a nearly singular matrix, rounding can make it a little negative
    return [
        _described(values, float(far), limit.limit) if far > limit.limit else None
        for values, far, limit in zip(standardised, distance, limits, strict=True)
    ]


def _described(standardised: np.ndarray, distance: float, limit: float) -> UnfamiliarCandle:
    farthest = int(np.abs(standardised).argmax())
    return UnfamiliarCandle(distance, limit, ORDINARY_SHARE, FEATURES[farthest], float(standardised[farthest]))


def distances(standardised: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """Mahalanobis distance of each row of standardised features, shape (candles, features), from the training mean."""
    return np.sqrt(np.einsum("ij,jk,ik->i", standardised, precision, standardised))


def fit_novelty_limit(train: np.ndarray, validation: np.ndarray) -> NoveltyLimit:
    """The limit for a model trained on ``train``, so that ORDINARY_SHARE of ``validation`` is within it.

    Both are standardised features without clipping, float64, shape (candles, features). Features that do not vary in
    training (the time of day of day candles) are given unit variance, so that they count only if they change.
    """
    covariance = np.cov(train, rowvar=False)
    constant = np.diag(covariance) < 1e-12
    covariance[constant, :] = covariance[:, constant] = 0.0
    covariance[constant, constant] = 1.0
    precision = np.linalg.inv(covariance)
    precision = (precision + precision.T) / 2
    return NoveltyLimit(precision, float(np.quantile(distances(validation, precision), ORDINARY_SHARE)))
