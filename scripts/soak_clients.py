"""Who looks on while a soak runs, in a process of its own: open pages, clients of the event stream and of Socket.IO.

    python -m scripts.soak_clients --port 8501 --out FILE.npz

They stay until this process's standard input is closed; then what they heard is written to FILE.npz, and how they fared is printed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

if not __package__:
    import run_by_path  # noqa: F401

import numpy as np

from scripts.push_clients import KINDS, Client, allow_files, listening
from scripts.soak_pages import Page, pages_open

USERS = 5
"""Of the Socket.IO clients so many are python-socketio's own, which would take all of a core if there were more."""

BEGUN = "all listen"
"""What is printed once everybody knows where it begins."""


async def look_on(port: int, pages: int, sse: int, sockets: int) -> tuple[list[Client], list[Page], dict[str, int]]:
    """What all heard until standard input ended, and how many of each kind were still connected then."""
    clients = [Client("sse") for _ in range(sse)]
    clients += [Client(KINDS[2] if number < USERS else KINDS[1]) for number in range(sockets)]
    opened = [Page(number) for number in range(pages)]
    async with listening(port, clients) as tasks, pages_open(port, opened):
        print(BEGUN, flush=True)
        await asyncio.to_thread(sys.stdin.read)
        alive = dict.fromkeys(KINDS, 0)
        for client, task in zip(clients, tasks, strict=True):
            alive[client.kind] += not task.done()
        alive["pages"] = sum(page.alive for page in opened)
    return clients, opened, alive


def fared(clients: Sequence[Client], pages: Sequence[Page], alive: dict[str, int]) -> dict[str, object]:
    """What there is to tell beside the times."""
    return {
        "alive": alive,
        "push_breaks": sum(client.breaks for client in clients),
        "pushes_doubled": sum(client.doubled for client in clients),
        "page_breaks": sum(page.breaks for page in pages),
        "page_news": sum(page.news for page in pages),
        "page_boards": sum(page.boards for page in pages),
        "page_runs": sum(page.runs for page in pages),
        "page_runs_cut_short": sum(page.cut_short for page in pages),
        "page_tracebacks": sum(page.tracebacks for page in pages),
        "page_refusals": sum(page.refusals for page in pages),
    }


def arrivals(clients: Sequence[Client]) -> dict[str, np.ndarray]:
    """Of each event that came: whose it is, its number, and when, Unix seconds; and where each client began."""
    lengths = [len(client.numbers) for client in clients]
    none = np.empty(0)
    return {
        "client": np.repeat(np.arange(len(clients)), lengths),
        "number": np.concatenate([none.astype("int64"), *(np.array(client.numbers) for client in clients)]),
        "time": np.concatenate([none, *(np.array(client.times) for client in clients)]),
        "began": np.array([client.began or 0 for client in clients], dtype="int64"),
        "kind": np.array([KINDS.index(client.kind) for client in clients], dtype="int64"),
    }


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--sse", type=int, default=200)
    parser.add_argument("--sockets", type=int, default=200)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(argv)
    allow_files(4 * (given.pages + given.sse + given.sockets) + 200)
    clients, pages, alive = asyncio.run(look_on(given.port, given.pages, given.sse, given.sockets))
    np.savez(given.out, **arrivals(clients))  # type: ignore[arg-type]
    print(json.dumps(fared(clients, pages, alive)), flush=True)


if __name__ == "__main__":
    main()
