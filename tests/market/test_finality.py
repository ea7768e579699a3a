"""When a candle of an exchange is closed for certain, however its clock stands to its own candles and to ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Timeframe
from core.market.candles import CandleArrays
from core.market.clock import ManualClock
from core.market.exchange_clock import ExchangeClock
from core.market.finality import MOST_AHEAD, Finality

M15, H1, H4 = Timeframe.M15, Timeframe.H1, Timeframe.H4
NOON = datetime(2025, 6, 4, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Exchange:
    """Its clock is ``ahead`` of its own candles, and ours ``slow`` behind those; it tells the open candle or keeps it back."""

    def __init__(
        self, ahead: timedelta = timedelta(0), slow: timedelta = timedelta(0), tells_open: bool = True
    ) -> None:
        self.ahead, self.slow, self.tells_open = ahead, slow, tells_open
        self.ours = ManualClock(NOON)
        self.clock = ExchangeClock(self.ours, lambda: self.ours.now().timestamp())
        self.finality = Finality(self.clock)

    def asked(self, moment: datetime, timeframe: Timeframe) -> datetime:
        """The close of the newest candle that is taken for closed, by what the exchange tells at ``moment``."""
        self.ours.set(moment - self.slow)
        self.clock.compare(lambda: moment + self.ahead)
        step = timeframe.milliseconds
        opens = int(moment.timestamp() * 1000) // step * step
        times = np.arange(opens - 9 * step, opens + (step if self.tells_open else 0), step)
        seen = self.finality.before_asking()
        self.finality.heard(times, step, opens + 2 * step + int(self.ahead.total_seconds()) * 1000, seen)
        final = self.finality.final(CandleArrays(times, np.ones((5, len(times)))), timeframe, seen)
        return datetime.fromtimestamp(int(final.open_time_ms[-1]) / 1000, UTC) + timeframe.duration


def test_an_exchange_that_keeps_its_open_candle_back_is_found_out_and_its_newest_is_no_longer_late() -> None:
    exchange = Exchange(tells_open=False)
    assert exchange.asked(NOON, M15) == NOON - M15.duration
    assert exchange.asked(NOON + MOST_AHEAD - MINUTE, H1) == NOON - H1.duration
    assert exchange.asked(NOON + MOST_AHEAD, H1) == NOON
    assert exchange.asked(NOON + 2 * MOST_AHEAD, M15) == NOON + 2 * MOST_AHEAD
    assert exchange.asked(NOON + 4 * MOST_AHEAD, H1) == NOON + H1.duration


def test_an_exchange_that_once_told_its_open_candle_is_not_taken_for_one_that_keeps_it_back() -> None:
    exchange = Exchange()
    assert exchange.asked(NOON + MINUTE, M15) == NOON
    exchange.tells_open = False  # a coin that nobody trades
    exchange.asked(NOON + 30 * MINUTE, H1)
    assert exchange.asked(NOON + 60 * MINUTE, H1) == NOON
    exchange.tells_open = True
    assert exchange.asked(NOON + 61 * MINUTE, H1) == NOON + H1.duration


def test_an_answer_that_had_no_room_for_the_open_candle_shows_nothing() -> None:
    exchange = Exchange()
    seen = exchange.finality.before_asking()
    exchange.ours.set(NOON + 30 * MINUTE)
    exchange.clock.compare(exchange.ours.now)
    opens = int(NOON.timestamp() * 1000)
    exchange.finality.heard(np.array([opens - H1.milliseconds]), H1.milliseconds, opens, seen)
    assert exchange.asked(NOON + 60 * MINUTE, M15) == NOON + 60 * MINUTE  # it tells the next
    exchange.tells_open = False
    assert exchange.asked(NOON + 75 * MINUTE, M15) == NOON + 60 * MINUTE


@pytest.mark.parametrize("ahead", [20, 40, 180, 60 * 24 * 400])
def test_a_clock_that_is_far_ahead_of_ours_closes_no_candle(ahead: int) -> None:
    exchange = Exchange(ahead * MINUTE)
    for minute in range(0, 300, 7):
        moment = NOON + minute * MINUTE
        assert all(exchange.asked(moment, timeframe) <= moment for timeframe in Timeframe)


def test_where_our_own_clock_is_the_wrong_one_the_next_candle_still_proves_the_last() -> None:
    exchange = Exchange(slow=timedelta(days=400))
    assert exchange.asked(NOON + MINUTE, M15) == NOON


@pytest.mark.slow
@given(
    ahead=st.integers(-900, 15 * 60).map(lambda s: timedelta(seconds=s))
    | st.integers(0, 9 * 10**6).map(lambda s: timedelta(seconds=s)),
    tells_open=st.booleans(),
    questions=st.lists(st.tuples(st.integers(0, 7200), st.sampled_from(list(Timeframe))), min_size=1, max_size=12),
)
def test_however_an_exchange_is_asked_no_open_candle_is_taken_for_closed_and_none_is_late_for_long(
    ahead: timedelta, tells_open: bool, questions: list[tuple[int, Timeframe]]
) -> None:
    """Our clock is right here: a clock that is ahead of both its candles and of ours by more is not."""
    exchange, moment = Exchange(ahead, tells_open=tells_open), NOON
    for seconds, timeframe in questions:
        moment += timedelta(seconds=seconds)
        close = exchange.asked(moment, timeframe)
        assert close <= moment
        if abs(ahead) <= MOST_AHEAD:
            assert close > moment - timeframe.duration - 2 * MOST_AHEAD


class TestWhileAnExchangeSettles:
    """So long after a close what is told of another coin proves nothing of this one."""

    SETTLING = timedelta(seconds=2)

    @staticmethod
    def newest(exchange: Exchange, after_noon: timedelta, own_next: bool) -> int:
        """How many closed candles of a coin count that is asked for once another's next candle was seen."""
        opens = int(NOON.timestamp() * 1000)
        exchange.ours.set(NOON + after_noon)
        exchange.clock.compare(exchange.ours.now)
        exchange.finality.heard(np.array([opens]), M15.milliseconds, opens, exchange.finality.before_asking())
        times = np.arange(opens - 9 * M15.milliseconds, opens + own_next, M15.milliseconds)
        seen = exchange.finality.before_asking()
        exchange.finality.heard(times, M15.milliseconds, opens + 2 * M15.milliseconds, seen)
        arrays = CandleArrays(times, np.ones((5, len(times))))
        return len(exchange.finality.final(arrays, M15, seen, TestWhileAnExchangeSettles.SETTLING))

    def test_a_candle_counts_only_with_the_next_of_its_own_beside_it(self) -> None:
        early = timedelta(milliseconds=300)
        assert self.newest(Exchange(), early, own_next=False) == 8
        assert self.newest(Exchange(), early, own_next=True) == 9

    def test_afterwards_the_next_of_any_coin_proves_it(self) -> None:
        assert self.newest(Exchange(), self.SETTLING, own_next=False) == 9
