"""Why an evaluation has no figure, for the reasons that core.model.evaluated knows."""

from __future__ import annotations

from collections.abc import Mapping

from core.wording.language import phrase

WHY_UNMEASURED: Mapping[str, str] = {
    "one_period": phrase("its candles make one test period only"),
    "failed": phrase("a model that it takes could not be trained"),
}
"""Clauses that are said later."""
