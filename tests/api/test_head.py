"""HEAD on every address is GET without the body: the same status and headers, through compression too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from http.client import HTTPConnection, HTTPResponse

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Mount, Route

from core.api.app import create_api
from core.api.compression import Compression
from core.api.connections import TimedConnection
from core.api.head import HeadAsGet
from core.application import Application
from pages.components.shared.assets import ASSETS_PATH, PLOTLY_PATH, serve_asset
from pages.components.shared.scripts import SCRIPTS_PATH, serve_script
from tests.served import served

ADDRESSES = (
    "/api/predictions",
    "/api/predictions?timeframe=1d&symbols=BTC&trusted=true",
    "/api/predictions/BTC",
    "/api/predictions/DOGE",
    "/api/predictions/BTC/summary",
    "/api/models",
    "/api/models/BTC/15m",
    "/api/candles/BTC?limit=2",
    "/api/health/live",
    "/api/health/ready",
    "/api/docs",
    "/api/openapi.json",
    "/api/static-offline-docs/swagger-ui.css",
    "/api",
    "/api/nothing",
    "/api/predictions?limit=1",
    PLOTLY_PATH,
    f"{ASSETS_PATH}/nothing.js",
    f"{SCRIPTS_PATH}/shared/dom.js",
    f"{SCRIPTS_PATH}/shared/looks.css",
    f"{SCRIPTS_PATH}/nothing.js",
)


async def endless(_: Request) -> StreamingResponse:
    async def events() -> AsyncIterator[bytes]:
        while True:
            yield b"data: candle\n\n"
            await asyncio.sleep(0.05)

    return StreamingResponse(events(), media_type="text/event-stream")


@pytest.fixture(scope="module")
def port(application: Application) -> Iterator[int]:
    """Where a real server has everything that answers a GET."""
    api = create_api(lambda: application)
    files = [Route(ASSETS_PATH + "/{name}", serve_asset), Route(SCRIPTS_PATH + "/{name:path}", serve_script)]
    routes = [Route("/endless", endless), Mount("/api", api), *files]
    app = Starlette(routes=routes, middleware=[Middleware(HeadAsGet), Middleware(Compression)])
    with served(app, http=TimedConnection) as port:
        yield port


def asked(port: int, method: str, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def headers_of(answer: HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.getheaders() if name.lower() != "date"}


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("path", ADDRESSES)
def test_a_head_promises_what_a_get_brings(port: int, path: str, encoding: str) -> None:
    accepted = {"Accept-Encoding": encoding}
    asked(port, "GET", path, **accepted)  # a library is compressed while it is sent, and kept for whoever comes next
    get, body = asked(port, "GET", path, **accepted)
    head, nothing = asked(port, "HEAD", path, **accepted)
    assert (head.status, nothing) == (get.status, b"")
    assert headers_of(head) == headers_of(get)
    assert head.headers["Content-Length"] == str(len(body))


def test_a_head_whose_copy_is_still_right_is_told_so(port: int) -> None:
    tag = asked(port, "GET", "/api/predictions")[0].headers["ETag"]
    assert asked(port, "HEAD", "/api/predictions", **{"If-None-Match": tag})[0].status == 304


def test_a_head_of_a_stream_ends_at_once_and_the_connection_goes_on(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    for _ in range(2):
        connection.request("HEAD", "/endless")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"")
        assert answer.headers["Content-Type"].startswith("text/event-stream")
    connection.close()
