"""A server that pushes, over a ledger that tests write to, and what a client of its event stream hears."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from core.api.app import create_api
from core.api.beside import ApiBesideDashboard
from core.api.compression import Compression
from core.api.connections import TimedConnection
from core.api.head import HeadAsGet
from core.api.tail import Tail
from core.application import Application
from core.journal.entries import Entry
from core.journal.places import SqliteFile
from core.journal.store import Ledger
from tests.journal.small_life import SmallLife
from tests.served import served
from tests.waiting import until

SECONDS = 20.0
"""So long a client waits for what comes within milliseconds."""


@dataclass(frozen=True, slots=True)
class Message:
    """One event as a client hears it."""

    name: str
    data: Any
    id: str | None


class Streaming:
    """A whole server in this process; its ledger is written as another process would, and read from at once."""

    def __init__(self, folder: Path) -> None:
        self.life = SmallLife(folder)
        self.application: Application = self.life.application
        self.application.recorder.start(self.life.board)
        self.life.board.recompute()
        until(lambda: self.application.recorder.opened() is not None)
        until(lambda: self.application.recorder.opened().reader.head().seq >= 4)  # two signals, their models
        self.ledger = Ledger.open(SqliteFile("simulated-seed1", folder / "data" / "ledger-simulated-seed1.db"))
        self.api = create_api(lambda: self.application)
        self.port = 0

    @property
    def tail(self) -> Tail:
        tail: Tail = self.api.state.tail
        return tail

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def enter(self, *entries: Entry) -> list[int]:
        """Add entries to the ledger; their numbers."""
        self.ledger.append(entries)
        head = self.ledger.head().seq
        return list(range(head - len(entries) + 1, head + 1))

    def head(self) -> int:
        return self.ledger.head().seq

    @contextmanager
    def listening(self, query: str = "", **headers: str) -> Iterator[Iterator[Message]]:
        """What is said on a stream from its beginning on."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        client = httpx.Client(timeout=SECONDS)
        with client, client.stream("GET", f"{self.address}/api/stream{query}", headers=named) as answer:
            assert answer.status_code == 200, answer.read()
            assert answer.headers["Content-Type"].startswith("text/event-stream")
            yield heard(answer.iter_lines())

    def get(self, path: str, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.get(self.address + path, headers=named, timeout=SECONDS)

    def close(self) -> None:
        self.tail.end()
        self.ledger.close()
        self.application.stop()


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError(f"{scope['path']} is not the API's")


@contextmanager
def streaming(
    folder: Path, connection: type[TimedConnection] = TimedConnection, base_path: str = ""
) -> Iterator[Streaming]:
    """The server at work, with the middleware that app.py puts around the API."""
    here = Streaming(folder)
    inside: ASGIApp = ApiBesideDashboard(_nothing, here.api, base_path)
    with served(HeadAsGet(Compression(inside)), ws="websockets-sansio", http=connection) as port:
        here.port = port
        try:
            yield here
        finally:
            here.close()


def heard(lines: Iterator[str]) -> Iterator[Message]:
    """Events as a browser reads them; one without data is none. AssertionError where nothing but keep-alives comes."""
    name, data, number = "message", "", None
    last_heard = time.monotonic()
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            data += value
        elif field == "id":
            number = value
        elif not line:
            if data:
                yield Message(name, json.loads(data), number)
                last_heard = time.monotonic()
            name, data, number = "message", "", None
        elif time.monotonic() - last_heard > 2 * SECONDS:
            raise AssertionError(f"Nothing but keep-alives came for {2 * SECONDS:.0f} seconds.")


def next_of(messages: Iterator[Message], *names: str) -> Message:
    """The next event of one of these names."""
    return next(each for each in messages if each.name in names)


def numbers_until(messages: Iterator[Message], last: int, *names: str) -> list[int]:
    """The ids in the data of events of these names, up to the one of entry ``last``."""
    found: list[int] = []
    while not found or found[-1] < last:
        found.append(next_of(messages, *names).data["id"])
    return found
