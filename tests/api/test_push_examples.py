"""The README's examples of pushes print what happens, as they stand there."""

from __future__ import annotations

import re
import shlex
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO

import pytest
import requests
from starlette.types import ASGIApp

from core.api.beside import ApiBesideDashboard, SocketIo, SocketIoBesideDashboard
from core.api.compression import Compression
from core.api.frames import FramedConnection
from core.api.head import HeadAsGet
from tests.api.streams import Streaming, _nothing
from tests.api.test_stream import shown
from tests.journal.made_entries import signal
from tests.served import served
from tests.waiting import until

PROJECT = Path(__file__).resolve().parents[2]
DENO = [str(PROJECT / ".venv/bin/deno"), "run", "--allow-net=127.0.0.1", "--no-config"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Streaming]:
    monkeypatch.setattr("core.api.tail.POLL_SECONDS", 0.02)
    here = Streaming(tmp_path)
    inside: ASGIApp = ApiBesideDashboard(_nothing, here.api)
    inside = SocketIoBesideDashboard(inside, SocketIo(here.tail))
    with served(HeadAsGet(Compression(inside)), ws=FramedConnection) as port:
        here.port = port
        yield here
        here.close()


def examples(here: Streaming, language: str) -> list[str]:
    """The README's blocks of one language in the section on pushes, asking this server, which has DOGE and no ETH."""
    section = (PROJECT / "README.md").read_text(encoding="utf-8").partition("\n## Pushes\n")[2].partition("\n## ")[0]
    found = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    return [block.replace("http://localhost:8501", here.address).replace("ETH", "DOGE") for block in found]


@pytest.mark.slow
def test_every_example_prints_what_happens(here: Streaming, tmp_path: Path) -> None:
    (by_curl,), (by_javascript,) = examples(here, "sh"), examples(here, "javascript")
    by_requests, by_socket = examples(here, "python")
    by_socket = by_socket.replace("AsyncClient()", "AsyncClient(reconnection=False)")  # or it would never end
    (tmp_path / "example.js").write_text(by_javascript, encoding="utf-8")
    with ExitStack() as running:
        printed = {
            "id: {} ": printed_by([*shlex.split(by_curl), "--silent"], running),
            "{} BTCUSDT {{": printed_by([*DENO, str(tmp_path / "example.js")], running),
            "{} BTCUSDT 15m LONG trusted": printed_in(by_requests),
            "{} BTCUSDT 15m LONG trusted ": printed_in(by_socket),
        }
        until(lambda: here.tail.clients() == len(printed))
        prediction = {"timeframe": "15m", "direction": "LONG", "trust": {"verdict": "trusted", "reasons": []}}
        before, after = (signal(n, **shown(move, **prediction)) for n, move in ((200, 0.5), (201, 0.7)))
        here.enter(before)
        (number,) = here.enter(after)
        for beginning, lines in printed.items():
            until(lambda: any(f"{line} ".startswith(beginning.format(number)) for line in lines))  # noqa: B023
        here.tail.end()


def printed_by(command: list[str], running: ExitStack) -> list[str]:
    """The lines that a program prints, as they come; it ends with ``running``."""
    process = running.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
    running.callback(process.kill)
    lines: list[str] = []
    _begin(lambda: _collect(process.stdout, lines))
    return lines


def printed_in(example: str) -> list[str]:
    """What a piece of Python prints, as it comes, on a thread that ends with the server."""
    lines: list[str] = []

    def run() -> None:
        with suppress(ConnectionError, requests.RequestException):
            exec(example, {"__name__": "example", "print": lambda *words: lines.append(" ".join(map(str, words)))})

    _begin(run)
    return lines


def _collect(printed: IO[str] | None, lines: list[str]) -> None:
    with suppress(ValueError):  # closed as the process ended
        for line in printed or ():
            lines.append(line.rstrip("\n"))


def _begin(target: Callable[[], None]) -> None:
    threading.Thread(target=target, daemon=True).start()
