"""What became of a signal: the label of its candle, its levels read one candle at a time, and what it brought after fees."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import DIRECTION_TO_LABEL, Direction, Timeframe
from core.market.candles import CandleArrays, gap_free_segments
from core.model.barriers import BARRIER_ATR_MULTIPLE, HORIZON_CANDLES, average_true_range
from core.signals.labels import NO_LABEL, label_candles
from core.signals.levels import trade_levels
from core.signals.outcomes import LONG, NO_SIDE, SHORT, TOUCHES, Calls, Outcomes, Touched, outcomes_of
from tests.laws import tried
from tests.made_candles import START_MS, make_candles

STEP = Timeframe.M15.milliseconds
LABEL_OF = {
    Touched.UPPER: DIRECTION_TO_LABEL["LONG"],
    Touched.LOWER: DIRECTION_TO_LABEL["SHORT"],
    Touched.BOTH: DIRECTION_TO_LABEL["NO_TRADE"],
    Touched.NONE: DIRECTION_TO_LABEL["NO_TRADE"],
}


def calls_on_every_candle(candles: pd.DataFrame, tick: float = 0.01) -> Calls:
    """A call on each candle that has an ATR; every third names no side, the others are LONG and SHORT in turn."""
    arrays, atr = CandleArrays.of(candles), np.full(len(candles), np.nan)
    for segment in gap_free_segments(candles, Timeframe.M15):
        if segment.stop - segment.start > 1:
            atr[segment] = average_true_range(arrays.high[segment], arrays.low[segment], arrays.close[segment])
    rows = np.flatnonzero(~np.isnan(atr))
    close, distance = arrays.close[rows], BARRIER_ATR_MULTIPLE * atr[rows]
    side = np.array([(NO_SIDE, LONG, SHORT)[n % 3] for n in range(len(rows))], dtype=int)
    names = [Direction.SHORT if each == SHORT else Direction.LONG for each in side]
    levels = [trade_levels(*each, tick) for each in zip(names, close, distance, strict=True)]
    prices = [[getattr(each, name) for each in levels] for name in ("entry", "stop_loss", "tp1", "tp2", "tp3")]
    horizon = np.full(len(rows), HORIZON_CANDLES)
    return Calls(
        arrays.open_time_ms[rows],
        close,
        atr[rows],
        close + distance,
        close - distance,
        horizon,
        side,
        np.array(prices).reshape(5, len(rows)),
    )


def with_gaps(seed: int, gaps: set[int], n: int = 120) -> pd.DataFrame:
    return make_candles(n, seed=seed).drop(index=sorted(gaps)).reset_index(drop=True)


@tried(20)
@given(seed=st.integers(0, 10_000), gaps=st.sets(st.integers(1, 119), max_size=3))
def test_the_touched_barrier_is_the_label_of_every_candle(seed: int, gaps: set[int]) -> None:
    candles = with_gaps(seed, gaps)
    label, to_barrier = label_candles(candles, Timeframe.M15)
    calls = calls_on_every_candle(candles)
    found = outcomes_of(calls, CandleArrays.of(candles), Timeframe.M15, 0)
    place = np.searchsorted(CandleArrays.of(candles).open_time_ms, calls.candle_open_ms[found.of])
    assert place.tolist() == np.flatnonzero(label != NO_LABEL).tolist()
    assert [LABEL_OF[TOUCHES[each]] for each in found.touched] == label[place].tolist()
    of_one_barrier = np.isin(found.touched, [TOUCHES.index(Touched.UPPER), TOUCHES.index(Touched.LOWER)])
    assert np.where(of_one_barrier, found.to_touch, 0).tolist() == to_barrier[place].tolist()


def read_aloud(calls: Calls, n: int, after: pd.DataFrame, fee_percent: float) -> dict[str, Any]:
    """The definition of call ``n``, one of the H candles ``after`` it at a time."""
    entry, stop_level, target_level, *farther = calls.levels[:, n]
    target, stop = (calls.upper[n], calls.lower[n])[:: -1 if calls.side[n] == SHORT else 1]
    targets = [target, *farther]
    side, to_stop, to_targets = calls.side[n], 0, [0, 0, 0]
    for ahead, (high, low) in enumerate(zip(after["high"], after["low"], strict=True), start=1):
        if side == NO_SIDE:
            break
        if (low <= stop) if side == LONG else (high >= stop):
            to_stop = ahead
            break
        for which, target in enumerate(targets):
            if not to_targets[which] and ((high >= target) if side == LONG else (low <= target)):
                to_targets[which] = ahead
    left_at = target_level if to_targets[0] else stop_level if to_stop else after["close"].iloc[-1]
    paid = fee_percent / 100 * (entry + left_at)
    return {
        "to_stop": to_stop,
        "to_targets": to_targets,
        "highest": (after["high"].max() - calls.close[n]) / calls.atr[n],
        "lowest": (after["low"].min() - calls.close[n]) / calls.atr[n],
        "r": None if side == NO_SIDE else (side * (left_at - entry) - paid) / abs(entry - stop_level),
    }


@pytest.mark.slow
@tried(10)
@given(seed=st.integers(0, 10_000), gaps=st.sets(st.integers(1, 119), max_size=2))
def test_levels_excursions_and_r_are_those_of_the_slow_obvious_reading(seed: int, gaps: set[int]) -> None:
    candles = with_gaps(seed, gaps)
    calls, arrays = calls_on_every_candle(candles), CandleArrays.of(candles)
    found = outcomes_of(calls, arrays, Timeframe.M15, 0.04)
    for n, call in enumerate(found.of):
        first = int(np.searchsorted(arrays.open_time_ms, calls.candle_open_ms[call])) + 1
        expected = read_aloud(calls, call, candles.iloc[first : first + HORIZON_CANDLES], 0.04)
        assert found.to_stop[n] == expected["to_stop"]
        assert found.to_targets[:, n].tolist() == expected["to_targets"]
        assert found.highest[n] == pytest.approx(expected["highest"], abs=1e-12)
        assert found.lowest[n] == pytest.approx(expected["lowest"], abs=1e-12)
        assert (None if np.isnan(found.r[n]) else pytest.approx(found.r[n], abs=1e-12)) == expected["r"]


@tried(20)
@given(seed=st.integers(0, 10_000), tick=st.sampled_from([0.01, 0.5, 1.0, 7.0]))
def test_take_profit_1_is_reached_where_its_barrier_came_first_and_nowhere_else(seed: int, tick: float) -> None:
    """However far the levels that are shown are rounded off their barriers."""
    candles = make_candles(120, seed=seed)
    calls = calls_on_every_candle(candles, tick)
    found = outcomes_of(calls, CandleArrays.of(candles), Timeframe.M15, 0.04)
    side, touched = calls.side[found.of], [TOUCHES[each] for each in found.touched]
    for place, (called, came_first) in enumerate(zip(side, touched, strict=True)):
        ahead, behind = (Touched.UPPER, Touched.LOWER) if called == LONG else (Touched.LOWER, Touched.UPPER)
        won = called != NO_SIDE and came_first is ahead
        assert found.to_targets[0, place] == (found.to_touch[place] if won else 0)
        if called != NO_SIDE and came_first in (behind, Touched.BOTH):
            assert found.to_stop[place] == found.to_touch[place]
        assert won or not found.to_targets[:, place].any()


# ---------------------------------------------------------------- one call at a time


def one(candles: list[tuple[float, float, float]], side: int = LONG, horizon: int = 3, fee: float = 0.0) -> Outcomes:
    """What became of a call at 100 with a stop 2 away, ATR 1; ``candles`` are high, low and close of those after it."""
    high, low, close = np.array(candles, dtype=float).T
    times = START_MS + STEP * np.arange(1, len(candles) + 1)
    after = CandleArrays(times, np.stack([close, high, low, close, np.ones(len(close))]))
    stop, *targets = (100 - 2 * side, *(100 + 2 * n * side for n in (1, 2, 3)))
    call = Calls(
        np.array([START_MS]),
        np.array([100.0]),
        np.array([1.0]),
        np.array([102.0]),
        np.array([98.0]),
        np.array([horizon]),
        np.array([side]),
        np.array([[100.0], [stop], *([each] for each in targets)], dtype=float),
    )
    return outcomes_of(call, after, Timeframe.M15, fee)


QUIET = (100.5, 99.5, 100.0)


def test_one_candle_that_reaches_target_and_stop_counts_against_the_call() -> None:
    for side in (LONG, SHORT):
        found = one([QUIET, (103, 97, 100), QUIET], side)
        assert TOUCHES[found.touched[0]] is Touched.BOTH
        assert found.to_touch.tolist() == found.to_stop.tolist() == [2]
        assert found.to_targets.ravel().tolist() == [0, 0, 0]
        assert found.r.tolist() == [-1]


def test_a_target_behind_the_stop_is_not_reached_and_a_stop_behind_the_target_costs_nothing() -> None:
    stopped = one([(100.5, 97, 99), (107, 99, 106), QUIET])
    assert (stopped.to_stop.tolist(), stopped.to_targets.ravel().tolist()) == ([1], [0, 0, 0])
    won = one([(104.5, 99, 104), (104, 97, 98), (107, 97, 106)])
    assert (won.to_stop.tolist(), won.to_targets.ravel().tolist()) == ([2], [1, 1, 0])
    assert won.r.tolist() == [1]


def test_what_reaches_neither_is_left_at_the_close_of_the_last_candle() -> None:
    assert one([QUIET, QUIET, (101.5, 99, 101)]).r.tolist() == [0.5]
    assert one([QUIET, QUIET, (101.5, 99, 101)], SHORT).r.tolist() == [-0.5]


def test_fees_are_taken_of_what_is_bought_and_of_what_is_sold() -> None:
    lost, won = one([(100, 98, 98), QUIET, QUIET], fee=0.1), one([(102, 100, 102), QUIET, QUIET], fee=0.1)
    assert lost.r[0] == pytest.approx(-1 - (0.1 + 0.098) / 2)
    assert won.r[0] == pytest.approx(1 - (0.1 + 0.102) / 2)


def test_no_side_has_neither_levels_nor_a_result() -> None:
    found = one([(110, 90, 100), QUIET, QUIET], NO_SIDE)
    assert TOUCHES[found.touched[0]] is Touched.BOTH
    assert (found.to_stop.tolist(), found.to_targets.ravel().tolist()) == ([0], [0, 0, 0])
    assert np.isnan(found.r).all()
    assert (found.highest.tolist(), found.lowest.tolist()) == ([10], [-10])


def test_nothing_is_decided_before_the_last_candle_though_a_barrier_was_touched_in_the_first() -> None:
    assert len(one([(103, 100, 102), QUIET])) == 0
    assert len(one([(103, 100, 102), QUIET, QUIET])) == 1
    assert len(one([(103, 100, 102)], horizon=1)) == 1


def test_calls_of_several_horizons_are_judged_each_by_its_own() -> None:
    candles = make_candles(200, seed=3)
    calls, arrays = calls_on_every_candle(candles), CandleArrays.of(candles)
    mixed = np.where(np.arange(len(calls)) % 2, 16, 5)
    together = outcomes_of(_with_horizon(calls, mixed), arrays, Timeframe.M15, 0.04)
    for horizon in (5, 16):
        alone = outcomes_of(_with_horizon(calls, np.full(len(calls), horizon)), arrays, Timeframe.M15, 0.04)
        here, there = mixed[together.of] == horizon, np.isin(alone.of, together.of[mixed[together.of] == horizon])
        np.testing.assert_array_equal(together.r[here], alone.r[there])
        np.testing.assert_array_equal(together.to_touch[here], alone.to_touch[there])
        np.testing.assert_array_equal(together.highest[here], alone.highest[there])


def _with_horizon(calls: Calls, horizon: np.ndarray) -> Calls:
    return Calls(
        calls.candle_open_ms, calls.close, calls.atr, calls.upper, calls.lower, horizon, calls.side, calls.levels
    )


def test_a_price_that_never_moved_has_no_excursion_in_atr() -> None:
    still = CandleArrays(START_MS + STEP * np.arange(1, 4), np.full((5, 3), 100.0))
    flat = Calls(
        np.array([START_MS]),
        *(np.array([each]) for each in (100.0, 0.0, 100.0, 100.0, 3, NO_SIDE)),
        np.full((5, 1), 100.0),
    )
    found = outcomes_of(flat, still, Timeframe.M15, 0.04)
    assert TOUCHES[found.touched[0]] is Touched.BOTH
    assert np.isnan(found.highest).all()
    assert np.isnan(found.lowest).all()


def test_no_call_and_no_candle_make_no_outcome() -> None:
    calls, arrays = calls_on_every_candle(make_candles(60)), CandleArrays.of(make_candles(60))
    assert len(outcomes_of(calls[np.zeros(0, dtype=int)], arrays, Timeframe.M15, 0.04)) == 0
    assert len(outcomes_of(calls, CandleArrays.none(), Timeframe.M15, 0.04)) == 0
