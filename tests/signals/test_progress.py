"""How far the price has gone since a call: facts, and the sentence they make."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd

from core.domain import Timeframe
from core.market.candles import CandleArrays
from core.prediction import BarrierRun
from core.signals.progress import run_since
from core.wording.sentences import run_sentence
from tests.pages.predictions import CANDLE, prediction

NOON = CANDLE + timedelta(hours=1)
ATR = prediction().atr
"""Of a call at noon at 100, whose barriers lie 2 away, which is 2.2 ATR."""


def quarters(*closes: float, opened: datetime = NOON, reach: float = 0.1) -> CandleArrays:
    """Candles of 15 minutes from ``opened`` on that close there and reach a little farther on both sides."""
    times = pd.date_range(opened, periods=len(closes), freq="15min").as_unit("ms")
    frame = pd.DataFrame({"open_time": times, "close": closes})
    return CandleArrays.of(
        frame.assign(open=frame.close, high=frame.close + reach, low=frame.close - reach, volume=1.0)
    )


def run_of(candles: CandleArrays) -> BarrierRun:
    run = run_since(prediction(), candles, Timeframe.M15)
    assert run is not None
    return run


def test_the_way_since_the_call_is_measured_in_its_atr_on_candles_that_closed_after_it() -> None:
    run = run_of(quarters(99.0, 100.0 + 0.7 * ATR, opened=NOON - timedelta(minutes=15)))
    assert round(run.atr, 6) == 0.7
    assert round(run.barrier_atr, 6) == 2.2
    assert run.until == NOON + timedelta(minutes=15)
    expected = "0.7 of 2.2 ATR already run upwards (12:15 UTC): 1.5 to the upper barrier, 2.9 to the lower."
    assert run_sentence(run) == expected


def test_before_a_candle_has_closed_since_nothing_is_said() -> None:
    assert run_since(prediction(), quarters(99.0, opened=NOON - timedelta(minutes=15)), Timeframe.M15) is None


def test_a_barrier_that_was_touched_and_left_again_is_not_forgotten() -> None:
    run = run_of(quarters(97.9, 100.0))
    assert (run.touched_lower, run.touched_upper) == (True, False)
    expected = "0.0 of 2.2 ATR already run (12:30 UTC): the lower barrier has been touched since the call."
    assert run_sentence(run) == expected


def test_both_barriers_may_have_been_touched() -> None:
    assert "both barriers have been touched" in run_sentence(run_of(quarters(98.5, 100.5, reach=1.6)))
