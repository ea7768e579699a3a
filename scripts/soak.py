"""Let the dashboard follow a local exchange through every kind of fault, at a speed, with readers, and count what it lost.

    python -m scripts.soak --minutes 60 --speed 60 --coins 34 --pages 100 --sse 200 --sockets 200 --folder data/soak

The exchange is scripts.exchange_server and tells the simulated market, in this process; the dashboard runs as
users start it in another, and its readers in a third. Candles and signals that are lost, invented or doubled must be 0,
and so must pushes missed or doubled and runs of a page with a traceback; exit code 1 says that one is not.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time
from pathlib import Path

if not __package__:
    import run_by_path  # noqa: F401

from core.domain import resolve_symbol
from core.market.coins import SYMBOLS
from scripts.soak_run import Readers, soak


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5.0, help="how long, beside the peace at the end")
    parser.add_argument("--speed", type=float, default=100.0, help="the market's seconds per real second")
    parser.add_argument("--coins", type=int, default=6, help="how many coins are followed on all four timeframes")
    parser.add_argument("--pages", type=int, default=2, help="open pages")
    parser.add_argument("--sse", type=int, default=2, help="clients of the event stream")
    parser.add_argument("--sockets", type=int, default=2, help="clients of Socket.IO")
    parser.add_argument("--peaceful", action="store_true", help="without a fault: to see how soon a close is told")
    parser.add_argument(
        "--at", type=time_today, help="when it begins by the market's clock: HH:MM, UTC; by default now"
    )
    parser.add_argument("--folder", type=Path, help="where the dashboard's data and the logs stay; by default nowhere")
    return parser


def time_today(text: str) -> datetime:
    """HH:MM of today, in UTC; ValueError for anything else."""
    return datetime.combine(datetime.now(UTC), time.fromisoformat(text), UTC)


def main(argv: Sequence[str] | None = None) -> int:
    given = arguments().parse_args(argv)
    symbols = tuple(resolve_symbol(symbol, SYMBOLS) for symbol in SYMBOLS[: given.coins])
    readers = Readers(given.pages, given.sse, given.sockets)
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        format_ = "%(asctime)s %(name)s %(message)s"
        logging.basicConfig(filename=folder / "soak.log", level=logging.WARNING, format=format_)
        logging.getLogger("scripts").setLevel(logging.INFO)
        figures = soak(symbols, given.speed, given.minutes * 60, folder.absolute(), readers, given.peaceful, given.at)
    print(json.dumps(asdict(figures), indent=2))
    return 0 if figures.flawless else 1


if __name__ == "__main__":
    sys.exit(main())
