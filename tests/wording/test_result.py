"""The face of a prediction has the first design's fields and types, and is what the API sends."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.api.answers import ConfluenceAnswer, PredictionAnswer, SkillAnswer, TrustAnswer
from core.domain import Direction, Series, Timeframe
from core.findings import Trust
from core.measured import MeasuredSkill
from core.prediction import PredictionResult, SkillResult, TrustResult
from core.signals.confluence import confluence
from core.wording.result import confluence_json, result_of
from core.wording.sentences import finding_sentence
from tests.pages.predictions import prediction
from tests.wording.facts import FINDINGS, SKILLED


def test_times_timeframe_and_direction_are_text() -> None:
    result = result_of(prediction(series=Series("ETHUSDT", Timeframe.H1)))
    assert (result.symbol, result.timeframe, result.direction) == ("ETHUSDT", "1h", "LONG")
    assert all(type(text) is str for text in (result.timeframe, result.direction, result.levels_side))
    assert result.candle_open_time == "2025-09-03T11:00:00Z"
    assert result.prediction_time == "2025-09-03T12:00:01Z"
    assert result.valid_until == "2025-09-03T13:00:00Z", "the close of the next candle"


def test_its_dictionary_holds_every_field_as_plain_data() -> None:
    side = MeasuredSkill(0.001, -0.003, 0.005, 3400)
    result = result_of(prediction(trust=Trust(FINDINGS, SKILLED, side))).to_dict()
    assert list(result) == [field.name for field in fields(PredictionResult)]
    assert json.loads(json.dumps(result)) == result
    assert result["probabilities"] == {"LONG": 0.45, "NO_TRADE": 0.3, "SHORT": 0.25}
    assert result["take_profits"] == {"tp1": 102.0, "tp2": 104.0, "tp3": 106.0}
    assert result["trust"] == {
        "verdict": "no_accuracy",
        "severity": "critical",
        "reasons": [str(finding_sentence(finding)) for finding in FINDINGS],
        "timing": {"verdict": "proven", "skill": 0.021, "interval": [0.013, 0.029], "n": 5360},
        "side": {"verdict": "unproven", "skill": 0.001, "interval": [-0.003, 0.005], "n": 3400},
    }


def test_a_model_that_was_never_tested_has_no_accuracy_at_all_and_proves_nothing() -> None:
    result = result_of(prediction(accuracy=None))
    assert (result.model_accuracy, result.test_candles, result.majority_accuracy) == (None, None, None)
    untested = {"verdict": "untested", "skill": None, "interval": None, "n": None}
    assert result.trust.to_dict()["timing"] == result.trust.to_dict()["side"] == untested


def test_when_and_which_way_are_told_apart_with_the_prices_and_the_time_they_are_about() -> None:
    result = result_of(prediction()).to_dict()
    assert result["move_probability"] == pytest.approx(0.7)
    assert result["usual_move_probability"] == 0.65
    assert result["side_probability"] == pytest.approx({"LONG": 0.45 / 0.7, "SHORT": 0.25 / 0.7})
    assert result["barriers"] == {"upper": 102.0, "lower": 98.0}
    assert result["horizon_ends"] == "2025-09-04T04:00:00Z", "16 candles of an hour after the close at noon"


@pytest.mark.parametrize("side", [Direction.LONG, Direction.SHORT])
def test_barriers_are_the_same_two_prices_whichever_side_the_levels_are_of(side: Direction) -> None:
    assert result_of(prediction(side, side)).barriers == {"upper": 102.0, "lower": 98.0}


SHARES = st.tuples(*[st.floats(0, 1)] * 3).filter(lambda three: sum(three) > 0)


@given(SHARES)
def test_the_two_answers_multiply_to_the_three_probabilities(shares: tuple[float, float, float]) -> None:
    probabilities = dict(zip(Direction, (share / sum(shares) for share in shares), strict=True))
    result = result_of(prediction(probabilities=probabilities)).to_dict()
    assert 0 <= result["move_probability"] <= 1
    assert sum(result["side_probability"].values()) == pytest.approx(1)
    for side, share in result["side_probability"].items():
        assert result["move_probability"] * share == pytest.approx(probabilities[Direction(side)], abs=1e-12)


def test_levels_are_of_the_likelier_side_where_no_trade_is_called() -> None:
    result = result_of(prediction(Direction.NO_TRADE, Direction.SHORT))
    assert (result.direction, result.levels_side) == ("NO_TRADE", "SHORT")
    assert result.stop_loss > result.entry > result.take_profits["tp1"]


def test_the_face_of_one_prediction_is_made_once() -> None:
    one = prediction()
    assert result_of(one) is result_of(one)
    assert result_of(prediction()) is not result_of(one)


def test_the_apis_documentation_names_every_field_that_is_sent() -> None:
    assert set(PredictionAnswer.model_fields) == {field.name for field in fields(PredictionResult)}
    assert set(TrustAnswer.model_fields) == {field.name for field in fields(TrustResult)}
    assert set(SkillAnswer.model_fields) == {field.name for field in fields(SkillResult)}
    assert set(ConfluenceAnswer.model_fields) == set(confluence_json(confluence({})))
