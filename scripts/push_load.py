"""How soon clients of the pushes hear of a new board: half on the event stream, half on Socket.IO.

    python -m scripts.push_load [--clients 500] [--seconds 60] [--speed 60] [--json]

The server is the whole dashboard on the simulated market with the shipped models, in a process of its own; the clients
are aiohttp's connections in this one, which read no more of an event than its number, and a few of python-socketio. A
delay is what passes between the moment an entry's time was taken, before it was written, and the moment a client has
it. A client that misses an event or gets one twice ends the run with an error.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

if not __package__:
    import run_by_path  # noqa: F401

import numpy as np

from core.journal.database import open_database
from core.journal.places import SqliteFile
from core.journal.reading import LedgerReader, Wanted
from core.settings import PROJECT
from scripts.push_clients import KINDS, Client, allow_files, listening
from scripts.rest_load import DASHBOARD, at_rest, awaited, serving

CLIENTS, SECONDS, SPEED = 500, 60.0, 60.0
"""How many listen, for how long, and how fast the simulated market runs: a 15m close every 15 s."""

USERS = 5
"""Clients of the last kind, which would take all of a core if there were more."""


def main() -> None:
    arguments = _parse()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), arguments.clients, arguments.seconds, arguments.speed)
    print(json.dumps(figures) if arguments.json else table(figures))
    if figures["missed"] or figures["doubled"]:
        sys.exit("Events were missed, or came twice.")


def measure(folder: Path, clients: int = CLIENTS, seconds: float = SECONDS, speed: float = SPEED) -> dict[str, Any]:
    """Delays in milliseconds by kind of client, events and deliveries, what was missed or doubled, and memory in MB."""
    allow_files(4 * clients + 200)
    with serving(DASHBOARD, PROJECT / "models", CANDOR_SPEED=f"{speed:g}", **at_rest(folder)) as (port, process):
        awaited(port)
        awaited(port, "/api/ledger/head", b'"success"')
        before = _busy_s(process)
        listeners, samples = asyncio.run(_listened(port, clients, seconds, process))
        busy = round(_busy_s(process) - before, 1)
    recorded = _recorded(next(folder.glob("ledger-*.db")))
    return {
        "clients": clients,
        "seconds": seconds,
        "speed": speed,
        **_figures(listeners, recorded),
        "server_mb": samples,
        "server_cpu_s": busy,
    }


def table(figures: dict[str, Any]) -> str:
    """The figures for people."""
    lines = [
        f"{figures['clients']} clients for {figures['seconds']:g} s at speed {figures['speed']:g}: "
        f"{figures['events']} events, {figures['deliveries']} deliveries, {figures['missed']} missed, {figures['doubled']} doubled",
        f"{'delay, ms':16} {'p50':>8} {'p95':>8} {'max':>8} {'n':>9}",
    ]
    for kind, of in figures["delay_ms"].items():
        lines.append(f"{kind:16} {of['p50']:>8.0f} {of['p95']:>8.0f} {of['max']:>8.0f} {of['n']:>9}")
    lines.append(f"server CPU, s: {figures['server_cpu_s']:.1f}")
    lines.append(f"server memory, MB: {' '.join(f'{each:.0f}' for each in figures['server_mb'])}")
    return "\n".join(lines)


async def _listened(port: int, count: int, seconds: float, process: int) -> tuple[list[Client], list[float]]:
    """What ``count`` clients heard for so long, and the server's memory (MB) meanwhile, ten times."""
    listeners = [Client(KINDS[2] if number < USERS else KINDS[number % 2]) for number in range(count)]
    samples = []
    async with listening(port, listeners):
        for _ in range(10):
            await asyncio.sleep(seconds / 10)
            samples.append(resident_mb(process))
    return listeners, samples


# ---------------------------------------------------------------- figures


def _recorded(path: Path) -> dict[int, int]:
    """When each live signal was entered, Unix milliseconds, by its number."""
    reader, found, after = LedgerReader(open_database(SqliteFile("", path), existing=True)), dict[int, int](), 0
    while (page := reader.signals(Wanted(after), 1000))[0]:
        found |= {each.seq: each.recorded_at_ms for each in page[0]}
        after = page[1]
    return found


def _figures(listeners: list[Client], recorded: dict[int, int]) -> dict[str, Any]:
    """Of signals alone, which a board brings; up to the last one that everybody has."""
    last = min(client.reached or 0 for client in listeners)
    signals = {number for number in recorded if number <= last}
    delays: dict[str, list[float]] = {kind: [] for kind in KINDS}
    missed = 0
    for client in listeners:
        expected = {number for number in signals if number > (client.began or 0)}
        arrivals = dict(zip(client.numbers, client.times, strict=True))
        missed += len(expected - arrivals.keys())
        delays[client.kind] += [1000 * arrivals[number] - recorded[number] for number in expected & arrivals.keys()]
    return {
        "events": len(signals),
        "deliveries": sum(map(len, delays.values())),
        "missed": missed,
        "doubled": sum(client.doubled for client in listeners),
        "delay_ms": {kind: _quantiles(of) for kind, of in delays.items() if of},
    }


def _quantiles(of: list[float]) -> dict[str, float]:
    p50, p95 = np.percentile(of, [50, 95])
    return {"p50": round(float(p50), 1), "p95": round(float(p95), 1), "max": round(max(of), 1), "n": len(of)}


def resident_mb(process: int) -> float:
    """Memory that a process has now, MB."""
    pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _busy_s(process: int) -> float:
    """CPU seconds that a process has taken so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure how soon clients of the pushes hear of a new board.")
    parser.add_argument("--clients", type=int, default=CLIENTS, help=f"half on each transport (default {CLIENTS})")
    parser.add_argument("--seconds", type=float, default=SECONDS, help=f"how long they listen (default {SECONDS:g})")
    parser.add_argument("--speed", type=float, default=SPEED, help=f"of the simulated market (default {SPEED:g})")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    return parser.parse_args()


if __name__ == "__main__":
    main()
