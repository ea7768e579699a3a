"""Answers made from the board alone are made once per snapshot and address, and never outlive either."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from core.api import candles, health, models, predictions, remembered
from core.api.remembered import RememberedAnswers
from core.signals.board import BoardSnapshot

made = itertools.count(1)


def counted(request: Request) -> Response:
    """Says how often it was asked, which an answer that is remembered would not."""
    assert "If-None-Match" not in request.headers
    return PlainTextResponse(f"answer {next(made)}", headers={"ETag": f'W/"{request.url.query}"'})


def refused(_: Request) -> Response:
    return PlainTextResponse(f"refusal {next(made)}", 404)


class Board:
    """A board that is given its snapshots."""

    def __init__(self) -> None:
        self.current: BoardSnapshot | None = BoardSnapshot(1, None, {})

    def snapshot(self) -> BoardSnapshot | None:
        return self.current


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def client(board: Board) -> Iterator[TestClient]:
    routes = [Route("/lists/all", counted), Route("/lists/none", refused), Route("/files", counted)]
    inside = RememberedAnswers(Starlette(routes=routes), "/lists", board.snapshot)
    with TestClient(Starlette(routes=[Mount("/api", inside)])) as client:
        yield client


def test_an_answer_is_made_once_for_everybody_who_asks_the_same(client: TestClient) -> None:
    first = client.get("/api/lists/all?a=1")
    again = client.get("/api/lists/all?a=1")
    assert again.text == first.text
    assert again.headers == first.headers
    assert client.get("/api/lists/all?a=2").text != first.text


def test_another_snapshot_means_another_answer_although_nothing_in_it_differs(client: TestClient, board: Board) -> None:
    first = client.get("/api/lists/all").text
    board.current = BoardSnapshot(1, None, {})
    assert client.get("/api/lists/all").text != first


def test_nothing_is_remembered_where_there_is_no_snapshot(client: TestClient, board: Board) -> None:
    board.current = None
    assert client.get("/api/lists/all").text != client.get("/api/lists/all").text


def test_a_refusal_is_not_remembered(client: TestClient) -> None:
    first = client.get("/api/lists/none")
    assert first.status_code == 404
    assert client.get("/api/lists/none").text != first.text


def test_what_depends_on_more_than_the_board_is_not_remembered(client: TestClient) -> None:
    assert client.get("/api/files").text != client.get("/api/files").text


@pytest.mark.parametrize("asked_before", [True, False])
def test_a_client_that_has_the_answer_is_told_so_whether_it_is_remembered_or_not(
    client: TestClient, asked_before: bool
) -> None:
    if asked_before:
        client.get("/api/lists/all?x")
    known = client.get("/api/lists/all?x", headers={"If-None-Match": 'W/"other", W/"x"'})
    assert (known.status_code, known.content) == (304, b"")
    assert known.headers["ETag"] == 'W/"x"'
    assert "Content-Length" not in known.headers
    assert client.get("/api/lists/all?x", headers={"If-None-Match": 'W/"y"'}).status_code == 200


@pytest.mark.slow
def test_addresses_made_up_to_fill_the_memory_push_out_the_oldest(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, board: Board
) -> None:
    monkeypatch.setattr(remembered, "MOST_BYTES", 200)
    board.current = BoardSnapshot(2, None, {})
    first = client.get("/api/lists/all?first").text
    assert client.get("/api/lists/all?first").text == first
    for number in range(20):
        client.get(f"/api/lists/all?{number}")
    assert client.get("/api/lists/all?first").text != first


def test_nothing_that_is_asked_needs_a_thread_of_those_that_serve_files() -> None:
    routes = [route for part in (predictions, models, candles, health) for route in part.router.routes]
    for route in routes:
        assert isinstance(route, APIRoute)
        dependencies = [dependant.call for dependant in route.dependant.dependencies]
        assert all(map(inspect.iscoroutinefunction, [route.endpoint, *dependencies])), route.path
