"""Figures as they are published: with as many decimals as anybody can use."""

from __future__ import annotations

from typing import Any

DECIMALS = 6


def rounded(value: Any) -> Any:
    """Parsed JSON with its numbers rounded."""
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return value
