"""When a market as a whole does not answer: who asks it for many series then leaves the others be."""

from __future__ import annotations

from core.errors import MarketUnavailable, SeriesUnavailable

FAILURES_IN_A_ROW = 3
"""After so many series in a row found the market unavailable, the others are not asked."""


class OutageWatch:
    """Hears the answers of one market, or the errors in their place, one after another."""

    def __init__(self) -> None:
        self._failures = 0

    def heard(self, answer: object) -> bool:
        """Whether with this answer so many in a row found the market unavailable; a refusal of one series is none."""
        unavailable = isinstance(answer, MarketUnavailable) and not isinstance(answer, SeriesUnavailable)
        self._failures = self._failures + 1 if unavailable else 0
        return self._failures == FAILURES_IN_A_ROW
