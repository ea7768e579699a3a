"""Predictions, under the first design's name: see core.signals.service."""

from core.domain import DIRECTION_TO_LABEL, LABEL_TO_DIRECTION, PredictionResult
from core.signals.service import InferenceService

__all__ = ["DIRECTION_TO_LABEL", "LABEL_TO_DIRECTION", "InferenceService", "PredictionResult"]
