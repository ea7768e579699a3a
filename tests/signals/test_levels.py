"""Levels follow the geometry of the labels, and keep their order at any price, distance and tick."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Direction
from core.signals.levels import reward_in_r, trade_levels

prices = st.floats(1e-4, 1e6)
ticks = st.sampled_from([1e-7, 1e-5, 0.001, 0.01, 0.1, 1.0])


def test_a_long_puts_the_stop_one_distance_below_and_the_targets_one_two_and_three_above():
    levels = trade_levels(Direction.LONG, close=100.0, barrier_distance=2.0, tick_size=0.1)
    assert (levels.stop_loss, levels.entry, levels.tp1, levels.tp2, levels.tp3) == (98.0, 100.0, 102.0, 104.0, 106.0)


def test_a_short_mirrors_it():
    levels = trade_levels(Direction.SHORT, close=100.0, barrier_distance=2.0, tick_size=0.1)
    assert (levels.stop_loss, levels.entry, levels.tp1, levels.tp2, levels.tp3) == (102.0, 100.0, 98.0, 96.0, 94.0)


def test_prices_are_rounded_to_the_tick_without_binary_dust():
    levels = trade_levels(Direction.LONG, close=0.30004, barrier_distance=0.0999, tick_size=0.1)
    assert (levels.entry, levels.tp1, levels.tp3) == (0.3, 0.4, 0.6)


@given(close=prices, share=st.floats(0, 0.3), tick=ticks)
def test_a_longs_stop_is_below_its_entry_and_its_targets_above_in_order(close, share, tick):
    levels = trade_levels(Direction.LONG, close, share * close, tick)
    assert 0 < levels.stop_loss < levels.entry < levels.tp1 < levels.tp2 < levels.tp3


@given(close=prices, share=st.floats(0, 0.9), tick=ticks)
def test_a_shorts_stop_is_above_its_entry_and_its_targets_below_in_order_and_above_zero(close, share, tick):
    levels = trade_levels(Direction.SHORT, close, share * close, tick)
    assert 0 < levels.tp3 < levels.tp2 < levels.tp1 < levels.entry < levels.stop_loss


@given(close=st.floats(1, 1e5), share=st.floats(0.001, 0.2), side=st.sampled_from([Direction.LONG, Direction.SHORT]))
def test_the_stop_is_minus_one_r_and_the_targets_one_two_and_three(close, share, side):
    levels = trade_levels(side, close, share * close, 1e-7)
    rewards = [
        reward_in_r(levels, price) for price in (levels.stop_loss, levels.entry, levels.tp1, levels.tp2, levels.tp3)
    ]
    assert rewards == pytest.approx([-1, 0, 1, 2, 3], abs=1e-3)


def test_no_trade_has_no_levels_of_its_own():
    with pytest.raises(ValueError, match="likelier"):
        trade_levels(Direction.NO_TRADE, 100.0, 2.0, 0.1)
