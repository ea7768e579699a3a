"""What cannot be read or sent costs its own place in an answer, and no other's."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterator

import orjson
import pytest
from starlette.testclient import TestClient

from core.api import reading
from core.api.answers import entries
from core.api.errors import ApiError, error_response
from core.application import Application
from core.domain import Series, Timeframe
from core.findings import Unavailable, UnavailableKind, UnusableFiles
from core.signals.board import Signal
from tests import event_loop
from tests.api.client import client_of, refusal
from tests.pages.fake_board import FakeApplication, signal, silent
from tests.pages.predictions import prediction as hand_made

HALF_A_CHARACTER = "\ud800"
TOO_LARGE = 2**70


def named(version: str, symbol: str) -> Signal:
    made = hand_made(series=Series(symbol, Timeframe.M15), model_version=version)
    return Signal(made.series, made, 100.0, None, ())


@pytest.fixture
def client() -> Iterator[TestClient]:
    """The middle one of three predictions, and one of two problems, hold half a character."""
    odd = Unavailable(UnavailableKind.NO_MODEL, UnusableFiles(HALF_A_CHARACTER))
    board = [
        signal("BTCUSDT"),
        named(HALF_A_CHARACTER, "ETHUSDT"),
        signal("SOLUSDT"),
        silent("XRPUSDT"),
        silent("DOGEUSDT", odd),
    ]
    with client_of(FakeApplication(board)) as client:
        yield client


def test_a_prediction_that_cannot_be_sent_is_one_less_and_the_log_tells(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/api/predictions").json()
    assert [each["symbol"] for each in answer["predictions"]] == ["BTCUSDT", "SOLUSDT"]
    assert answer["count"] == 2
    assert [each["symbol"] for each in answer["unavailable"]] == ["XRPUSDT"]
    assert "ETHUSDT 15m cannot be sent" in caplog.text


@pytest.mark.slow
def test_asked_for_by_itself_it_is_unavailable(client: TestClient) -> None:
    refusal(client.get("/api/predictions/ETH"), 503, "unreadable")
    assert client.get("/api/predictions/ETH/summary").json()["predictions_by_timeframe"] == {"15m": None}
    refusal(client.get("/api/predictions/DOGE"), 404, "no_model")


def test_an_entry_that_cannot_be_made_or_sent_is_one_less(caplog: pytest.LogCaptureFixture) -> None:
    odd = {"large": TOO_LARGE, "half": HALF_A_CHARACTER, "endless": 10**5000, "nan": float("nan"), "fine": 1}

    def entry(name: str) -> dict[str, object]:
        return {"symbol": name, "value": odd[name]}

    made = entries([*odd, "missing"], entry)
    assert [each["symbol"] for each in made.made] == ["nan", "fine"]
    assert orjson.loads(orjson.dumps(made.json)) == [{"symbol": "nan", "value": None}, {"symbol": "fine", "value": 1}]
    assert "missing cannot be shown" in caplog.text


@pytest.mark.parametrize("path", ["models", "predictions"])
def test_a_list_goes_through_the_writer_of_json_once(
    path: str, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []

    def dumps(content: object) -> bytes:
        body = orjson.dumps(content)
        lists = content.values() if isinstance(content, dict) else [content]
        written.extend(len(each) for each in lists if isinstance(each, list) and each)
        return body

    monkeypatch.setattr("core.api.answers.json_bytes", dumps)
    with client_of(application) as client:
        answered = client.get(f"/api/{path}").json()
    assert sorted(written) == sorted(len(each) for each in answered.values() if isinstance(each, list))


def test_an_error_can_be_told_whatever_is_in_its_words() -> None:
    body = error_response(404, "no_model", f"The file is {HALF_A_CHARACTER}.").body
    assert b"\\ud800" in body


# ---------------------------------------------------------------- files that do not answer


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A disk that answers once it is told to; nobody waits for it for longer than a moment."""
    monkeypatch.setattr(reading, "READ_SECONDS", 0.1)
    answers = threading.Event()
    yield answers
    answers.set()


def test_who_asks_for_files_that_do_not_answer_learns_so_and_everybody_else_is_served(disk: threading.Event) -> None:
    async def ask_often() -> list[object]:
        return await asyncio.gather(*(reading.from_files(disk.wait) for _ in range(50)), return_exceptions=True)

    began, threads = time.monotonic(), threading.active_count()
    answers = event_loop.run(ask_often())
    assert {(each.code, each.status) for each in answers if isinstance(each, ApiError)} == {
        ("files_do_not_answer", 503)
    }
    assert len(answers) == 50
    assert time.monotonic() - began < 10
    assert threading.active_count() <= threads + 4
    disk.set()
    assert event_loop.run(reading.from_files(lambda: "read")) == "read"


def test_what_reading_raises_is_raised(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise ApiError(404, "no_model", "There is none.")

    with caplog.at_level(logging.ERROR), pytest.raises(ApiError, match="There is none"):
        event_loop.run(reading.from_files(broken))
    assert caplog.text == ""
