"""What became of a model's live signals, ready for tables of models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LiveFigure:
    """The ``skill`` of a model's live signals, None where they are too few, as a table's ``cell`` and as ``exported``."""

    skill: float | None
    cell: Mapping[str, Any]
    exported: Mapping[str, Any]
