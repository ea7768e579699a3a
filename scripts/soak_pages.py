"""Open pages without a browser: what a browser keeps of each, and what it asks for.

Each has a session of Streamlit's, in which it runs its script again now and then, as a reader who clicks lets it; the WebSocket
that brings news; and it fetches the board whenever there is some.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

from scripts.open_pages import fetch_board

NAMES = ("", "coin", "timeframes", "model_quality", "track_record", "changes", "alerts")
"""Pages that are opened in turn; the empty name is the board."""

CLICK_SECONDS = 120.0
"""Real seconds between two clicks on one page."""

OPENING_SECONDS = 0.25
"""Between two pages that are opened: readers do not come all at once."""

AGAIN_SECONDS = 2.0
"""Until a page whose connection broke connects again."""


@dataclass(slots=True)
class Page:
    """One page, and what befell it."""

    number: int
    alive: bool = False
    news: int = 0
    boards: int = 0
    runs: int = 0
    """Of its script, that ended."""
    cut_short: int = 0
    """Runs that ended since another one was wanted, as a page asks for that has just opened."""
    tracebacks: int = 0
    """Exceptions that were drawn, and scripts that could not be read."""
    breaks: int = 0
    refusals: int = 0
    """Boards that were refused."""

    @property
    def name(self) -> str:
        return NAMES[self.number % len(NAMES)]


@asynccontextmanager
async def pages_open(port: int, pages: Sequence[Page]) -> AsyncIterator[None]:
    """Open ``pages`` one after another, and keep them open until the block ends."""
    tasks = []
    for page in pages:
        tasks.append(asyncio.ensure_future(_again_and_again(port, page)))
        await asyncio.sleep(OPENING_SECONDS)
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _again_and_again(port: int, page: Page) -> None:
    while True:
        try:
            await _open(port, page)
        except* (ConnectionClosed, InvalidHandshake, OSError, asyncio.IncompleteReadError):
            page.breaks += 1
        page.alive = False
        await asyncio.sleep(AGAIN_SECONDS)


async def _open(port: int, page: Page) -> None:
    """Until one of its connections breaks, which raises."""
    session = connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=[Subprotocol("streamlit")], max_size=None)
    async with session as streamlit, connect(f"ws://127.0.0.1:{port}/live/news", max_size=None) as news:
        page.alive = True
        async with asyncio.TaskGroup() as group:
            group.create_task(_read(streamlit, page))
            group.create_task(_click(streamlit, page))
            group.create_task(_hear(news, port, page))


async def _click(streamlit: ClientConnection, page: Page) -> None:
    while True:
        rerun = BackMsg()
        rerun.rerun_script.page_name = page.name
        await streamlit.send(rerun.SerializeToString())
        await asyncio.sleep(CLICK_SECONDS)


async def _read(streamlit: ClientConnection, page: Page) -> None:
    while True:
        frame = await streamlit.recv(decode=False)
        message = ForwardMsg.FromString(frame)
        kind = message.WhichOneof("type")
        if kind == "script_finished":
            page.runs += 1
            page.cut_short += message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
            page.tracebacks += message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR
        elif kind == "delta" and message.delta.new_element.HasField("exception"):
            page.tracebacks += 1


async def _hear(news: ClientConnection, port: int, page: Page) -> None:
    while True:
        await news.recv()
        page.news += 1
        try:
            await fetch_board(port)
            page.boards += 1
        except RuntimeError:
            page.refusals += 1
