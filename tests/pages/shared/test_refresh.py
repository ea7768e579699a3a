from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.domain import Timeframe
from pages.components.shared.refresh import LONGEST_WAIT, SHORTEST_WAIT, seconds_between_looks


def test_at_real_speed_the_board_is_looked_at_every_two_seconds() -> None:
    assert seconds_between_looks(1.0) == LONGEST_WAIT == 2


@given(st.floats(1e-3, 1e5))
def test_a_look_is_never_rarer_than_candles_nor_more_frequent_than_a_server_bears(speed: float) -> None:
    wait = seconds_between_looks(speed)
    assert SHORTEST_WAIT <= wait <= LONGEST_WAIT
    candle = Timeframe.M15.duration.total_seconds() / speed
    assert wait <= max(candle, SHORTEST_WAIT)
