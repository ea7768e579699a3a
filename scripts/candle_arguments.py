"""What the commands of training and evaluation share: arguments, what is demanded of them, and how they end."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from core.disk import cannot_write
from core.errors import CandorError, InvalidRequest
from core.learning.cluster import Cluster, ClusterUnusable
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


def check_candle_arguments(options: argparse.Namespace, seeds: int, filled: bool = False) -> None:
    """InvalidRequest unless --candles and --spot-candles hold candles, and --jobs and --seed (0 to seeds - 1) can be.

    Where --candles is still to be ``filled``, it may be empty.
    """
    if options.candles is None:
        raise InvalidRequest(
            "Which candles? Give --candles FOLDER or set CANDOR_CANDLES_DIR; "
            "scripts/download_candles.py fills such a folder."
        )
    for name, folder in (("--candles", None if filled else options.candles), ("--spot-candles", options.spot_candles)):
        if folder is not None:
            check_candles(name, folder)
    if options.jobs == 0 or options.jobs < -1:
        raise InvalidRequest(f"--jobs is {options.jobs}; expected a positive number, or -1 for one process per core.")
    if not 0 <= options.seed < seeds:
        raise InvalidRequest(f"--seed is {options.seed}; expected a whole number from 0 to {seeds - 1}.")


def check_candles(name: str, folder: Path) -> None:
    """InvalidRequest unless the folder that the argument names holds candles."""
    if not CandleStore(folder).symbols():
        raise InvalidRequest(f"{name} {folder} holds no candles; expected files <SYMBOL>/<timeframe>.parquet there.")


def find_room(folder: Path) -> None:
    """Let temporary files go below ``folder`` where the machine has no place for them, as on a disk that is read-only."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        room = folder / "tmp"
        try:
            room.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(error, room) from None
        os.environ["TMPDIR"] = tempfile.tempdir = str(room)  # for the processes that are started, and for this one


def run_to_its_end(
    make_parser: Callable[[], argparse.ArgumentParser],
    arguments: list[str] | None,
    carry_out: Callable[[argparse.Namespace], Callable[[], int]],
) -> int:
    """Parse, let ``carry_out`` check the options, then do what it returns; whatever stops it is one sentence.

    Returns the exit code: that of what was done, 1 where a disk or a folder stopped it, 2 for bad arguments, settings
    and clusters, 130 where somebody did.
    """
    try:
        parser = make_parser()
    except CandorError as error:  # the CANDOR_* settings
        print(error, file=sys.stderr)
        return 2
    options = parser.parse_args(arguments)
    try:
        work = carry_out(options)
    except (CandorError, OSError) as error:
        parser.error(str(error))
    try:
        return work()
    except ClusterUnusable as error:
        parser.error(str(error))
    except (CandorError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What is done is kept; run the same command to go on.", file=sys.stderr)
        return 130
