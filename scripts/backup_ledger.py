"""Copy the ledger into a file, or put such a file back; the copy is verified before it counts.

    python -m scripts.backup_ledger FILE [--market simulated-seed1]
    python -m scripts.backup_ledger FILE --restore

Candor may be running. The copy is a SQLite file with the same entries and hashes, wherever the ledger lives;
--restore puts it where the CANDOR_* settings want that market's ledger, into the data folder or onto the PostgreSQL
server, and never over one that is there. The exit code is 0 or, with a sentence, 1.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

if not __package__:
    import run_by_path  # noqa: F401

from core.errors import CandorError
from core.journal.copying import copy_ledger
from core.journal.database import Database, open_database
from core.journal.errors import in_full
from core.journal.places import Place, SqliteFile, place_named
from core.journal.shelf import ledgers_at, market_of
from core.journal.store import Head
from core.settings import get_settings


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        head = _restore(options.file) if options.restore else _back_up(options.file, options.market)
    except CandorError as error:
        print(in_full(error), file=sys.stderr)
        return 1
    done = "put back" if options.restore else "copied"
    print(f"{head.seq:,} entries {done} and verified. The last one is {head.seq}:{head.hash.hex()}")
    return 0


def _back_up(file: Path, market: str | None) -> Head:
    with _opened(_chosen(market)) as source:
        return _copied_into(source, SqliteFile("", file))


def _restore(file: Path) -> Head:
    settings = get_settings()
    url = settings.database_url
    with _opened(SqliteFile("", file)) as source:
        place = place_named(market_of(source), settings.data_dir, None if url is None else url.get_secret_value())
        return _copied_into(source, place)


def _copied_into(source: Database, place: Place) -> Head:
    """Copy ``source`` to ``place``; a file is there whole and verified, or not at all."""
    if not isinstance(place, SqliteFile):
        with _opened(place, new=True) as target:
            return copy_ledger(source, target)
    if place.path.exists():
        raise CandorError("{path} is there already; a copy never overwrites one.", place.path)
    aside = place.path.with_name(f".{place.path.name}.tmp")
    of_killed = [aside, aside.with_name(f"{aside.name}-journal"), aside.with_name(f"{aside.name}-wal")]
    for leftover in of_killed:
        leftover.unlink(missing_ok=True)
    try:
        with _opened(SqliteFile("", aside), new=True) as target:
            head = copy_ledger(source, target)
        aside.rename(place.path)
    finally:
        for leftover in of_killed:
            leftover.unlink(missing_ok=True)
    return head


def _chosen(market: str | None) -> Place:
    """The ledger of ``market``, or the only one there is."""
    settings = get_settings()
    url = settings.database_url
    places = ledgers_at(settings.data_dir, None if url is None else url.get_secret_value())
    chosen = [place for place in places if market in {None, place.market}]
    if len(chosen) != 1:
        there = ", ".join(place.market for place in places) or "none"
        raise CandorError(f"Which ledger? Name one with --market. There are: {there}.")
    return chosen[0]


@contextlib.contextmanager
def _opened(place: Place, new: bool = False) -> Iterator[Database]:
    database = open_database(place, existing=not new)
    try:
        yield database
    finally:
        database.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Copy the ledger into a file, or put such a file back.")
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--market", help="whose ledger, where there are several")
    parser.add_argument("--restore", action="store_true", help="put FILE back")
    return parser


if __name__ == "__main__":
    sys.exit(main())
