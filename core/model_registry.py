"""The models on disk, under the first design's name: see core.model.registry."""

from core.model.registry import ModelRegistry, get_registry

__all__ = ["ModelRegistry", "get_registry"]
