"""The README's examples of pushes print what happens, as they stand there."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

import pytest
import requests
from starlette.types import ASGIApp

from core.api.beside import ApiBesideDashboard
from core.api.compression import Compression
from core.api.head import HeadAsGet
from core.api.socket_io import SocketIoBesideDashboard, SocketPushes
from tests.api.streams import Streaming, _nothing
from tests.api.test_stream import shown
from tests.journal.made_entries import signal
from tests.journal.test_recorder import until
from tests.served import served

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Streaming]:
    monkeypatch.setattr("core.api.tail.POLL_SECONDS", 0.02)
    here = Streaming(tmp_path)
    inside: ASGIApp = ApiBesideDashboard(_nothing, here.api)
    inside = SocketIoBesideDashboard(inside, SocketPushes(here.tail).app)
    with served(HeadAsGet(Compression(inside)), ws="websockets-sansio") as port:
        here.port = port
        yield here
        here.close()


def examples(here: Streaming, language: str) -> list[str]:
    """The README's blocks of one language in the section on pushes, asking this server."""
    section = (PROJECT / "README.md").read_text(encoding="utf-8").partition("\n## Pushes\n")[2].partition("\n## ")[0]
    found = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    return [block.replace("http://localhost:8501", here.address) for block in found]


def test_every_example_prints_what_happens(here: Streaming, tmp_path: Path) -> None:
    (curl,), (javascript,) = examples(here, "sh"), examples(here, "javascript")
    by_requests, by_socket = examples(here, "python")
    by_socket = by_socket.replace("AsyncClient()", "AsyncClient(reconnection=False)")  # or it would never end
    printed: dict[str, list[str]] = {"curl": [], "javascript": [], "requests": [], "socket.io": []}
    (tmp_path / "example.js").write_text(javascript)
    with ExitStack() as running:
        deno = [str(PROJECT / ".venv/bin/deno"), "run", "--allow-net=127.0.0.1", "--no-config"]
        for name, command in (
            ("curl", ["bash", "-c", f"exec {curl.strip()} --silent"]),
            ("javascript", [*deno, str(tmp_path / "example.js")]),
        ):
            process = running.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            running.callback(process.kill)
            _begin(_collect, process.stdout, printed[name])
        for name, example in (("requests", by_requests), ("socket.io", by_socket)):
            _begin(_run, example, printed[name])
        until(lambda: here.tail.clients() == 4)
        before, after = (signal(n, **shown(move)) for n, move in ((200, 0.5), (201, 0.7)))
        here.enter(before)
        (number,) = here.enter(after)
        expected = {
            "curl": f"id: {number}",
            "javascript": f"{number} BTCUSDT",
            "requests": f"{number} BTCUSDT 15m LONG trusted",
            "socket.io": f"{number} BTCUSDT 15m LONG trusted",
        }
        until(lambda: all(any(line.startswith(expected[name]) for line in printed[name]) for name in printed))
        here.tail.end()


def _begin(target, *arguments) -> None:
    threading.Thread(target=target, args=arguments, daemon=True).start()


def _collect(lines: IO[str] | None, printed: list[str]) -> None:
    with suppress(ValueError):  # closed as the process ended
        for line in lines or ():
            printed.append(line)


def _run(example: str, printed: list[str]) -> None:
    with suppress(ConnectionError, requests.RequestException):  # the server has ended
        exec(example, {"__name__": "example", "print": lambda *said: printed.append(" ".join(map(str, said)))})
