"""What bad requests get: a 4xx in JSON with one sentence, never a 500 or a traceback."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from core.api.errors import LONGEST_URL
from tests.api.client import ask, client_of, refusal
from tests.laws import tried


def test_an_unknown_coin_is_refused_with_a_suggestion(client: TestClient) -> None:
    for path in ("predictions/BTCUSD", "predictions/BTCUSD/summary", "models/BTCUSD/15m", "candles/BTCUSD"):
        message = refusal(client.get(f"/api/{path}"), 404, "unknown_symbol")
        assert message == "Unknown symbol 'BTCUSD'. Did you mean 'BTCUSDT'?"
    in_list = client.get("/api/predictions", params={"symbols": "ETH,BTCUSD"})
    assert "'BTCUSD'" in refusal(in_list, 404, "unknown_symbol")


@pytest.mark.parametrize(
    "written", ["BTC/USDT", "btc%2Fusdt", "BTC/USDT:USDT", "BTC-USDT-SWAP", "BTC_USDT", "BTCUSDT.P"]
)
def test_a_coin_may_be_written_as_ccxt_and_exchanges_do_in_every_address(client: TestClient, written: str) -> None:
    for path in ("predictions/{}", "predictions/{}/summary", "models/{}/15m", "candles/{}"):
        answer = client.get("/api/" + path.format(written))
        assert answer.status_code == 200, answer.text
        assert answer.json()["symbol"] == "BTCUSDT"
    assert client.get(f"/api/predictions?symbols={written},ETH").json()["count"] == 2


def test_a_coin_that_was_renamed_is_refused_with_its_name_of_today(client: TestClient) -> None:
    for path in ("predictions/RNDR", "predictions/RNDR%2FUSDT/summary", "candles/RNDR", "predictions?symbols=RNDR"):
        message = refusal(client.get(f"/api/{path}"), 404, "unknown_symbol")
        assert "RNDR is called RENDER now. Did you mean 'RENDERUSDT'?" in message or "has neither" in message


def test_an_unknown_timeframe_is_refused_with_the_choices_everywhere(client: TestClient) -> None:
    for path in (
        "predictions?timeframe=14m",
        "predictions/BTC?timeframe=14m",
        "candles/BTC?timeframe=14m",
        "models/BTC/14m",
    ):
        message = refusal(client.get(f"/api/{path}"), 404, "unknown_timeframe")
        assert "Unknown timeframe '14m'" in message
        assert "15m, 1h, 4h, 1d" in message


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("min_confidence=nan", ["min_confidence", "nan", "finite"]),
        ("min_confidence=inf", ["min_confidence", "inf"]),
        ("min_confidence=1e999", ["min_confidence", "1e999"]),
        ("min_confidence=-0.1", ["min_confidence", "-0.1", "at least 0"]),
        ("min_confidence=60", ["min_confidence", "60", "at most 1"]),
        ("min_confidence=", ["min_confidence", "number"]),
        ("min_confidence=high", ["min_confidence", "high", "number"]),
        ("trusted=perhaps", ["trusted", "perhaps", "true or false"]),
        ("direction=LNG", ["'LNG'", "Did you mean 'LONG'", "SHORT, NO_TRADE, LONG"]),
        ("direction=", ["direction", "SHORT, NO_TRADE, LONG"]),
        ("symbols=", ["symbols", "empty"]),
        ("symbols=,%20,", ["symbols", "empty"]),
        ("symbol=BTC", ["'symbol'", "Did you mean 'symbols'"]),
        ("timeframe=15m&timeframe=1h", ["'timeframe'", "2 times"]),
        ("symbols=BTC&symbols=ETH", ["'symbols'", "commas"]),
        ("%00=1", ["no parameter"]),
    ],
)
def test_an_unusable_parameter_is_refused_in_one_sentence_that_names_it(
    client: TestClient, query: str, words: list[str]
) -> None:
    message = refusal(client.get(f"/api/predictions?{query}"), 422, "invalid_request")
    assert all(word in message for word in words), message


@pytest.mark.parametrize("limit", ["0", "-1", "2001", "ten", "1.5", "9" * 400, ""])
def test_an_unusable_number_of_candles_is_refused(client: TestClient, limit: str) -> None:
    assert "'limit'" in refusal(client.get("/api/candles/BTC", params={"limit": limit}), 422, "invalid_request")


def test_an_address_without_parameters_says_so(client: TestClient) -> None:
    message = refusal(client.get("/api/predictions/BTC/summary?timeframe=1h"), 422, "invalid_request")
    assert "It takes none." in message


def test_more_symbols_than_fit_are_refused_whatever_their_number(client: TestClient) -> None:
    some = refusal(client.get("/api/predictions", params={"symbols": ",".join(["BTC"] * 201)}), 422, "invalid_request")
    assert "201 symbols" in some
    many = client.get("/api/predictions", params={"symbols": ",".join(["BTCUSDT"] * 5_000)})
    assert f"{LONGEST_URL:,}" in refusal(many, 414, "uri_too_long")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_wrong_method_is_refused_with_the_right_one(client: TestClient, method: str) -> None:
    for path in ("predictions", "predictions/BTC", "models", "candles/BTC", "health/live"):
        answer = client.request(method, f"/api/{path}")
        assert method in refusal(answer, 405, "method_not_allowed")
        assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path",
    [
        "/api/nothing",
        "/api/predictions/",
        "/api/predictions/BTC/summary/more",
        "/api/../core/settings.py",
        "/api/predictions/../../etc/passwd",
        "/api//predictions",
        "/api/static-offline-docs/../core.py",
        "/api/static-offline-docs/nothing.js",
        "/api/static-offline-docs/\x00",
        "/api/predictions/BTC\x00/x",
        "/api/" + "a/" * 500,
        "/api/\N{SNOWMAN}/x",
    ],
)
def test_a_path_that_leads_nowhere_is_not_found(api: FastAPI, path: str) -> None:
    status, body = ask(api, path, b"")
    assert (status, body["error"]) == (404, "not_found")


@pytest.mark.parametrize("name", ["..", "BTC\x00", "A" * 3000, "C:", "\\\\host\\share", "🐶", " ", "%s%n", "USDT"])
def test_an_odd_symbol_is_an_unknown_symbol(api: FastAPI, name: str) -> None:
    status, body = ask(api, f"/api/predictions/{name}", b"")
    assert (status, body["error"]) == (404, "unknown_symbol")
    assert len(body["message"]) < 200


@pytest.mark.slow
def test_a_mistyped_address_is_answered_with_the_nearest_one(client: TestClient) -> None:
    whole = [path for path in client.get("/api/openapi.json").json()["paths"] if "{" not in path]
    assert "/predictions" in whole
    for path in whole:
        assert f"Did you mean '/api{path}'?" in refusal(client.get(f"/api{path[:-1]}"), 404, "not_found")


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/api/signals/", "Ask for '/api/signals'."),
        ("/api//signals//1/", "Ask for '/api/signals/1'."),
        ("/api/ledger/", "Did you mean '/api/ledger/head'?"),
        ("/api/nowhere/", "There is nothing at '/api/nowhere/'. Did you mean"),
    ],
)
def test_nobody_is_sent_from_one_address_that_leads_nowhere_to_another(
    client: TestClient, path: str, hint: str
) -> None:
    assert hint in refusal(client.get(path), 404, "not_found")


def test_a_very_long_path_is_refused(api: FastAPI) -> None:
    status, body = ask(api, "/api/predictions/" + "A" * 70_000, b"")
    assert (status, body["error"]) == (414, "uri_too_long")


def test_an_unexpected_failure_is_logged_and_tells_the_client_nothing(caplog: pytest.LogCaptureFixture) -> None:
    class BrokenBoard:
        def strict_snapshot(self) -> None:
            raise RuntimeError("the secret of the house")

    broken = SimpleNamespace(board=BrokenBoard())
    with client_of(broken, raise_server_exceptions=False) as client, caplog.at_level(logging.ERROR):
        answer = client.get("/api/predictions")
    refusal(answer, 500, "internal_error")
    assert "secret" not in answer.text
    assert "the secret of the house" in caplog.text


PARAMETERS = st.sampled_from(
    ["timeframe", "symbols", "min_confidence", "direction", "trusted", "limit", "symbol", ""]
) | st.text(max_size=8)
VALUES = (
    st.sampled_from(["15m", "1h", "BTC", "BTC,ETH", "0.5", "nan", "-inf", "LONG", "true", "1", "%", "%00", "%ff", ";"])
    | st.text(max_size=30)
    | st.floats().map(str)
    | st.integers().map(str)
)
PIECES = st.sampled_from(
    ["predictions", "BTC", "summary", "models", "15m", "candles", "health", "..", ".", ""]
) | st.text(max_size=12)


@pytest.mark.slow
@tried(400)
@given(
    path=st.lists(PIECES, max_size=4).map("/".join),
    query=st.lists(st.tuples(PARAMETERS, VALUES), max_size=3).map(lambda pairs: "&".join(f"{k}={v}" for k, v in pairs)),
)
@example(path="predictions", query="min_confidence=\ud800")
@example(path="candles/BTC", query="limit=" + "9" * 5000)
def test_nothing_a_client_sends_breaks_the_server(api: FastAPI, path: str, query: str) -> None:
    status, body = ask(api, "/api/" + path, query.encode(errors="surrogatepass"))
    assert status in {200, 304, 307, 404, 405, 414, 422}
    if status >= 400:
        assert body["status"] == "error"
        assert body["error"]
        assert body["message"]
