"""Clients of the pushes, on the event stream and on Socket.IO, which read no more of an event than its number.

A client whose connection breaks connects again and goes on after the last number it has, as a browser does.
"""

from __future__ import annotations

import asyncio
import json
import re
import resource
import time
from array import array
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import socketio

EVENTS = (b"signal", b"outcome")
SOCKET_EVENTS = tuple(f'42["{name.decode()}",' for name in EVENTS)
NUMBER = re.compile(rb'"id":(\d+)')

KINDS = ("sse", "socket.io", "python-socketio")

AGAIN_SECONDS = 2.0
"""Until a client whose connection broke connects again."""
LEAVING_SECONDS = 5.0
"""python-socketio's client may wait for ever for its own end when it is told to leave."""


@dataclass(slots=True)
class Client:
    """One client: the number after which it began, and what came in which order."""

    kind: str
    began: int | None = None
    numbers: array[int] = field(default_factory=lambda: array("q"))
    times: array[float] = field(default_factory=lambda: array("d"))
    """When each came, Unix seconds."""
    doubled: int = 0
    """Events that came twice, or after a later one."""
    breaks: int = 0
    """Times that its connection broke."""

    @property
    def reached(self) -> int | None:
        """The last number that it has; None before it knows where it began."""
        return self.numbers[-1] if self.numbers else self.began

    def stand(self, beginning: dict[str, Any]) -> None:
        """Where it is said to begin; no number where whoever answers does not know yet, and tells it in ``begin``."""
        if self.began is None:
            self.began = beginning["after"]

    def hear(self, line: bytes) -> None:
        """An event, whose number stands at its beginning."""
        found = NUMBER.search(line)
        assert found is not None
        self.hear_number(int(found[1]))

    def hear_parsed(self, push: dict[str, Any]) -> None:
        self.hear_number(push["id"])

    def hear_number(self, number: int) -> None:
        if self.numbers and number <= self.numbers[-1]:
            self.doubled += 1
            return
        self.numbers.append(number)
        self.times.append(time.time())


@asynccontextmanager
async def listening(port: int, clients: Sequence[Client]) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Tasks in which ``clients`` listen until the block ends; all know where they began. Raises where one was refused."""
    connector, timeout = aiohttp.TCPConnector(limit=0), aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, read_bufsize=1 << 20) as session:
        tasks = []
        for client in clients:
            tasks.append(asyncio.ensure_future(_again_and_again(session, port, client)))
            await asyncio.sleep(0.01)
        while any(client.began is None for client in clients):
            await asyncio.sleep(0.1)
            for task in tasks:
                if task.done():
                    task.result()
        yield tasks
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=LEAVING_SECONDS)


def allow_files(count: int) -> None:
    """Let this process have so many open at once, or as many as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(count, hard)), hard))


async def _again_and_again(session: aiohttp.ClientSession, port: int, client: Client) -> None:
    hear = {"sse": _hear_stream, "socket.io": _hear_socket, "python-socketio": _hear_as_users_do}[client.kind]
    while True:
        try:
            await hear(session, port, client)
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, socketio.exceptions.ConnectionError):
            if client.began is None:
                raise
        client.breaks += 1
        await asyncio.sleep(AGAIN_SECONDS)


async def _hear_stream(session: aiohttp.ClientSession, port: int, client: Client) -> None:
    name = b""
    headers = {} if client.reached is None else {"Last-Event-ID": str(client.reached)}
    async with session.get(f"http://127.0.0.1:{port}/api/stream", headers=headers) as answer:
        answer.raise_for_status()
        async for line in answer.content:
            if line.startswith(b"event: "):
                name = line[7:].strip()
            elif line.startswith(b"data: ") and name == b"begin":
                client.stand(json.loads(line[6:]))
            elif line.startswith(b"data: ") and name in EVENTS:
                client.hear(line[6:])


async def _hear_socket(session: aiohttp.ClientSession, port: int, client: Client) -> None:
    """Engine.IO by hand: 2 is a ping, 3 the pong; 40 connects, 42 is an event, 420 one that 430 acknowledges."""
    address = f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket"
    async with session.ws_connect(address, max_msg_size=0) as socket:
        await socket.receive_str()
        await socket.send_str("40")
        await socket.send_str('420["subscribe",{}]')
        if client.reached is not None:
            await socket.send_str(f'421["sync",{{"after":{client.reached}}}]')
        async for message in socket:
            text: str = message.data
            if text == "2":
                await socket.send_str("3")
            elif text.startswith("430"):
                client.stand(json.loads(text[3:])[0])
            elif text.startswith('42["begin",'):
                client.stand(json.loads(text[2:])[1])
            elif text.startswith(SOCKET_EVENTS):
                client.hear(text.encode())


async def _hear_as_users_do(_: aiohttp.ClientSession, port: int, client: Client) -> None:
    """With the library that everybody has, which takes a hundred times what reading the number does."""
    socket = socketio.AsyncClient(reconnection=False)
    socket.on("begin", client.stand)
    for name in EVENTS:
        socket.on(name.decode(), client.hear_parsed)
    try:
        await socket.connect(f"http://127.0.0.1:{port}", transports=["websocket"], wait_timeout=60)
        client.stand(await socket.call("subscribe", {}, timeout=60))
        if client.numbers:
            await socket.call("sync", {"after": client.reached}, timeout=60)
        await socket.wait()
    finally:
        await socket.disconnect()
