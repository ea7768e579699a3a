"""How long clients are waited for, and that the server ends when it is told to, over real connections."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.sync.client import connect

from core.api.connections import TimedConnection, address_of, bound_to
from tests.real_server import PROJECT, free_port
from tests.served import served

LIMIT = 0.4  # seconds
HEAD = b"GET /short HTTP/1.1\r\nHost: here\r\n"
REST = b"\r\n"
SIZE = 24_000_000  # bytes, more than both kernels' buffers hold


class Impatient(TimedConnection):
    request_seconds = LIMIT
    reading_seconds = LIMIT


def short(_: Request) -> Response:
    return PlainTextResponse("candle")


def large(_: Request) -> Response:
    return Response(b"x" * SIZE)


async def body(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def slow(_: Request) -> Response:
    """Takes longer to answer than a request may take to come."""
    await asyncio.sleep(2 * LIMIT)
    return PlainTextResponse("candle")


async def stream(_: Request) -> Response:
    async def pieces():
        for _ in range(4):
            yield b"candle "
            await asyncio.sleep(LIMIT / 2)

    return StreamingResponse(pieces())


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    while True:
        await socket.send_text(await socket.receive_text())


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where a real server listens whose patience is short."""
    routes = [Route(f"/{each.__name__}", each, methods=["GET", "POST"]) for each in (short, large, body, slow, stream)]
    app = Starlette(routes=[*routes, WebSocketRoute("/echo", echo)])
    with served(app, ws="websockets-sansio", http=Impatient, timeout_keep_alive=1) as port:
        yield port


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def received(connection: socket.socket) -> bytes:
    """Everything that comes until the other side closes."""
    pieces = []
    while piece := connection.recv(1 << 20):
        pieces.append(piece)
    return b"".join(pieces)


def get(port: int, path: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


def dripped(connection: socket.socket, first: bytes, drop: bytes) -> float:
    """Send ``first`` and then ``drop`` again and again until the other side closes; the seconds that took."""
    began = time.monotonic()
    connection.sendall(first)
    connection.settimeout(LIMIT / 8)
    while time.monotonic() - began < 20:
        try:
            connection.sendall(drop)
            if not connection.recv(1000):
                break
        except TimeoutError:
            continue
        except OSError:  # closed while something was still on its way to it
            break
    return time.monotonic() - began


@pytest.mark.slow
def test_a_hundred_half_sent_requests_are_closed_and_others_are_answered_meanwhile(port: int) -> None:
    began = time.monotonic()
    with ExitStack() as open_ones:
        waiting = [open_ones.enter_context(connected(port)) for _ in range(100)]
        for connection in waiting:
            connection.sendall(HEAD)
        assert get(port, "/short") == b"candle"
        assert all(received(connection).startswith(b"HTTP/1.1 408 ") for connection in waiting)
    assert time.monotonic() - began < 10
    assert get(port, "/short") == b"candle"


@pytest.mark.slow
def test_a_connection_that_is_never_used_is_closed_without_a_word(port: int) -> None:
    with connected(port) as connection:
        assert received(connection) == b""


DROP_BY_DROP = {
    "headers": (HEAD, b"X-Filler: 1\r\n"),
    "address": (b"GET /sho", b"r"),
    "empty lines": (b"", b"\r\n"),
    "body": (b"POST /body HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000\r\n\r\n", b"x"),
    "chunks": (b"POST /body HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "body nobody reads": (b"GET /short HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000\r\n\r\n", b"x"),
    "second request": (HEAD + REST + b"GET /sho", b"r"),
    "handshake": (b"GET /echo HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n", b"X: 1\r\n"),
}


@pytest.mark.slow
def test_a_request_that_comes_drop_by_drop_is_given_up(port: int) -> None:
    def seconds(pieces: tuple[bytes, bytes]) -> float:
        with connected(port) as connection:
            return dripped(connection, *pieces)

    with ThreadPoolExecutor(len(DROP_BY_DROP)) as clients:
        took = dict(zip(DROP_BY_DROP, clients.map(seconds, DROP_BY_DROP.values()), strict=True))
    assert {name: time for name, time in took.items() if time > 10} == {}


@pytest.mark.slow
def test_a_connection_that_is_kept_alive_serves_again_and_is_closed_when_idle(port: int) -> None:
    with connected(port) as connection:
        for _ in range(2):
            connection.sendall(HEAD + REST)
            assert connection.recv(1000).endswith(b"candle")
        connection.sendall(HEAD)
        assert received(connection).startswith(b"HTTP/1.1 408 ")


@pytest.mark.slow
@pytest.mark.parametrize(("path", "answer"), [("/slow", b"candle"), ("/stream", b"candle " * 4)])
def test_an_answer_may_take_longer_than_a_request(port: int, path: str, answer: bytes) -> None:
    assert get(port, path) == answer


def test_a_body_that_comes_in_time_is_read(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/body", body=b"x" * 300_000)
    assert connection.getresponse().read() == b"300000"
    connection.close()


@pytest.mark.slow
def test_a_web_socket_outlives_every_limit(port: int) -> None:
    with connect(f"ws://127.0.0.1:{port}/echo") as socket:
        began = time.monotonic()
        while time.monotonic() - began < 3 * LIMIT:
            socket.send("candle")
            assert socket.recv(timeout=20) == "candle"
            time.sleep(LIMIT / 20)  # without a pause, two threads would do nothing else


@pytest.mark.slow
def test_a_client_that_does_not_read_its_answer_is_cut_off_and_a_slow_one_is_not(port: int) -> None:
    with connected(port) as idle, connected(port) as slow:
        for connection in (idle, slow):
            connection.sendall(b"GET /large HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        assert slowly_received(slow) > SIZE
        with suppress(ConnectionResetError):
            assert len(received(idle)) < SIZE


def slowly_received(connection: socket.socket) -> int:
    """How many bytes came, on a line that takes three times the limit for them."""
    read, began = 0, time.monotonic()
    while piece := connection.recv(1 << 18):
        read += len(piece)
        while time.monotonic() - began < 3 * LIMIT * read / SIZE:
            time.sleep(0.01)
    return read


HANGS = """
import asyncio, sys, threading, time, uvicorn
from core.api import connections
connections.FINISH_SECONDS, connections.END_SECONDS = 0.3, 1

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        connections.attend()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["path"] == "/waits":
        print("asked", flush=True)
        await asyncio.sleep(3600)
    elif scope["path"] == "/thread":
        await asyncio.to_thread(lambda: (print("asked", flush=True), time.sleep(3600)))
    else:
        print("asked", flush=True)
        time.sleep(3600)

uvicorn.run(app, port=int(sys.argv[1]), log_level="critical")
"""


HANGING = [
    ("/waits", signal.SIGTERM),
    ("/thread", signal.SIGTERM),
    ("/thread", signal.SIGINT),
    ("/loop", signal.SIGTERM),
]


@pytest.mark.slow
def test_the_server_ends_when_told_to_although_a_request_hangs() -> None:
    with ExitStack() as running:
        servers = [hanging_server(running) for _ in HANGING]
        for (server, port), (path, _) in zip(servers, HANGING, strict=True):
            running.enter_context(requested(port, path))
            assert server.stdout is not None
            assert server.stdout.readline() == "asked\n"
        began = time.monotonic()
        for (server, _), (_, number) in zip(servers, HANGING, strict=True):
            server.send_signal(number)
        for server, _ in servers:
            server.wait(timeout=30)
        assert time.monotonic() - began < 10


def hanging_server(running: ExitStack) -> tuple[subprocess.Popen[str], int]:
    """A server that hangs when it is asked for something, and its port; ended with ``running`` at the latest."""
    port = free_port()
    command = [sys.executable, "-c", HANGS, str(port)]
    server = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    running.enter_context(server)
    running.callback(server.kill)
    return server, port


def requested(port: int, path: str) -> socket.socket:
    """A connection on which ``path`` is asked for, once the server listens."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            connection = socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
            return connection
    raise AssertionError("The server does not listen.")


async def nothing(*_: object) -> None:
    """An application that is never asked."""


@pytest.mark.parametrize(
    ("settings", "where", "address"),
    [
        ({"host": "0.0.0.0"}, "0.0.0.0", "http://localhost:8600"),
        ({"host": "::"}, "::", "http://localhost:8600"),
        ({"host": ""}, "", "http://localhost:8600"),
        ({"host": "::1"}, "::1", "http://[::1]:8600"),
        ({"host": "10.0.0.5", "ssl_certfile": "of.pem"}, "10.0.0.5", "https://10.0.0.5:8600"),
        ({"host": "0.0.0.0", "uds": "/run/candor.sock"}, "unix:///run/candor.sock", "unix:///run/candor.sock"),
    ],
)
def test_a_server_says_itself_where_it_listens(settings: dict[str, str], where: str, address: str) -> None:
    server = uvicorn.Server(uvicorn.Config(nothing, port=8600, **settings))  # type: ignore[arg-type]
    assert (bound_to(server), address_of(server)) == (where, address)


def test_a_socket_that_a_server_was_handed_says_where_it_listens_whatever_host_stands_beside_it(tmp_path: Path) -> None:
    with socket.create_server(("0.0.0.0", 0)) as everywhere, socket.socket(socket.AF_UNIX) as here:
        here.bind(str(tmp_path / "socket"))
        found = [
            bound_to(uvicorn.Server(uvicorn.Config(nothing, host="127.0.0.1", fd=handed.fileno())))
            for handed in (everywhere, here)
        ]
        assert found == ["0.0.0.0", f"unix://{tmp_path}/socket"]
        assert everywhere.fileno() > 0
