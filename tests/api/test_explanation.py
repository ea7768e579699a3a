"""/api/predictions/{symbol}/explanation: adds up to the prediction beside it, and says why where there is none."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from core.model.features import FEATURES
from tests.api.client import refusal


@pytest.mark.slow
@pytest.mark.parametrize("timeframe", ["15m", "1d"])
def test_an_explanation_adds_up_to_the_prediction_beside_it(client: TestClient, timeframe: str) -> None:
    explanation = client.get(f"/api/predictions/BTC/explanation?timeframe={timeframe}").json()
    prediction = client.get(f"/api/predictions/BTC?timeframe={timeframe}").json()
    for name in ("symbol", "timeframe", "candle_open_time", "model_version"):
        assert explanation[name] == prediction[name]
    issued = {"move": prediction["move_probability"], "side": prediction["side_probability"]["LONG"]}
    for question, probability in issued.items():
        explained = explanation[question]
        total = explained["background"] + sum(effect["added"] for effect in explained["effects"])
        assert explained["probability"] == pytest.approx(probability, abs=1e-6)
        assert total == pytest.approx(probability, abs=1e-6)
        assert sorted(name for effect in explained["effects"] for name in effect["features"]) == sorted(FEATURES)


def test_it_says_what_the_model_gets_wrong_and_how_far_it_is_proven(client: TestClient) -> None:
    explanation = client.get("/api/predictions/BTC/explanation").json()
    assert (explanation["move"]["verdict"], explanation["side"]["verdict"]) == ("proven", "unproven")
    assert explanation["move"]["test_candles"] == 1000
    trained = client.get("/api/models/BTC/15m").json()["metrics"]["periods"]["train"]
    assert explanation["background"] == {"windows": 16, "period": trained}
    for effect in explanation["move"]["effects"]:
        assert effect["below_model_error"] is (abs(effect["added"]) < explanation["move"]["model_error"])


def test_where_there_is_no_prediction_the_explanation_says_why(client: TestClient) -> None:
    assert "No model of DOGEUSDT" in refusal(client.get("/api/predictions/DOGE/explanation"), 404, "no_model")
    assert "Did you mean" in refusal(client.get("/api/predictions/BTCUSD/explanation"), 404, "unknown_symbol")
    refusal(client.get("/api/predictions/BTC/explanation?timeframe=5m"), 404, "unknown_timeframe")
    refusal(client.get("/api/predictions/BTC/explanation?hours=1"), 422, "invalid_request")
