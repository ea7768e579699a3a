"""Clocks: what time the market says it is. Tests and demonstrations set their own."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Anything that tells an aware UTC datetime."""

    @property
    def speed(self) -> float:
        """Market seconds per real second."""

    def now(self) -> datetime: ...


class SystemClock:
    """This machine's own time."""

    speed = 1.0

    def now(self) -> datetime:
        return datetime.now(UTC)


def seconds_passed() -> float:
    """Seconds since some moment, whatever the wall clock is set to; those this machine slept count where that is known."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class ManualClock:
    """A clock that stands still until it is told the time."""

    speed = 1.0

    def __init__(self, moment: datetime) -> None:
        self._moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        return self._moment

    def set(self, moment: datetime) -> None:
        self._moment = moment.astimezone(UTC)

    def advance(self, step: timedelta) -> None:
        self._moment += step


class ScaledClock:
    """Starts at ``start`` and runs ``speed`` times as fast as real time."""

    def __init__(self, start: datetime, speed: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.speed = speed
        self._start = start.astimezone(UTC)
        self._monotonic = monotonic
        self._began = monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(self._monotonic() - self._began) * self.speed)
