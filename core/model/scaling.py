"""Features as models read them: standardised and clipped, the same for training and serving."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FEATURE_CLIP = 5.0
"""Standardised features are cut to ± this many standard deviations before a network or trees see them."""


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
