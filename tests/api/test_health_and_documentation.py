"""Readiness, freshness, and answers that keep what the documentation promises."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from core.api import candles, explanation, health, models, predictions
from core.application import Application
from core.errors import MarketUnavailable
from core.market.following import Following
from core.market.market import GRACE_SECONDS
from core.model.registry import ModelRegistry
from core.settings import PROJECT
from core.signals.board import SignalBoard
from core.signals.service import PredictionService
from tests.api.client import client_of, refusal
from tests.applications import StillLife, still_life


@pytest.mark.slow
def test_an_application_that_has_just_started_is_alive_but_not_ready(application: Application) -> None:
    empty = SignalBoard(PredictionService(application.feed, application.registry), application.feed)
    with client_of(replace(application, board=empty)) as client:
        assert client.get("/api/health/live").json() == {"status": "alive"}
        answer = client.get("/api/health/ready")
        refusal(answer, 503, "not_ready")
        assert answer.json()["reasons"]
        for path in ("predictions", "predictions/BTC", "predictions/BTC/summary", "models", "candles/BTC"):
            early = client.get(f"/api/{path}")
            assert "starting" in refusal(early, 503, "starting")
            assert "Retry-After" in early.headers


def test_a_board_with_predictions_is_ready(client: TestClient) -> None:
    answer = client.get("/api/health/ready")
    assert (answer.status_code, answer.json()["status"], answer.json()["predictions"]) == (200, "ready", 11)
    assert answer.json()["role"] == {"name": "all", "standing": "recording", "epoch": None}
    replay = answer.json()["replay"]
    assert (replay["state"], replay["models_done"], replay["signals"], replay["left_out"]) == ("waiting", 0, 0, 0)


@pytest.mark.slow
def test_a_board_without_any_model_is_not_ready_and_says_why(tmp_path: Path, application: Application) -> None:
    registry = ModelRegistry(tmp_path)
    board = SignalBoard(PredictionService(application.feed, registry), application.feed)
    board.recompute()
    with client_of(replace(application, registry=registry, board=board)) as client:
        answer = client.get("/api/health/ready")
        refusal(answer, 503, "not_ready")
        assert "train_models.py" in answer.json()["reasons"][0]
        assert client.get("/api/predictions").json()["count"] == 0


@pytest.mark.slow
def test_an_unchanged_answer_is_not_sent_twice_and_a_changed_one_is(tmp_path: Path) -> None:
    life = still_life(tmp_path)
    with client_of(life.application) as client:
        first = client.get("/api/predictions")
        known = {"If-None-Match": first.headers["ETag"]}
        assert first.headers["Cache-Control"] == "no-cache"
        again = client.get("/api/predictions", headers=known)
        assert (again.status_code, again.content) == (304, b"")
        assert client.get("/api/predictions?timeframe=1h", headers=known).status_code == 200

        life.clock.advance(timedelta(minutes=15))
        life.feed.refresh_once()
        changed = client.get("/api/predictions", headers=known)
        assert changed.status_code == 200
        assert changed.json()["predictions"][0]["candle_open_time"] == "2025-09-03T12:00:00Z"


def test_every_address_answers_in_the_shape_its_documentation_promises(client: TestClient) -> None:
    values = {"symbol": "BTCUSDT", "timeframe": "15m"}
    parts = (predictions, explanation, models, candles, health)  # of the ledger's, tests/api/test_ledger.py
    routes = [route for part in parts for route in part.router.routes if isinstance(route, APIRoute)]
    assert len(routes) == 10
    for route in routes:
        answer = client.get("/api" + route.path_format.format(**values))
        assert answer.status_code == 200, route.path
        route.responses[200]["model"].model_validate_json(answer.content)


@pytest.mark.slow
def test_the_documentation_lists_every_address_and_needs_no_other_host(client: TestClient) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "//" not in page.text.replace("<!-- `SwaggerUIBundle` is now available on the page -->", "").replace(
        "window.location.protocol + '//'", ""
    )
    spec = client.get("/api/openapi.json").json()
    assert set(spec["paths"]) == {
        "/predictions",
        "/predictions/{symbol}",
        "/predictions/{symbol}/summary",
        "/predictions/{symbol}/explanation",
        "/models",
        "/models/{symbol}/{timeframe}",
        "/candles/{symbol}",
        "/candles/{symbol}/forming",
        "/signals",
        "/signals/{seq}",
        "/changes",
        "/comparisons",
        "/alerts",
        "/stream",
        "/ledger/export",
        "/ledger/head",
        "/track-record",
        "/health/live",
        "/health/ready",
        "/metrics",
    }
    assert spec["servers"] == [{"url": "/api"}]
    for path, operations in spec["paths"].items():
        if not path.startswith(("/health", "/metrics")):
            assert {"200", "404", "414", "422", "503"} <= set(operations["get"]["responses"]), path


@pytest.mark.slow
def test_the_readme_lists_every_address_with_all_that_it_can_be_asked_and_no_other(api: FastAPI) -> None:
    section = (PROJECT / "README.md").read_text().partition("\n## REST API\n")[2].partition("\n\nEvery answer")[0]
    listed = {}
    for example in re.findall(r"GET /api(/[^`]*)`", section):
        path, _, query = example.partition("?")
        listed[path] = {pair.partition("=")[0] for pair in query.split("&") if pair}
    assert listed.pop("/docs") == set()
    examples = {"symbol": "BTCUSDT", "timeframe": "15m", "seq": "17"}
    documented = {
        path.format(**examples): {
            each["name"] for each in operations["get"].get("parameters", []) if each["in"] == "query"
        }
        for path, operations in api.openapi()["paths"].items()
    }
    assert listed == documented


def test_the_front_of_the_api_leads_to_its_documentation(client: TestClient) -> None:
    assert client.get("/api/").headers["Location"] == "/api/docs"


def test_other_sites_may_not_read_the_api_unless_somebody_lets_them(client: TestClient) -> None:
    answer = client.get("/api/predictions", headers={"Origin": "https://elsewhere.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]


# ---------------------------------------------------------------- time passes and nothing comes


@pytest.fixture
def own_life(tmp_path: Path) -> StillLife:
    return still_life(tmp_path)


def not_ready(client: TestClient) -> list[str]:
    answer = client.get("/api/health/ready")
    refusal(answer, 503, "not_ready")
    assert "Retry-After" in answer.headers
    return answer.json()["reasons"]


@pytest.mark.slow
def test_a_board_that_is_older_than_a_candle_is_not_ready(own_life: StillLife) -> None:
    with client_of(own_life.application) as client:
        own_life.clock.advance(timedelta(minutes=15, seconds=GRACE_SECONDS))
        assert client.get("/api/health/ready").status_code == 200
        own_life.clock.advance(timedelta(seconds=1))
        assert not_ready(client) == [
            "The newest signals were computed at 2025-09-03T12:00:00Z, more than a candle before the market's time, "
            "2025-09-03T12:15:21Z."
        ]
        own_life.feed.refresh_once()
        assert client.get("/api/health/ready").status_code == 200


@pytest.mark.slow
def test_a_market_that_has_been_away_for_long_is_not_ready_however_often_the_board_is_made_anew(
    own_life: StillLife, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise MarketUnavailable("The exchange is down.")

    state = own_life.feed._state
    assert isinstance(state, Following)
    monkeypatch.setattr(state.market, "arrays", away)
    with client_of(own_life.application) as client:
        for _ in range(3):
            own_life.clock.advance(timedelta(hours=13))
            own_life.feed.refresh_once()
        assert not_ready(client) == [
            "Every signal has expired, the last one at 2025-09-04T00:00:00Z; the market's time is 2025-09-05T03:00:00Z."
        ]


@pytest.mark.slow
def test_an_application_that_was_stopped_is_not_ready_and_says_what_stands_still(own_life: StillLife) -> None:
    with client_of(own_life.application) as client:
        own_life.application.stop()
        assert [reason.split(":")[0] for reason in not_ready(client)] == [
            "The candle feed has stopped",
            "The board has stopped",
        ]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_feed_whose_thread_has_ended_by_itself_is_not_ready_at_once(
    own_life: StillLife, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end() -> None:
        raise SystemExit

    monkeypatch.setattr(own_life.feed, "_run", end)
    with client_of(own_life.application) as client:
        assert client.get("/api/health/ready").status_code == 200
        own_life.feed.start()
        assert own_life.feed._thread is not None
        own_life.feed._thread.join()
        assert not_ready(client) == [
            "The thread that asks for candles has ended by itself: no candle comes any more. Restart Candor."
        ]


@pytest.mark.slow
def test_an_expired_prediction_says_so_wherever_it_is_answered_and_is_never_listed_as_trusted(
    own_life: StillLife,
) -> None:
    def expired(path: str) -> list[bool]:
        return [p["expired"] for p in client.get(f"/api/predictions?{path}").json()["predictions"]]

    with client_of(own_life.application) as client:
        assert expired("trusted=true") == [False] * 3
        tag = client.get("/api/predictions").headers["ETag"]
        own_life.clock.advance(timedelta(minutes=15, milliseconds=1))
        assert expired("trusted=true") == []
        assert expired("trusted=false") == [True] * 3
        assert expired("timeframe=1h&trusted=true") == [False] * 3
        changed = client.get("/api/predictions", headers={"If-None-Match": tag})
        assert changed.status_code == 200
        assert "held until 2025-09-03 12:15 UTC" in changed.json()["predictions"][0]["trust"]["reasons"][0]
        assert client.get("/api/predictions/BTC").json()["expired"]
        by_timeframe = client.get("/api/predictions/BTC/summary").json()["predictions_by_timeframe"]
        assert {name: each["expired"] for name, each in by_timeframe.items()} == {
            "15m": True,
            "1h": False,
            "4h": False,
            "1d": False,
        }
