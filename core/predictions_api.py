"""The REST API, under the first design's name: see core.api."""

from core.api.app import create_api

__all__ = ["create_api"]
