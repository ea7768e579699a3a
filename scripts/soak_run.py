"""The three processes of a soak, from the first to the figures."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from prometheus_client.parser import text_string_to_metric_families

from core.domain import Series, Timeframe
from core.errors import NotEnoughCandles
from core.journal.database import Database, open_database
from core.journal.places import place_of
from core.market.candles import CANDLE_COLUMNS, CandleArrays, unix_ms
from core.market.feed import SERVING_HISTORY
from core.settings import PROJECT
from scripts.push_load import resident_mb
from scripts.rest_load import at_rest, awaited, serving
from scripts.soak_clients import BEGUN
from scripts.soak_course import Course, faults_of
from scripts.soak_dashboard import MEETING
from scripts.soak_figures import (
    CandleFigures,
    LedgerFigures,
    PushFigures,
    compared,
    ledger_figures,
    push_figures,
    signals_in,
)
from scripts.soak_world import World

TELLING_SECONDS = 0.5
"""Real seconds between two tellings of the open candles."""

COUNTED = (
    "candor_feed_late",
    "candor_feed_corrections",
    "candor_feed_audits",
    "candor_stream_disagreements",
    "candor_stream_reconnects",
    "candor_exchange_requests",
    "candor_exchange_errors",
    "candor_pages_open",
    "candor_push_clients",
    "candor_push_clients_dropped",
    "process_cpu_seconds",
)
"""Of the dashboard's metrics, these are told at the end, each summed over its labels."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Readers:
    """How many look on."""

    pages: int
    sse: int
    sockets: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a soak."""

    faults: int
    minutes: float
    closes_of_15m: int
    candles: CandleFigures
    ledger: LedgerFigures
    pushes: PushFigures
    readers: Mapping[str, object]
    """As soak_clients.fared tells."""
    metrics: Mapping[str, float]
    logged: Mapping[str, int]
    """Warnings and errors, by kind, most first."""
    dashboard_mb: list[float]
    """Memory of the dashboard, each minute."""

    @property
    def flawless(self) -> bool:
        wrong = (
            self.candles.candles_lost,
            self.candles.candles_invented,
            self.candles.candles_differing,
            self.ledger.signals_doubled,
            self.ledger.missing_unexplained,
            self.pushes.pushes_missed,
            self.readers["pushes_doubled"],
            self.readers["page_tracebacks"],
        )
        return not any(wrong)


def soak(
    symbols: tuple[str, ...],
    speed: float,
    seconds: float,
    folder: Path,
    readers: Readers,
    peaceful: bool = False,
    start: datetime | None = None,
) -> Figures:
    """Figures of a soak that lasts ``seconds`` and the peace after; data and logs are in ``folder``.

    It begins at ``start`` by the market's clock, or now.
    """
    world, began = World(symbols, speed, folder, start), time.monotonic()
    faults = () if peaceful else faults_of(world)
    telling = threading.Thread(target=world.sockets.follow, args=(world.market, TELLING_SECONDS), daemon=True)
    with world.server, world.sockets, _dashboard(world, folder) as (port, process):
        telling.start()
        awaited(port, "/api/ledger/head", b'"success"')
        world.watched_ms = unix_ms(world.clock.now())
        memory: list[float] = []
        course = Course(world, lambda: _note(memory, process))
        with _looking_on(port, readers, folder) as heard:
            course.run(faults, seconds)
            metrics = _metrics(port)  # while all are there
        ledger = _ledger(world, folder)
        issued = signals_in(ledger)
        return Figures(
            faults=len(faults) + 1,  # the coin with few candles is one as well
            minutes=round((time.monotonic() - began) / 60, 1),
            closes_of_15m=(unix_ms(world.clock.now()) - world.watched_ms) // Timeframe.M15.milliseconds,
            candles=compared(world, lambda series: _candles(port, series), SERVING_HISTORY),
            ledger=ledger_figures(world, course, ledger, issued),
            pushes=push_figures(world, course, ledger, issued, heard.arrivals),
            readers=heard.fared,
            metrics=metrics,
            logged=kinds_of((folder / "dashboard.log").read_text(encoding="utf-8", errors="replace")),
            dashboard_mb=memory,
        )


# ---------------------------------------------------------------- processes


@contextmanager
def _dashboard(world: World, folder: Path) -> Iterator[tuple[int, int]]:
    """The port and process of a dashboard in ``world``, which logs JSON into ``folder``."""
    settings = {
        MEETING: world.meeting().text(),
        "CANDOR_MARKET": "exchange",
        **at_rest(folder / "data"),
        "CANDOR_LOG": "json",
    }
    program = ["scripts/soak_dashboard.py", "run", "app.py", "--server.port"]
    with (
        (folder / "dashboard.log").open("wb") as log_file,
        serving(program, PROJECT / "models", log_file, **settings) as (
            port,
            process,
        ),
    ):
        yield port, process


@dataclass(slots=True)
class Heard:
    """What readers say once they have left."""

    fared: Mapping[str, object]
    arrivals: Mapping[str, np.ndarray]


@contextmanager
def _looking_on(port: int, readers: Readers, folder: Path) -> Iterator[Heard]:
    """Readers while the block runs; afterwards what they heard."""
    out, heard = folder / "heard.npz", Heard({}, {})
    counts = [f"--{name}={getattr(readers, name)}" for name in ("pages", "sse", "sockets")]
    command = [sys.executable, "-m", "scripts.soak_clients", f"--port={port}", f"--out={out}", *counts]
    with (
        (folder / "readers.log").open("wb") as log_file,
        subprocess.Popen(
            command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log_file, text=True
        ) as process,
    ):
        assert process.stdin is not None and process.stdout is not None
        if process.stdout.readline().strip() != BEGUN:
            raise RuntimeError(f"The readers did not come up; {folder / 'readers.log'} says why.")
        log.info("All listen.")
        try:
            yield heard
        finally:
            process.stdin.close()
        heard.fared = json.loads(process.stdout.read())
    heard.arrivals = np.load(out)


def _note(memory: list[float], process: int) -> None:
    memory.append(round(resident_mb(process), 1))
    log.info("The dashboard has %g MB.", memory[-1])


# ---------------------------------------------------------------- what the dashboard says


def _ledger(world: World, folder: Path) -> Database:
    place = place_of(world.meeting().exchange().identity, folder / "data", None)
    return open_database(place, existing=True)


def _candles(port: int, series: Series) -> CandleArrays:
    """What the API serves of a series; NotEnoughCandles where it has none."""
    address = f"http://127.0.0.1:{port}/api/candles/{series.symbol}?timeframe={series.timeframe}&limit=2000"
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            rows = json.load(answer)["candles"]
    except urllib.error.HTTPError as error:
        raise NotEnoughCandles(f"{address} answered {error.code}.") from None
    times = np.array([unix_ms(datetime.fromisoformat(row["open_time"])) for row in rows], dtype="int64")
    return CandleArrays(times, np.array([[row[name] for row in rows] for name in CANDLE_COLUMNS[1:]]))


def _metrics(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/metrics", timeout=30) as answer:
        families = {family.name: family for family in text_string_to_metric_families(answer.read().decode())}
    return {
        name: sum(sample.value for sample in families[name].samples if not sample.name.endswith("_created"))
        for name in COUNTED
        if name in families
    }


def kinds_of(text: str) -> dict[str, int]:
    """How often each kind of warning or error stands in a log of JSON lines: level, logger, and the words without what varies."""
    kinds = Counter(kind for line in text.splitlines() if (kind := _kind_of(line)) is not None)
    return dict(kinds.most_common())


def _kind_of(line: str) -> str | None:
    """None of what is no warning. A line that is no JSON was written past the log: the kind is how it begins."""
    try:
        entry = json.loads(line)
    except ValueError:
        return f"past the log: {line[:60]}" if line.strip() else None
    if entry["level"] in {"debug", "info"}:
        return None
    words = re.sub(r"\b[A-Z0-9]+USDT\b|\d[\d:.,TZ-]*", "_", entry["message"])
    traced = " (with a traceback)" if "exception" in entry else ""
    return f"{entry['level']} {entry['logger']}: {words[:90]}{traced}"
