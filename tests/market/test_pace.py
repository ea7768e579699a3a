"""An exchange is asked no faster than it allows, and right after a close as fast as it allows for a while."""

from __future__ import annotations

from core.market.pace import Pace


class Hour:
    """Time that passes only where somebody waits."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def wait(self, seconds: float) -> None:
        self.seconds += seconds


def sent(hour: Hour, pace: Pace, count: int, cost: float = 1.0) -> list[float]:
    """When each of ``count`` requests goes out, seconds after the first could."""
    began, times = hour.seconds, []
    for _ in range(count):
        pace.keep(cost)
        times.append(round(hour.seconds - began, 6))
    return times


def test_requests_keep_their_distance_by_what_they_cost() -> None:
    hour = Hour()
    pace = Pace(0.05, 0, lambda: hour.seconds, hour.wait)
    assert sent(hour, pace, 4) == [0.0, 0.05, 0.1, 0.15]
    assert sent(hour, pace, 3, cost=2) == [0.05, 0.15, 0.25]
    assert pace.requests == 7


def test_a_burst_goes_out_at_once_and_is_made_up_for_before_the_next() -> None:
    hour = Hour()
    pace = Pace(0.05, 136, lambda: hour.seconds, hour.wait)
    assert sent(hour, pace, 137) == [0.0] * 137
    assert sent(hour, pace, 3) == [0.05, 0.1, 0.15]
    hour.wait(60)
    assert sent(hour, pace, 137) == [0.0] * 137


def test_no_minute_sees_more_than_the_distance_allows_and_one_burst() -> None:
    hour = Hour()
    pace = Pace(0.05, 200, lambda: hour.seconds, hour.wait)
    times = sent(hour, pace, 5000)
    assert max(sum(begin <= other < begin + 60 for other in times) for begin in times[::50]) <= 1200 + 200 + 1
