"""The REST measurement counts whole answers, and refuses a server that gives others."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from scripts import rest_load
from tests import event_loop

asked: list[str] = []


def predictions(request: Request) -> Response:
    asked.append(request.url.query)
    return PlainTextResponse("x" * 30_000)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        app = Starlette(routes=[Route("/api/predictions", predictions)])
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=30)


@pytest.mark.parametrize("seconds", [0.0, 0.05])
def test_a_rate_is_of_answers_that_came_whole(port: int, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(rest_load, "TURN_SECONDS", seconds)
    asked.clear()
    rate = event_loop.run(rest_load._rate(port, connections=3))
    assert len(asked) >= 3
    assert set(asked) == {"timeframe=15m"}
    assert rate > 0


def test_a_server_that_refuses_is_not_measured(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rest_load, "PATH", "/nothing")
    with pytest.raises(RuntimeError, match="404"):
        event_loop.run(rest_load._rate(port, connections=1))
