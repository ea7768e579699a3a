"""How many lists of predictions a second the server answers, beside a bare FastAPI app that returns the same bytes.

Each server runs in a process of its own, under the same uvicorn settings; both are asked in turns, on connections that
stay open, so that whatever else this machine does slows them alike.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

PROJECT = Path(__file__).resolve().parents[1]
PATH = "/api/predictions?timeframe=15m"
CONNECTIONS = (1, 16, 64)
TURNS = 15
TURN_SECONDS = 0.2
START_SECONDS = 90.0

DASHBOARD = ("-m", "streamlit", "run", "app.py", "--server.port")

BARE = """
import sys
import uvicorn
from fastapi import FastAPI, Response
from pathlib import Path
from typing import IO

body, app = Path(sys.argv[1]).read_bytes(), FastAPI()

@app.get("/api/predictions")
async def predictions() -> Response:
    return Response(body, media_type="application/json")

uvicorn.run(app, port=int(sys.argv[2]), access_log=False, log_level="warning", ws="websockets-sansio")
"""


def measure_rest(models_dir: Path) -> dict[int, tuple[float, float]]:
    """By number of connections: requests a second, and how many times the bare app's those are."""
    with serving(DASHBOARD, models_dir, **at_rest(models_dir / "data")) as (port, _):
        body = models_dir / "predictions.json"
        body.write_bytes(awaited(port))
        with serving(["-c", BARE, str(body)], models_dir) as (bare_port, _):
            awaited(bare_port)
            return {connections: _beside(port, bare_port, connections) for connections in CONNECTIONS}


def at_rest(data: Path | str) -> dict[str, str]:
    """Settings of a dashboard with a ledger of its own in ``data``, and without the month that a first start replays."""
    return {"CANDOR_DATA_DIR": str(data), "CANDOR_REPLAY_DAYS": "0"}


@contextmanager
def serving(
    command: Sequence[str], models_dir: Path, output: IO[bytes] | int = subprocess.DEVNULL, /, **environment: str
) -> Iterator[tuple[int, int]]:
    """The port and the process of a server whose command takes its port as the last argument; ended with the block.

    What it writes goes to ``output``.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = {"CANDOR_MARKET": "simulated", "CANDOR_SPEED": "1", "CANDOR_MODELS_DIR": str(models_dir)}
    server = subprocess.Popen(
        [sys.executable, *command, str(port)],
        cwd=PROJECT,
        env=os.environ | settings | environment,
        stdout=output,
        stderr=output,
    )
    try:
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


def awaited(port: int, path: str = PATH, sign: bytes = b'"confidence"') -> bytes:
    """What is at ``path``, once ``sign`` is in it: of the list, a prediction."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                body: bytes = answer.read()
        except (urllib.error.HTTPError, OSError):
            body = b""
        if sign in body:
            return body
        time.sleep(0.1)
    sys.exit(f"No server came up on port {port} within {START_SECONDS:g} s.")


def _beside(port: int, bare_port: int, connections: int) -> tuple[float, float]:
    """The best of turns, in which one server is asked right after the other: other work can only slow them."""
    turns = [[asyncio.run(_rate(each, connections)) for each in (port, bare_port)] for _ in range(TURNS)]
    ours, bare = map(max, zip(*turns, strict=True))
    return ours, ours / bare


async def _rate(port: int, connections: int) -> float:
    opened = [await asyncio.open_connection("127.0.0.1", port, limit=1 << 20) for _ in range(connections)]
    try:
        began = time.perf_counter()
        answered = await asyncio.gather(*(_ask_until(began + TURN_SECONDS, *streams) for streams in opened))
        return sum(answered) / (time.perf_counter() - began)
    finally:
        for _, writer in opened:
            writer.close()
            await writer.wait_closed()


async def _ask_until(end: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
    """How many answers came on one connection; one at least."""
    request = f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    answered = 0
    while not answered or time.perf_counter() < end:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"The server answered {head[:40]!r} to {PATH}.")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        answered += 1
    return answered
