"""The REST measurement counts whole answers, and refuses a server that gives others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from scripts import rest_load
from tests import event_loop
from tests.served import served

asked: list[str] = []


def predictions(request: Request) -> Response:
    asked.append(request.url.query)
    return PlainTextResponse("x" * 30_000)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served(Starlette(routes=[Route("/api/predictions", predictions)])) as port:
        yield port


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
