"""English: why an evaluation has no figure, for the reasons that core.model.evaluated knows."""

from __future__ import annotations

from collections.abc import Mapping

WHY_UNMEASURED: Mapping[str, str] = {
    "one_period": "its candles make one test period only",
    "failed": "a model that it takes could not be trained",
}
