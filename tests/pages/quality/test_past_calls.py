from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from core.domain import Direction, Timeframe
from core.market.market import MarketIdentity
from core.model.metrics import ModelMetrics
from core.model.scores import wilson_interval
from core.signals.labels import NO_LABEL, label_candles
from pages.components.quality.past_calls import (
    PastCalls,
    dependence_sentence,
    judge_past_calls,
    market_sentence,
    mistake_sentence,
    nothing_judged_sentence,
)
from tests.hand_made_models import metrics, sealed
from tests.made_candles import make_candles

CANDLES = make_candles(300)


def described(**changes) -> ModelMetrics:
    return ModelMetrics.model_validate(sealed(metrics("BTCUSDT", Timeframe.M15, **changes)))


def calling(direction: Direction, candles: pd.DataFrame = CANDLES, first: int = 100) -> pd.DataFrame:
    """What a model says that always calls ``direction`` with 50 %, from its ``first`` full window on."""
    history = pd.DataFrame(0.25, index=candles["open_time"].iloc[first:], columns=[d.value for d in Direction])
    history[direction.value] = 0.5
    return history


def test_a_call_is_right_exactly_where_its_label_happened() -> None:
    label, touch = label_candles(CANDLES, Timeframe.M15)
    calls = judge_past_calls(calling(Direction.LONG), CANDLES, described())
    judged = calls.judged
    assert len(judged) == (label[100:] != NO_LABEL).sum() == 184
    assert calls.undecided == 16
    assert list(judged["happened"]) == [list(Direction)[n].value for n in label[100:284]]
    assert list(judged["candles_to_barrier"]) == list(touch[100:284])
    assert list(calls.wrong["open_time"]) == list(judged.loc[judged["happened"] != "LONG", "open_time"])[::-1]
    assert set(judged["confidence"]) == {0.5}


def test_past_calls_are_judged_by_the_models_own_barriers() -> None:
    near = judge_past_calls(calling(Direction.NO_TRADE), CANDLES, described(barrier_atr_multiple=0.5))
    far = judge_past_calls(calling(Direction.NO_TRADE), CANDLES, described(barrier_atr_multiple=10.0))
    assert len(near.wrong) > len(far.wrong)
    short = judge_past_calls(calling(Direction.LONG), CANDLES, described(horizon_candles=4))
    assert (short.undecided, short.horizon) == (4, 4)


def test_overlapping_calls_are_worth_as_many_as_do_not_overlap() -> None:
    calls = judge_past_calls(calling(Direction.LONG), CANDLES, described())
    right = 1 - len(calls.wrong) / len(calls.judged)
    assert calls.worth == len(calls.judged) / 16
    assert calls.right_interval == wilson_interval(right * calls.worth, calls.worth)
    low, high = calls.right_interval
    assert high - low > 0.3
    assert f"right {low:.1%}".replace("%", "\u00a0%") in dependence_sentence(calls)


def test_the_last_calls_before_a_gap_stay_open() -> None:
    gapped = CANDLES.drop(index=200).reset_index(drop=True)
    calls = judge_past_calls(
        calling(Direction.LONG, gapped).drop(index=gapped["open_time"].iloc[200:214]), gapped, described()
    )
    missing = set(gapped["open_time"].iloc[184:200])
    assert not missing & set(calls.judged["open_time"])


def test_no_history_gives_no_calls_and_says_why() -> None:
    calls = judge_past_calls(calling(Direction.LONG, first=300), CANDLES, described())
    assert calls.judged.empty
    assert calls.wrong.empty
    assert "too few candles" in nothing_judged_sentence(calls)
    open_ones = judge_past_calls(calling(Direction.LONG, first=290), CANDLES, described())
    assert nothing_judged_sentence(open_ones).startswith("No past call can be judged yet: 10 are still open")
    assert mistake_sentence(calls) == dependence_sentence(calls) == ""


def past(n: int, called: str = "LONG", happened: str = "SHORT", start: str = "2024-06-01") -> PastCalls:
    times = pd.date_range(start, periods=n, freq="15min", tz="UTC")
    frame = pd.DataFrame(
        {"open_time": times, "called": called, "confidence": 0.5, "happened": happened, "candles_to_barrier": 3}
    )
    return PastCalls(frame, 16, 16)


def test_overlapping_calls_are_said_to_tell_as_much_as_a_few_independent_ones() -> None:
    assert "374 overlapping calls tell about as much as 23 independent ones" in dependence_sentence(past(374))
    assert "1 overlapping call tells about as much as 1 independent one:" in dependence_sentence(past(1))


def test_the_most_frequent_mistake_is_named() -> None:
    mixed = pd.concat([past(3).judged, past(2, "SHORT", "NO_TRADE").judged, past(4, "LONG", "LONG").judged])
    assert mistake_sentence(PastCalls(mixed, 0, 16)) == (
        "Most frequent mistake: LONG was called, the outcome was lower first (3 of 5 wrong calls)."
    )
    assert mistake_sentence(past(4, "LONG", "LONG")) == ""


PERIODS = {
    "train": {"from": "2024-01-01T00:00:00Z", "to": "2024-03-01T00:00:00Z"},
    "validation": {"from": "2024-03-02T00:00:00Z", "to": "2024-04-01T00:00:00Z"},
    "test": {"from": "2024-04-02T00:00:00Z", "to": "2024-05-01T00:00:00Z"},
}


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2024-02-28", "10 of the 10 judged candles lie in the period the model was fitted on"),
        ("2024-03-15", "10 of the 10 judged candles lie in the period the model was fitted on"),
        ("2024-04-15", "10 of the 10 judged candles lie in its test period"),
        ("2025-01-01", "they are new to it"),
    ],
)
def test_a_recording_says_whether_the_model_knew_what_happened(start: str, expected: str) -> None:
    market = MarketIdentity("recorded", "recorded", "Recorded market")
    text = market_sentence(past(10, start=start), market, described(periods=PERIODS))
    assert text.startswith("These are recorded candles.")
    assert expected in text


def test_a_simulated_market_says_nothing_about_how_good_the_model_is() -> None:
    simulated = MarketIdentity("simulated", "simulated", "Simulated market")
    assert "says nothing about how good" in market_sentence(past(10), simulated, described())
    assert market_sentence(past(10), None, described()) == ""


def test_judging_needs_no_candle_after_the_horizon() -> None:
    whole = judge_past_calls(calling(Direction.LONG), CANDLES, described())
    early = CANDLES.iloc[:220]
    cut = judge_past_calls(calling(Direction.LONG, early), early, described())
    pd.testing.assert_frame_equal(cut.judged, whole.judged.iloc[: len(cut.judged)])
    assert cut.judged["open_time"].iloc[-1] == early["open_time"].iloc[-1] - timedelta(minutes=15 * 16)
    assert np.isin(cut.judged["happened"], list(Direction)).all()
