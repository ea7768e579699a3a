"""The arguments that training and evaluation share, and what they demand of them, in sentences."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.domain import Timeframe
from core.errors import InvalidRequest
from core.learning.cluster import Cluster
from core.learning.workers import Processes, Workers
from core.market.candle_files import CandleStore
from core.settings import Settings


def add_candle_arguments(parser: argparse.ArgumentParser, settings: Settings, spot: str) -> None:
    """--candles and --spot-candles; ``spot`` is the help of the latter."""
    parser.add_argument(
        "--candles",
        type=Path,
        default=settings.candles_dir,
        metavar="FOLDER",
        help="candles as <SYMBOL>/<timeframe>.parquet (default: CANDOR_CANDLES_DIR)",
    )
    parser.add_argument("--spot-candles", type=Path, metavar="FOLDER", help=spot)


def add_worker_arguments(parser: argparse.ArgumentParser) -> None:
    """--jobs and --scheduler: who does the work."""
    parser.add_argument("--jobs", type=int, default=-1, metavar="N", help="processes (default: one per core)")
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="hand the work to the workers of this Dask scheduler instead, such as tcp://192.168.1.10:8786; they must see the "
        "same folders as this machine, under the same names",
    )


def workers_of(options: argparse.Namespace) -> Workers:
    """Whoever --scheduler or --jobs names."""
    return Processes(options.jobs) if options.scheduler is None else Cluster(options.scheduler)


def check_candle_arguments(options: argparse.Namespace, seeds: int) -> None:
    """InvalidRequest unless --candles and --spot-candles hold candles, and --jobs and --seed (0 to seeds - 1) can be."""
    if options.candles is None:
        raise InvalidRequest(
            "Which candles? Give --candles FOLDER or set CANDOR_CANDLES_DIR; "
            "scripts/download_candles.py fills such a folder."
        )
    for name, folder in (("--candles", options.candles), ("--spot-candles", options.spot_candles)):
        if folder is not None and not CandleStore(folder).symbols():
            raise InvalidRequest(
                f"{name} {folder} holds no candles; expected files <SYMBOL>/<timeframe>.parquet there."
            )
    if options.jobs == 0 or options.jobs < -1:
        raise InvalidRequest(f"--jobs is {options.jobs}; expected a positive number, or -1 for one process per core.")
    if not 0 <= options.seed < seeds:
        raise InvalidRequest(f"--seed is {options.seed}; expected a whole number from 0 to {seeds - 1}.")


def named_timeframes(text: str) -> tuple[Timeframe, ...]:
    """The timeframes of a comma-separated list, each once, shortest first; UnknownTimeframe for any other word."""
    named = {Timeframe.parse(part) for part in text.split(",") if part.strip()}
    return tuple(timeframe for timeframe in Timeframe if timeframe in named)
