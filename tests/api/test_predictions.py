"""/api/predictions: one coin, many coins, a summary."""

from __future__ import annotations

import math
import re

import pytest
from starlette.testclient import TestClient

from core.application import Application
from core.domain import Series, Timeframe
from core.signals.service import PredictionService
from core.wording.result import result_of
from tests.api.client import refusal
from tests.problems import no_model_text


def test_predictions_of_all_coins_come_in_the_shape_programs_rely_on(client: TestClient) -> None:
    body = client.get("/api/predictions").json()
    assert (body["status"], body["count"], body["timeframe"]) == ("success", 2, "15m")
    assert [p["symbol"] for p in body["predictions"]] == ["BTCUSDT", "ETHUSDT"]
    first = body["predictions"][0]
    assert {
        "symbol",
        "direction",
        "confidence",
        "probabilities",
        "model_accuracy",
        "entry",
        "stop_loss",
        "take_profits",
        "tp_eta_minutes",
        "valid_until",
    } <= set(first)
    assert set(first["probabilities"]) == {"LONG", "SHORT", "NO_TRADE"}
    assert set(first["take_profits"]) == {"tp1", "tp2", "tp3"}
    assert math.isclose(sum(first["probabilities"].values()), 1, abs_tol=1e-6)


@pytest.mark.slow
def test_every_answer_names_its_market_and_says_when_prices_are_not_real(client: TestClient) -> None:
    for path in (
        "predictions",
        "predictions/BTC",
        "predictions/BTC/summary",
        "models",
        "models/BTC/15m",
        "candles/BTC",
        "health/ready",
    ):
        market = client.get(f"/api/{path}").json()["market"]
        assert market == {
            "kind": "simulated",
            "name": "simulated",
            "notice": "Simulated market: these prices are not real.",
        }


def test_coins_without_a_prediction_are_named_with_the_reason(client: TestClient) -> None:
    unavailable = client.get("/api/predictions").json()["unavailable"]
    assert [(u["symbol"], u["code"]) for u in unavailable] == [("SOLUSDT", "no_model"), ("DOGEUSDT", "no_model")]
    assert "damaged" in unavailable[0]["reason"] or "differs" in unavailable[0]["reason"]


def test_the_short_name_of_a_coin_means_the_coin_and_counts_once(client: TestClient) -> None:
    body = client.get("/api/predictions", params={"symbols": "eth, BTC,BTCUSDT"}).json()
    assert [p["symbol"] for p in body["predictions"]] == ["ETHUSDT", "BTCUSDT"]


def test_the_api_says_what_the_board_says(client: TestClient, application: Application) -> None:
    for timeframe in Timeframe:
        signal = application.board.snapshot().signals[Series("BTCUSDT", timeframe)]
        answer = client.get("/api/predictions/BTCUSDT", params={"timeframe": timeframe}).json()
        assert signal.prediction is not None
        assert answer.items() >= result_of(signal.prediction).to_dict().items()


def test_a_request_asks_no_model(client: TestClient, application: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    def inference(*_: object) -> None:
        raise AssertionError("a request must not cost inference")

    monkeypatch.setattr(PredictionService, "predict_all", inference)
    assert client.get("/api/predictions").json()["count"] == 2
    assert client.get("/api/predictions/BTC/summary").status_code == 200


def test_only_predictions_as_confident_as_asked_are_listed(client: TestClient) -> None:
    every = client.get("/api/predictions").json()["predictions"]
    line = max(p["confidence"] for p in every)
    kept = client.get("/api/predictions", params={"min_confidence": line}).json()
    assert [p["confidence"] for p in kept["predictions"]] == [line]
    assert kept["count"] == 1


def test_only_the_direction_asked_for_is_listed(client: TestClient) -> None:
    every = client.get("/api/predictions").json()["predictions"]
    for direction in ("LONG", "short", "No_Trade"):
        listed = client.get("/api/predictions", params={"direction": direction}).json()["predictions"]
        assert listed == [p for p in every if p["direction"] == direction.upper()]


def test_only_predictions_of_a_move_as_likely_as_asked_are_listed(client: TestClient) -> None:
    every = client.get("/api/predictions").json()["predictions"]
    line = max(p["move_probability"] for p in every)
    kept = client.get("/api/predictions", params={"min_move": line}).json()["predictions"]
    assert [p["move_probability"] for p in kept] == [line]
    assert client.get("/api/predictions", params={"min_move": 0}).json()["predictions"] == every
    for wrong in ("1.01", "-0.1", "nan", "likely"):
        assert "'min_move'" in refusal(
            client.get("/api/predictions", params={"min_move": wrong}), 422, "invalid_request"
        )


def test_only_models_whose_timing_or_side_is_proven_are_listed(client: TestClient) -> None:
    every = client.get("/api/predictions").json()["predictions"]
    for question in ("timing", "side"):
        for asked in ("proven", " Proven"):
            listed = client.get("/api/predictions", params={question: asked}).json()["predictions"]
            assert listed == [p for p in every if p["trust"][question]["verdict"] == "proven"]
    assert {p["trust"]["timing"]["verdict"] for p in every} == {"proven"}
    assert {p["trust"]["side"]["verdict"] for p in every} == {"unproven"}


@pytest.mark.parametrize("question", ["timing", "side"])
@pytest.mark.parametrize("wrong", ["unproven", "worse", "true", "", "Ξ" * 100])
def test_anything_else_than_proven_is_refused_with_the_choice(client: TestClient, question: str, wrong: str) -> None:
    message = refusal(client.get("/api/predictions", params={question: wrong}), 422, "invalid_request")
    assert f"{question!r}" in message
    assert "Choose 'proven', or leave it out for all." in message


def test_when_and_which_way_multiply_to_the_probabilities(client: TestClient) -> None:
    for one in client.get("/api/predictions").json()["predictions"]:
        for side, share in one["side_probability"].items():
            assert one["move_probability"] * share == pytest.approx(one["probabilities"][side])
        assert one["usual_move_probability"] == pytest.approx(0.7)
        assert one["barriers"]["lower"] < one["entry"] < one["barriers"]["upper"]
        assert one["horizon_ends"] == "2025-09-03T16:00:00Z"


def test_a_weak_model_is_not_listed_among_the_trusted(client: TestClient) -> None:
    trusted = client.get("/api/predictions", params={"trusted": "true"}).json()["predictions"]
    doubtful = client.get("/api/predictions", params={"trusted": "false"}).json()["predictions"]
    assert "ETHUSDT" not in [p["symbol"] for p in trusted]
    assert "ETHUSDT" in [p["symbol"] for p in doubtful]
    weak = next(p for p in doubtful if p["symbol"] == "ETHUSDT")
    assert weak["trust"]["verdict"] == "weak_model"
    assert "33.0%" in weak["trust"]["reasons"][0]


def test_the_summary_of_a_coin_has_all_timeframes_and_their_confluence(client: TestClient) -> None:
    body = client.get("/api/predictions/BTC/summary").json()
    assert (body["status"], body["symbol"]) == ("success", "BTCUSDT")
    assert list(body["predictions_by_timeframe"]) == ["15m", "1h", "4h", "1d"]
    assert all(p["timeframe"] == tf for tf, p in body["predictions_by_timeframe"].items())
    assert -1 <= body["confluence"]["score"] <= 1
    assert body["confluence"]["sentence"]
    assert body["confluence"]["move"]["proven"] == ["15m", "1h", "4h", "1d"]
    assert body["confluence"]["side"]["proven"] == []


def test_the_summary_of_a_coin_without_some_models_says_which(client: TestClient) -> None:
    body = client.get("/api/predictions/SOL/summary").json()
    assert [tf for tf, p in body["predictions_by_timeframe"].items() if p is None] == ["15m"]
    assert [u["timeframe"] for u in body["unavailable"]] == ["15m"]


def test_one_coin_without_a_model_is_not_found_with_the_reason(client: TestClient) -> None:
    message = refusal(client.get("/api/predictions/DOGE"), 404, "no_model")
    assert "DOGEUSDT" in message
    assert "train_models.py" in message


@pytest.mark.parametrize(
    "address",
    [
        "predictions?timeframe=1d",
        "predictions/DOGE?timeframe=1d",
        "predictions/DOGE/summary",
        "models",
        "models/DOGE/1d",
    ],
)
def test_wherever_a_model_is_missing_the_rule_for_one_comes_first_and_the_command_last(
    client: TestClient, address: str
) -> None:
    text = client.get(f"/api/{address}").text
    command = "python scripts/train_models.py --candles FOLDER --symbols DOGEUSDT --timeframes 1d"
    assert re.search(rf'"{no_model_text("DOGEUSDT", Timeframe.D1)} Train one into [^"]+ with: {command}"', text)
