"""/api/models and /api/candles."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.testclient import TestClient

from core.application import Application
from core.domain import Series, Timeframe
from core.errors import BadCandles
from tests.api.client import client_of, refusal
from tests.applications import COINS, StillLife, still_life
from tests.hand_made_models import publish_ensemble


def test_models_are_listed_with_their_state_and_accuracy(client: TestClient) -> None:
    body = client.get("/api/models").json()
    states = {(m["symbol"], m["timeframe"]): m["state"] for m in body["models"]}
    assert len(states) == len(COINS) * len(Timeframe)
    assert states["BTCUSDT", "1d"] == states["ETHUSDT", "15m"] == "available"
    assert states["SOLUSDT", "15m"] == "unusable"
    assert states["DOGEUSDT", "15m"] == "missing"
    assert body["count"] == 11
    weak = next(m for m in body["models"] if m["symbol"] == "ETHUSDT" and m["timeframe"] == "15m")
    assert weak["accuracy_band"] == "weak"
    assert weak["findings"]


def test_models_are_listed_with_what_is_proven_of_when_and_of_which_way(client: TestClient) -> None:
    listed = {(m["symbol"], m["timeframe"]): m for m in client.get("/api/models").json()["models"]}
    fair = listed["BTCUSDT", "1d"]
    assert fair["skill"] == {"verdict": "proven", "skill": 0.045, "interval": [0.03, 0.06], "n": 1000}
    assert fair["timing"] == {"verdict": "proven", "skill": 0.07, "interval": [0.05, 0.09], "n": 1000}
    assert fair["timing_over_clock"] == {"verdict": "proven", "skill": 0.02, "interval": [0.01, 0.03], "n": 1000}
    assert fair["side"] == {"verdict": "unproven", "skill": 0.0, "interval": [-0.003, 0.003], "n": 680}
    assert client.get("/api/models/BTC/1d").json()["side"] == fair["side"]
    missing = listed["DOGEUSDT", "15m"]
    assert missing["skill"] is missing["timing"] is missing["side"] is None


def test_each_model_says_which_one_was_tested_and_one_alone_what_its_recipe_did_before(client: TestClient) -> None:
    one = client.get("/api/models/BTC/1d").json()
    assert one["tested"].startswith("Tested as it is, trained until ")
    assert one["walk_forward"] == {"reason": "not_evaluated"}
    listed = {(m["symbol"], m["timeframe"]): m["tested"] for m in client.get("/api/models").json()["models"]}
    assert listed["BTCUSDT", "1d"] == one["tested"]
    assert listed["DOGEUSDT", "15m"] is None


@pytest.mark.slow
def test_models_say_which_kind_they_are(tmp_path: Path) -> None:
    life = still_life(tmp_path)
    publish_ensemble(tmp_path, "BTCUSDT", Timeframe.M15)
    life.board.recompute()
    with client_of(life.application) as client:
        listed = {(m["symbol"], m["timeframe"]): m["model_kind"] for m in client.get("/api/models").json()["models"]}
        one = client.get("/api/models/BTC/15m").json()
        predicted = client.get("/api/predictions?timeframe=15m").json()["predictions"]
    assert (listed["BTCUSDT", "15m"], listed["BTCUSDT", "1h"], listed["DOGEUSDT", "15m"]) == (
        "ensemble",
        "cnn_lstm",
        None,
    )
    assert (one["model_kind"], one["metrics"]["kind"], one["metrics"]["network_share"]) == ("ensemble", "ensemble", 0.4)
    assert [p["model_kind"] for p in predicted] == ["ensemble", "cnn_lstm", "cnn_lstm"]


def test_one_model_comes_with_the_whole_of_its_metrics(client: TestClient, life: StillLife) -> None:
    body = client.get("/api/models/BTC/15m").json()
    stated = json.loads((life.models_dir / "BTCUSDT" / "15m" / "metrics.json").read_text())
    assert body["metrics"]["test"] == stated["test"]
    assert body["metrics"]["periods"] == stated["periods"]


@pytest.mark.parametrize(("address", "state"), [("SOL/15m", "unusable"), ("DOGE/1d", "missing")])
def test_a_model_that_cannot_be_used_says_why(client: TestClient, address: str, state: str) -> None:
    body = client.get(f"/api/models/{address}").json()
    assert (body["status"], body["state"], body["metrics"]) == ("success", state, None)
    assert body["reason"]


def test_candles_are_those_of_the_feed_oldest_first(client: TestClient, application: Application) -> None:
    body = client.get("/api/candles/BTC", params={"timeframe": "1h", "limit": 3}).json()
    frame = application.feed.candles("BTCUSDT", Timeframe.H1).tail(3)
    assert (body["symbol"], body["timeframe"], body["count"], body["state"]) == ("BTCUSDT", "1h", 3, "fresh")
    assert [c["open_time"] for c in body["candles"]] == [
        "2025-09-03T09:00:00Z",
        "2025-09-03T10:00:00Z",
        "2025-09-03T11:00:00Z",
    ]
    assert [c["close"] for c in body["candles"]] == frame["close"].tolist()


def test_candles_that_the_market_sent_broken_are_unavailable_with_the_reason(application: Application) -> None:
    def broken(*_: object) -> None:
        raise BadCandles("The candle of 2025-08-31 09:00 UTC is there twice.")

    feed = SimpleNamespace(arrays=broken)
    with client_of(SimpleNamespace(board=application.board, feed=feed)) as client:
        answer = client.get("/api/candles/BTC")
    assert "is there twice" in refusal(answer, 503, "bad_candles")
    assert int(answer.headers["Retry-After"]) > 0


def test_the_candle_that_is_open_now_is_told_where_it_is_heard_of(client: TestClient, life: StillLife) -> None:
    address = "/api/candles/BTC/forming?timeframe=1h"
    assert client.get(address).json()["candle"]["open_time"] == "2025-09-03T12:00:00Z"  # as the simulated market has it
    open_ms = int(life.clock.now().timestamp()) // 900 * 900_000
    life.application.hints.hear(Series("BTCUSDT", Timeframe.M15), [(open_ms, 1.0, 2.0, 0.5, 1.5, 3.0)])
    content = client.get(address).json()
    assert (content["symbol"], content["timeframe"], content["market"]["kind"]) == ("BTCUSDT", "1h", "simulated")
    assert content["candle"] == {
        "open_time": "2025-09-03T12:00:00Z", "open": 1.0, "high": 2.0, "low": 0.5, "close": 1.5, "volume": 3.0,
    }  # fmt: skip
    refusal(client.get("/api/candles/NOSUCH/forming"), 404, "unknown_symbol")
