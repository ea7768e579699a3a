"""What time it is at an exchange: compared with it now and then, and told by a clock that nobody sets.

This machine's wall clock steps, after a start or a sleep; between two comparisons the exchange's time therefore runs on
the monotonic clock, and where the two part by a step, the exchange is asked anew.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.market.clock import Clock, seconds_passed

BELIEVED_SECONDS = 600.0
"""How long a comparison is believed."""
PARTED_SECONDS = 1.0
"""A wall clock that has moved against the monotonic one by more than this was set; slewing moves it by less."""


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The exchange's time at one moment, and what this machine's two clocks said."""

    theirs: datetime
    wall: datetime
    passed: float


class ExchangeClock:
    """The exchange's time as of the last comparison; until there is one, this machine's. Thread-safe."""

    def __init__(self, clock: Clock, passed: Callable[[], float] = seconds_passed) -> None:
        self._clock = clock
        self._passed = passed
        self._lock = threading.Lock()
        self._last: _Comparison | None = None
        self._asked_at = 0.0
        self._doubtful = False

    @property
    def compared(self) -> bool:
        """Whether the exchange has told its time at least once."""
        return self._last is not None

    @property
    def ahead(self) -> timedelta:
        """How far the exchange's time was ahead of this machine's when they were compared; less than nothing if behind."""
        last = self._last
        return timedelta(0) if last is None else last.theirs - last.wall

    def now(self) -> datetime:
        """Never ahead of the exchange's own clock by more than that drifts; never waits.

        Where a clock was set and the exchange cannot be asked, the later of what both clocks say: candles that may be
        late are then called late.
        """
        last = self._last
        if last is None:
            return self._clock.now()
        passed = timedelta(seconds=self._passed() - last.passed)
        return last.theirs + (max(passed, self._clock.now() - last.wall) if self._doubtful else passed)

    def stepped(self) -> bool:
        """Whether this machine's clocks have parted since the last comparison."""
        last = self._last
        if last is None:
            return False
        by_wall = (self._clock.now() - last.wall).total_seconds()
        return abs(by_wall - (self._passed() - last.passed)) > PARTED_SECONDS

    def due(self) -> bool:
        """Whether the exchange's time should be asked for."""
        last = self._last
        return last is None or self._passed() - self._asked_at > BELIEVED_SECONDS or self.stepped()

    def compare(self, ask: Callable[[], datetime]) -> None:
        """Ask the exchange; what it says is taken for its time when the answer is here, so never for a later one.

        Raises as ``ask`` does; the last comparison, unless a clock was set since, is then believed for longer.
        """
        with self._lock:
            if not self.due():  # another thread was first
                return
            try:
                theirs = ask()
            except Exception:
                self._asked_at = self._passed()
                self._doubtful = self.stepped()
                raise
            self._asked_at = self._passed()
            self._last = _Comparison(theirs, self._clock.now(), self._asked_at)
            self._doubtful = False
