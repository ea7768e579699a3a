"""What waits to be written into the ledger: so much at most, and of what was too much the candles are remembered."""

from __future__ import annotations

from collections.abc import Sequence

from core.domain import Series
from core.journal.entries import CandleEntry, MissingEntry
from core.journal.vocabulary import MissingReason

MOST_WAITING = 20_000
"""Entries; the closes of all timeframes of 2,000 coins, twice and a half, or of 34 coins for four days."""


class Backlog:
    """Entries in order, the oldest first. Where they are too many the oldest are dropped and become silence.

    Not thread-safe.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: list[CandleEntry] = []
        self._lost: dict[Series, tuple[int, int]] = {}
        self.lost = 0
        """How many entries were dropped since the last that could be written."""

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def oldest(self) -> CandleEntry | None:
        return self._waiting[0] if self._waiting else None

    def add(self, entries: Sequence[CandleEntry]) -> None:
        self._waiting += entries
        too_many = len(self._waiting) - self._most
        if too_many > 0:
            for entry in self._waiting[:too_many]:
                self._lose(entry)
            del self._waiting[:too_many]

    def batch(self, now_ms: int) -> list[CandleEntry]:
        """Everything that is to be written, what was dropped as silence before it; it waits until ``written``."""
        silence: list[CandleEntry] = [
            MissingEntry(
                *series, first, (end - first) // series.timeframe.milliseconds, MissingReason.UNWRITTEN, "", now_ms
            )
            for series, (first, end) in self._lost.items()
        ]
        return silence + self._waiting

    def written(self, batch: Sequence[CandleEntry]) -> None:
        """Let go of a batch; what came or was dropped since it was taken stays."""
        done = set(map(id, batch))
        self._waiting = [entry for entry in self._waiting if id(entry) not in done]
        unwritten = {
            entry.series: entry
            for entry in batch
            if isinstance(entry, MissingEntry) and entry.reason == MissingReason.UNWRITTEN
        }
        self._lost = {
            series: span
            for series, span in self._lost.items()
            if series not in unwritten or span[1] > unwritten[series].open_times.stop
        }
        if not self._lost:
            self.lost = 0

    def _lose(self, entry: CandleEntry) -> None:
        end = (
            entry.open_times.stop
            if isinstance(entry, MissingEntry)
            else entry.candle_open_ms + entry.series.timeframe.milliseconds
        )
        first, last = self._lost.get(entry.series, (entry.candle_open_ms, end))
        self._lost[entry.series] = min(first, entry.candle_open_ms), max(last, end)
        self.lost += 1
