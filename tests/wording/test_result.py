"""The face of a prediction has the first design's fields and types, and is what the API sends."""

from __future__ import annotations

import json
from dataclasses import fields

from core.api.answers import ConfluenceAnswer, PredictionAnswer, TrustAnswer
from core.domain import Direction, Series, Timeframe
from core.findings import Trust
from core.prediction import PredictionResult, TrustResult
from core.signals.confluence import confluence
from core.wording.result import confluence_json, result_of
from core.wording.sentences import finding_sentence
from tests.pages.predictions import prediction
from tests.wording.facts import FINDINGS


def test_times_timeframe_and_direction_are_text() -> None:
    result = result_of(prediction(series=Series("ETHUSDT", Timeframe.H1)))
    assert (result.symbol, result.timeframe, result.direction) == ("ETHUSDT", "1h", "LONG")
    assert all(type(text) is str for text in (result.timeframe, result.direction, result.levels_side))
    assert result.candle_open_time == "2025-09-03T11:00:00Z"
    assert result.prediction_time == "2025-09-03T12:00:01Z"
    assert result.valid_until == "2025-09-03T13:00:00Z", "the close of the next candle"


def test_its_dictionary_holds_every_field_as_plain_data() -> None:
    said = result_of(prediction(trust=Trust(FINDINGS))).to_dict()
    assert list(said) == [field.name for field in fields(PredictionResult)]
    assert json.loads(json.dumps(said)) == said
    assert said["probabilities"] == {"LONG": 0.45, "NO_TRADE": 0.3, "SHORT": 0.25}
    assert said["take_profits"] == {"tp1": 102.0, "tp2": 104.0, "tp3": 106.0}
    assert said["trust"] == {
        "verdict": "no_accuracy",
        "severity": "critical",
        "reasons": [str(finding_sentence(finding)) for finding in FINDINGS],
    }


def test_a_model_that_was_never_tested_has_no_accuracy_at_all() -> None:
    result = result_of(prediction(accuracy=None))
    assert (result.model_accuracy, result.test_candles, result.majority_accuracy) == (None, None, None)


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
    assert set(ConfluenceAnswer.model_fields) == set(confluence_json(confluence({})))
