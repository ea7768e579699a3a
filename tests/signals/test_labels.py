from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import DIRECTION_TO_LABEL, Timeframe
from core.market.candles import gap_free_segments
from core.model.barriers import ATR_PERIOD, BARRIER_ATR_MULTIPLE, HORIZON_CANDLES, average_true_range
from core.signals.labels import NO_LABEL, label_candles
from tests.laws import tried
from tests.made_candles import make_candles

SHORT, NO_TRADE, LONG = (DIRECTION_TO_LABEL[d] for d in ("SHORT", "NO_TRADE", "LONG"))


def slow_labels(candles: pd.DataFrame) -> tuple[list[int], list[int]]:
    """The definition, read aloud: one candle at a time, one step ahead at a time."""
    labels, touches = [NO_LABEL] * len(candles), [0] * len(candles)
    for segment in gap_free_segments(candles, Timeframe.M15):
        part = candles.iloc[segment].reset_index(drop=True)
        if len(part) <= ATR_PERIOD:
            continue
        atr = average_true_range(*(part[c].to_numpy() for c in ("high", "low", "close")))
        for t in range(ATR_PERIOD, len(part) - HORIZON_CANDLES):
            upper = part["close"][t] + BARRIER_ATR_MULTIPLE * atr[t]
            lower = part["close"][t] - BARRIER_ATR_MULTIPLE * atr[t]
            labels[segment.start + t] = NO_TRADE
            for ahead in range(1, HORIZON_CANDLES + 1):
                up, down = part["high"][t + ahead] >= upper, part["low"][t + ahead] <= lower
                if up or down:
                    if up != down:
                        labels[segment.start + t] = LONG if up else SHORT
                        touches[segment.start + t] = ahead
                    break
    return labels, touches


@pytest.mark.slow
@tried(15)
@given(seed=st.integers(0, 10_000), gaps=st.sets(st.integers(1, 119), max_size=3))
def test_labels_are_those_of_the_slow_obvious_reading(seed: int, gaps: set[int]) -> None:
    candles = make_candles(120, seed=seed).drop(index=sorted(gaps)).reset_index(drop=True)
    label, touch = label_candles(candles, Timeframe.M15)
    expected_label, expected_touch = slow_labels(candles)
    assert label.tolist() == expected_label
    assert touch.tolist() == expected_touch


@tried(15)
@given(seed=st.integers(0, 10_000))
def test_the_mirror_image_of_a_chart_swaps_long_and_short(seed: int) -> None:
    candles = make_candles(200, seed=seed)
    top = 2 * candles["high"].max()
    mirrored = candles.assign(
        open=top - candles["open"], high=top - candles["low"], low=top - candles["high"], close=top - candles["close"]
    )
    label, touch = label_candles(candles, Timeframe.M15)
    mirrored_label, mirrored_touch = label_candles(mirrored, Timeframe.M15)
    np.testing.assert_array_equal(mirrored_label, np.where(label == NO_LABEL, NO_LABEL, 2 - label))
    np.testing.assert_array_equal(mirrored_touch, touch)


def test_a_candle_whose_horizon_is_not_over_has_no_label() -> None:
    label, _ = label_candles(make_candles(200), Timeframe.M15)
    assert (label[-HORIZON_CANDLES:] == NO_LABEL).all()
    assert label[-HORIZON_CANDLES - 1] != NO_LABEL


def test_no_label_looks_across_a_gap() -> None:
    candles = make_candles(200).drop(index=100).reset_index(drop=True)
    label, _ = label_candles(candles, Timeframe.M15)
    assert (label[100 - HORIZON_CANDLES : 100] == NO_LABEL).all()
    assert (label[100 : 100 + ATR_PERIOD] == NO_LABEL).all()
    assert label[100 - HORIZON_CANDLES - 1] != NO_LABEL


def test_a_candle_that_touches_both_barriers_at_once_is_no_trade() -> None:
    candles = make_candles(100)
    close = candles["close"][50]
    candles.loc[51, ["open", "close"]] = close
    candles.loc[51, ["high", "low"]] = [close * 1.5, close * 0.5]
    label, touch = label_candles(candles, Timeframe.M15)
    assert (label[50], touch[50]) == (NO_TRADE, 0)


def test_labels_do_not_change_when_later_candles_arrive() -> None:
    candles = make_candles(200)
    whole, _ = label_candles(candles, Timeframe.M15)
    early, _ = label_candles(candles.iloc[:120], Timeframe.M15)
    np.testing.assert_array_equal(early[: 120 - HORIZON_CANDLES], whole[: 120 - HORIZON_CANDLES])


def test_a_nearer_barrier_is_touched_sooner_and_a_longer_horizon_decides_more() -> None:
    candles = make_candles(300)
    _, near_touch = label_candles(candles, Timeframe.M15, barrier_atr_multiple=1.0)
    far, far_touch = label_candles(candles, Timeframe.M15)
    both = (near_touch > 0) & (far_touch > 0)
    assert (near_touch[both] <= far_touch[both]).all()
    longer, _ = label_candles(candles, Timeframe.M15, horizon=64)
    known = longer != NO_LABEL
    assert (longer[known] == NO_TRADE).sum() < (far[known] == NO_TRADE).sum()
