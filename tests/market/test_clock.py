"""Clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from core.market.clock import ManualClock, ScaledClock, SystemClock

START = datetime(2025, 1, 1, tzinfo=UTC)


def test_a_manual_clock_stands_still_until_told() -> None:
    clock = ManualClock(START)
    assert clock.now() == clock.now() == START
    clock.advance(timedelta(minutes=15))
    assert clock.now() == START + timedelta(minutes=15)
    clock.set(datetime(2025, 1, 1, 3, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == datetime(2025, 1, 1, 1, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_a_scaled_clock_runs_as_many_times_as_fast() -> None:
    seconds = [1000.0]
    clock = ScaledClock(START, 300, monotonic=lambda: seconds[0])
    assert clock.now() == START
    seconds[0] += 3
    assert clock.now() == START + timedelta(minutes=15)


def test_the_system_clock_tells_aware_utc() -> None:
    before = datetime.now(UTC)
    assert before <= SystemClock().now() <= datetime.now(UTC)
