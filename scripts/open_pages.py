"""How soon every open page shows a closed candle, with many of them open.

Each is what a browser keeps of one: a WebSocket that brings news, and a connection on which the board is fetched then.
The server runs in a process of its own, at a speed at which a candle of 15 minutes closes every few seconds.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from websockets.asyncio.client import connect

from scripts.rest_load import DASHBOARD, at_rest, awaited, serving

SPEED = 100
"""A candle of 15 minutes closes every 9 seconds."""

CLOSES = 4
"""So many closes are watched with each number of pages; the first news, which come at once, are none."""

PAGES = (10, 50, 200, 500)
_CANDLE_MS = 15 * 60_000


@dataclass(slots=True)
class Close:
    """One closed candle: when each page had drawn it, in real seconds after the close."""

    shown: list[float] = field(default_factory=list)
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """Real seconds from a close until half of the pages showed it, and the last; and what each fetched, in kilobytes."""

    half_s: float
    last_s: float
    fetched_kb: float


def measure_open_pages(models_dir: Path) -> dict[int, dict[str, float]]:
    """By number of pages, what a close costs."""
    with (
        tempfile.TemporaryDirectory() as data,
        serving(DASHBOARD, models_dir, CANDOR_SPEED=str(SPEED), **at_rest(data)) as (port, _),
    ):
        awaited(port)
        return {pages: asdict(asyncio.run(_watch(port, pages))) for pages in PAGES}


def table(figures: dict[int, dict[str, float]]) -> str:
    """The figures for people."""
    lines = [f"{'open pages':>10} {'half show a close, s':>22} {'all do, s':>10} {'each fetched, KB':>17}"]
    for pages, shown in figures.items():
        lines.append(f"{pages:>10} {shown['half_s']:>22.2f} {shown['last_s']:>10.2f} {shown['fetched_kb']:>17.1f}")
    return "\n".join(lines)


async def _watch(port: int, pages: int) -> Shown:
    closes: dict[int, Close] = {}
    await asyncio.gather(*(_page(port, closes) for _ in range(pages)))
    whole = [close for close in closes.values() if len(close.shown) == pages]
    half = statistics.median(statistics.median(close.shown) for close in whole)
    last = statistics.median(max(close.shown) for close in whole)
    fetched = sum(close.bytes for close in whole) / len(whole) / pages / 1000
    return Shown(round(half, 3), round(last, 3), round(fetched, 2))


async def _page(port: int, closes: dict[int, Close]) -> None:
    """One page: it hears of candles and fetches the board, until it has seen its share."""
    seen: set[int] = set()
    async with connect(f"ws://127.0.0.1:{port}/live/news", max_size=None) as news:
        first = json.loads(await news.recv())["now"] // _CANDLE_MS
        while len(seen) < CLOSES:
            now = json.loads(await news.recv())["now"]
            heard = time.perf_counter()
            candle = now // _CANDLE_MS
            size = await fetch_board(port)
            if candle > first:
                close = closes.setdefault(candle, Close())
                if candle not in seen:  # what changes after a close, such as what is late, is not the close
                    close.shown.append((now % _CANDLE_MS) / 1000 / SPEED + time.perf_counter() - heard)
                close.bytes += size
                seen.add(candle)


async def fetch_board(port: int) -> int:
    """Fetch the board as a browser does, on a new connection: the last was closed meanwhile; its compressed size in bytes. RuntimeError where it is refused."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    writer.write(b"GET /live/signals?timeframe=15m HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(f"The server answered {head[:40]!r} to a page.")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    writer.close()
    return length
