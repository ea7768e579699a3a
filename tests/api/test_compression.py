"""What leaves the server is compressed once, streams are not held up, and nobody gets what they did not ask for."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from http.client import HTTPConnection

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from core.api import compression
from core.api.compression import Compression, takes_gzip

LONG = "candle " * 1000
IMMUTABLE = {"Cache-Control": "public, immutable, max-age=31536000"}
released = threading.Event()
asked = itertools.count(1)


def text(_: Request) -> Response:
    return PlainTextResponse(LONG, headers={"ETag": '"1"'})


def short(_: Request) -> Response:
    return PlainTextResponse("candle")


def picture(_: Request) -> Response:
    return Response(LONG.encode(), media_type="image/png")


def encoded(_: Request) -> Response:
    return Response(b"br" * 1000, media_type="text/plain", headers={"Content-Encoding": "br"})


def seen(request: Request) -> Response:
    return PlainTextResponse(request.headers.get("Accept-Encoding", "nothing"))


def library(_: Request) -> Response:
    """Says how often it was asked, which a file that never changes would not."""
    return PlainTextResponse(f"{next(asked)} {LONG}", headers=IMMUTABLE)


def personal(_: Request) -> Response:
    answer = PlainTextResponse(f"{next(asked)} {LONG}", headers=IMMUTABLE)
    answer.set_cookie("who", "me")
    return answer


def tagged(request: Request) -> Response:
    """Says how often it was asked; its ETag is what the client's ``tag`` says it is."""
    return PlainTextResponse(f"{next(asked)} {LONG}", headers={"ETag": request.headers["tag"]})


async def events(_: Request) -> Response:
    async def two() -> AsyncIterator[str]:
        yield "data: one\n\n"
        while not released.is_set():
            await asyncio.sleep(0.01)
        yield "data: two\n\n"

    return StreamingResponse(two(), media_type="text/event-stream")


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(await socket.receive_text())
    await socket.close()


def inner() -> Starlette:
    handlers = (text, short, picture, encoded, seen, library, personal, tagged, events)
    return Starlette(routes=[Route(f"/{each.__name__}", each) for each in handlers] + [WebSocketRoute("/echo", echo)])


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(Compression(inner()), headers={"Accept-Encoding": "gzip"}) as client:
        yield client


@pytest.fixture
def port() -> Iterator[int]:
    """Where a real server listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(Compression(inner()), log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            released.set()
            server.should_exit = True
            thread.join(timeout=30)


def test_text_goes_out_compressed(client: TestClient) -> None:
    answer = client.get("/text")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) < len(LONG) / 20
    assert answer.text == LONG


def test_a_compressed_body_does_not_claim_to_be_the_plain_one_byte_for_byte(client: TestClient) -> None:
    assert client.get("/text").headers["ETag"] == 'W/"1"'
    assert client.get("/text", headers={"Accept-Encoding": "identity"}).headers["ETag"] == '"1"'


def test_caches_on_the_way_keep_both_apart(client: TestClient) -> None:
    assert client.get("/text").headers["Vary"] == "Accept-Encoding"
    assert client.get("/text", headers={"Accept-Encoding": "identity"}).headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/short", "/picture"])
def test_what_would_not_shrink_goes_out_as_it_is(client: TestClient, path: str) -> None:
    assert "Content-Encoding" not in client.get(path).headers


def test_what_is_compressed_already_is_not_compressed_again(client: TestClient) -> None:
    with client.stream("GET", "/encoded") as answer:
        assert answer.headers["Content-Encoding"] == "br"
        assert b"".join(answer.iter_raw()) == b"br" * 1000


def test_nothing_inside_compresses_by_itself(client: TestClient) -> None:
    assert client.get("/seen").text == "nothing"


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("br;q=1.0, GZIP;q=0.5", True),
        ("*", True),
        ("", False),
        ("identity", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*;q=0", False),
        ("gzip;q=nonsense", True),
    ],
)
def test_a_client_gets_gzip_only_where_it_says_so(client: TestClient, header: str, taken: bool) -> None:
    assert takes_gzip(header) is taken
    answer = client.get("/text", headers={"Accept-Encoding": header})
    assert ("Content-Encoding" in answer.headers) is taken
    assert answer.text == LONG


def test_a_file_that_never_changes_is_compressed_once(client: TestClient) -> None:
    first = client.get("/library")
    again = client.get("/library")
    assert again.text == first.text
    assert again.headers["Cache-Control"] == IMMUTABLE["Cache-Control"]
    assert again.headers["Vary"] == "Accept-Encoding"


def test_an_answer_with_the_same_tag_is_compressed_once(client: TestClient) -> None:
    first, again, changed = (client.get("/tagged", headers={"tag": tag}) for tag in ('"1"', 'W/"1"', '"2"'))
    assert again.text == first.text != changed.text
    assert (first.headers["ETag"], again.headers["ETag"], changed.headers["ETag"]) == ('W/"1"', 'W/"1"', 'W/"2"')
    assert again.headers["Content-Length"] == first.headers["Content-Length"]
    other = client.get("/tagged?of=another", headers={"tag": '"1"'})
    assert other.text not in {first.text, changed.text}


def test_plain_copies_and_questions_about_copies_reach_the_file_itself(client: TestClient) -> None:
    kept = client.get("/library").text
    assert client.get("/library", headers={"Accept-Encoding": "identity"}).text != kept
    assert client.get("/library", headers={"If-None-Match": '"1"'}).text != kept
    assert client.get("/library", headers={"Range": "bytes=0-9"}).text != kept


def test_what_is_meant_for_one_person_is_kept_for_nobody(client: TestClient) -> None:
    assert client.get("/personal").text != client.get("/personal").text


def test_addresses_made_up_to_fill_the_memory_fill_no_more_than_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "MOST_KEPT", 10)
    with TestClient(Compression(inner()), headers={"Accept-Encoding": "gzip"}) as client:
        assert client.get("/library").text != client.get("/library").text


def test_an_event_arrives_before_the_next_one_happens(port: int) -> None:
    released.clear()
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/events", headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    assert answer.headers["Content-Encoding"] is None
    assert answer.read1(1000) == b"data: one\n\n"
    released.set()
    assert answer.read() == b"data: two\n\n"
    connection.close()


def test_over_a_real_connection_the_body_is_gzip_of_the_length_promised(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    for _ in range(2):
        connection.request("GET", "/library", headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        body = answer.read()
        assert len(body) == int(answer.headers["Content-Length"]) < 1000
        assert gzip.decompress(body).decode().endswith(LONG)
    connection.close()


def test_web_sockets_pass(client: TestClient) -> None:
    with client.websocket_connect("/echo") as socket:
        socket.send_text("candle")
        assert socket.receive_text() == "candle"
