"""The examples of the first design: single, batch, every timeframe, labels, registry, quick test."""

import json

import pytest

from core.application import get_registry
from core.domain import DIRECTION_TO_LABEL, LABEL_TO_DIRECTION
from core.inference_service import InferenceService
from core.model.registry import ModelRegistry
from core.prediction import PredictionResult
from core.settings import get_settings
from tests.applications import COINS, still_life

TIMEFRAMES = ["15m", "1h", "4h", "1d"]


@pytest.fixture(scope="module")
def life(tmp_path_factory):
    return still_life(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def service(life) -> InferenceService:
    return life.service


def test_a_single_prediction_has_everything_a_signal_needs(service):
    result = service.predict("BTCUSDT", "15m")

    assert isinstance(result, PredictionResult)
    assert (result.symbol, result.timeframe) == ("BTCUSDT", "15m")
    assert result.direction in {"LONG", "SHORT", "NO_TRADE"}
    assert set(result.probabilities) == {"LONG", "SHORT", "NO_TRADE"}
    assert sum(result.probabilities.values()) == pytest.approx(1.0)
    assert result.confidence == max(result.probabilities.values()) == result.probabilities[result.direction]
    assert result.model_accuracy == pytest.approx(0.48)
    assert set(result.take_profits) == {"tp1", "tp2", "tp3"}
    assert result.tp_eta_minutes == 105
    assert result.candle_open_time == "2025-09-03T11:45:00Z"
    assert result.prediction_time == "2025-09-03T12:00:00Z"
    assert result.valid_until == "2025-09-03T12:15:00Z"
    assert result.model_version == "hand-made"


def test_a_prediction_survives_the_way_through_json(service):
    result = service.predict("ETHUSDT", "1h")
    assert json.loads(json.dumps(result.to_dict())) == result.to_dict()
    assert set(result.to_dict()["trust"]) == {"verdict", "severity", "reasons", "timing", "side"}


def test_a_batch_answers_every_symbol_and_takes_btc_for_btcusdt(service):
    results = service.predict_batch(["BTC", "ETHUSDT", "SOL"], "15m")
    assert list(results) == ["BTCUSDT", "ETHUSDT", "SOLUSDT"]
    assert results["BTC"] is results["BTCUSDT"]
    assert results["BTC"] == service.predict("BTCUSDT", "15m")


def test_a_symbol_without_a_model_is_none_beside_the_others(service):
    results = service.predict_batch(list(COINS), "4h")
    assert results["DOGEUSDT"] is None
    assert results["BTCUSDT"] is not None


def test_the_loop_over_timeframes_and_the_one_call_for_all_of_them_agree(service):
    at_once = service.predict_timeframes("BTCUSDT")
    assert list(at_once) == TIMEFRAMES
    for timeframe in TIMEFRAMES:
        assert at_once[timeframe] == service.predict("BTCUSDT", timeframe)


def test_labels_and_directions_are_each_others_inverse():
    assert LABEL_TO_DIRECTION == {0: "SHORT", 1: "NO_TRADE", 2: "LONG"}
    assert {DIRECTION_TO_LABEL[direction]: direction for direction in DIRECTION_TO_LABEL} == LABEL_TO_DIRECTION


def test_the_registry_answers_for_a_model_that_is_there(life):
    registry = life.application.registry
    assert registry.is_model_available("BTCUSDT", "15m")
    assert registry.get_model_accuracy("BTCUSDT", "15m") == pytest.approx(0.48)
    assert registry.load_metadata("BTCUSDT", "15m").symbol == "BTCUSDT"
    assert registry.load_model("BTCUSDT", "15m") is registry.load_model("BTC", "15m")
    assert registry.load_scaler("BTCUSDT", "15m").n_features_in_ == 15
    assert ("SOLUSDT", "1d") in registry.available()


def test_the_registry_answers_for_a_model_that_is_not_there(life):
    registry = life.application.registry
    assert not registry.is_model_available("DOGEUSDT", "15m")
    assert registry.get_model_accuracy("DOGEUSDT", "15m") is None
    with pytest.raises(FileNotFoundError, match="train_models"):
        registry.load_model("DOGEUSDT", "15m")


def test_the_quick_test_needs_nothing_but_the_settings(life, monkeypatch):
    monkeypatch.setenv("CANDOR_MARKET", "simulated")
    monkeypatch.setenv("CANDOR_MODELS_DIR", str(life.models_dir))
    get_settings.cache_clear()
    try:
        result = InferenceService().predict("BTCUSDT", "15m")
        assert result is not None
        assert result.direction in LABEL_TO_DIRECTION.values()
        assert isinstance(get_registry(), ModelRegistry)
        assert get_registry() is get_registry()
    finally:
        get_settings.cache_clear()
