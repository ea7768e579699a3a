"""The models on disk, under the first design's name: see core.model.registry."""

from core.application import get_registry
from core.model.registry import ModelRegistry

__all__ = ["ModelRegistry", "get_registry"]
