"""Copy the ledger into a file, or put such a file back; the copy is verified before it counts.

    python -m scripts.backup_ledger FILE [--market simulated-seed1] [--without-addresses]
    python -m scripts.backup_ledger FILE --restore [--market simulated-seed1]

Candor may be running. The copy is a SQLite file with the same entries and hashes, wherever the ledger lives;
--restore puts it where the CANDOR_* settings want that market's ledger, into the data folder or onto the PostgreSQL
server, and never over one that is there. The exit code is 0 or, with a sentence, 1.

The rules of alerts come along, how they stand and what they told. Where they send is a secret, passwords and tokens
among it: FILE can be read by its owner alone, and --without-addresses leaves that out. No other secret is in it: keys of
the API, logins and the database's password are settings and never in a ledger.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

if not __package__:
    import run_by_path  # noqa: F401

from core.alerts.copying import Copied, copy_alerts
from core.errors import CandorError
from core.journal.copying import copy_ledger
from core.journal.database import Database, open_database
from core.journal.errors import in_full
from core.journal.places import Place, SqliteFile, place_named
from core.journal.shelf import file_there, ledgers_at, market_of
from core.journal.store import Head, now_ms
from core.settings import get_settings


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        done = _restore(options.file, options.market) if options.restore else _back_up(options)
    except CandorError as error:
        print(in_full(error), file=sys.stderr)
        return 1
    for sentence in _sentences(done, options):
        print(sentence)
    return 0


@dataclass(frozen=True, slots=True)
class Done:
    """The last entry of a copy, and the rules that came along."""

    head: Head
    alerts: Copied


def _sentences(done: Done, options: argparse.Namespace) -> Iterator[str]:
    """The last entry comes last: whoever keeps it finds it there."""
    rules, on, addresses = done.alerts.rules, done.alerts.on, done.alerts.addresses
    if rules:
        yield f"Rules of alerts: {rules}, of which {on} are on and {addresses} have an address to send to."
    if addresses and not options.restore:
        yield f"Addresses hold passwords and tokens: keep {options.file} as you keep those, or copy --without-addresses."
    if on and addresses and options.restore:
        yield "Candor sends for them as soon as it runs here: stop the one that sent for them before."
    what = "put back" if options.restore else "copied"
    yield f"{done.head.seq:,} entries {what} and verified. The last one is {done.head.seq}:{done.head.hash.hex()}"


def _back_up(options: argparse.Namespace) -> Done:
    with _opened(_chosen(options.market)) as source:
        return _copied_into(source, SqliteFile("", options.file), options.addresses, secret=True)


def _restore(file: Path, market: str | None) -> Done:
    settings = get_settings()
    url = settings.database_url
    with _opened(SqliteFile("", file_there(file))) as source:
        found = market_of(source)
        if market not in {None, found}:
            raise CandorError(f"{{path}} is the ledger of {found}, not of {market}; nothing was put back.", file)
        place = place_named(found, settings.data_dir, None if url is None else url.get_secret_value())
        return _copied_into(source, place)


def _copied(source: Database, target: Database, addresses: bool) -> Done:
    head = copy_ledger(source, target)
    return Done(head, copy_alerts(source, target, head.seq, now_ms(), addresses))


def _copied_into(source: Database, place: Place, addresses: bool = True, secret: bool = False) -> Done:
    """Copy ``source`` to ``place``; a file is there whole and verified, or not at all, a ``secret`` one for its owner alone."""
    if not isinstance(place, SqliteFile):
        with _opened(place, new=True) as target:
            return _copied(source, target, addresses)
    if place.path.exists():
        raise CandorError("{path} is there already; a copy never overwrites one.", place.path)
    aside = place.path.with_name(f".{place.path.name}.tmp")
    of_killed = [aside, aside.with_name(f"{aside.name}-journal"), aside.with_name(f"{aside.name}-wal")]
    _remove(of_killed)
    try:
        if secret:
            _begin_secret(aside)
        with _opened(SqliteFile("", aside), new=True) as target:
            done = _copied(source, target, addresses)
        aside.rename(place.path)
    finally:
        _remove(of_killed)
    return done


def _remove(files: Sequence[Path]) -> None:
    """Where nothing may be written nothing was left either, and what is written next says so."""
    for file in files:
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)


def _begin_secret(path: Path) -> None:
    """An empty file that its owner alone can read, which SQLite goes on to fill."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise CandorError(f"{{path}} cannot be written: {error.strerror}.", path) from error


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
    parser.add_argument(
        "--without-addresses", dest="addresses", action="store_false", help="leave out where rules of alerts send"
    )
    parser.add_argument("--restore", action="store_true", help="put FILE back")
    return parser


if __name__ == "__main__":
    sys.exit(main())
