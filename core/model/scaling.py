"""Features as models read them: standardised and clipped, the same for training and serving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn.preprocessing import StandardScaler

FEATURE_CLIP = 5.0
"""Standardised features are cut to ± this many standard deviations before a network or trees see them."""

SMALLEST_SCALE = 1e-9
"""Features are free of price scale; a smaller standard deviation, or a value above its inverse, is none of theirs."""


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """Mean and standard deviation of each feature over the training candles, float64, shape (features,)."""

    mean: np.ndarray
    scale: np.ndarray

    def standardise(self, features: np.ndarray) -> np.ndarray:
        """Features (..., features) in standard deviations from the mean, float64, of the same shape."""
        return (features - self.mean) / self.scale


def clip(standardised: np.ndarray) -> np.ndarray:
    """What networks and trees read: float32, within the range they were trained on."""
    return np.clip(standardised, -FEATURE_CLIP, FEATURE_CLIP).astype(np.float32)


def standard_scaler(scaling: Scaling, candles: int) -> StandardScaler:
    """The same in scikit-learn's form, as if fitted on so many candles, for readers of the first design."""
    from sklearn.preprocessing import StandardScaler  # noqa: PLC0415 - serving does without its second and more

    scaler = StandardScaler()
    scaler.mean_, scaler.scale_, scaler.var_ = scaling.mean.copy(), scaling.scale.copy(), scaling.scale**2
    scaler.n_features_in_, scaler.n_samples_seen_ = len(scaling.mean), np.int64(candles)
    return scaler
