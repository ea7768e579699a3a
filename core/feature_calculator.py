"""The features, under the first design's name: see core.model.features."""

from core.model.features import DIRECTIONAL_FEATURES, FEATURES, calculate_features

__all__ = ["DIRECTIONAL_FEATURES", "FEATURES", "calculate_features"]
