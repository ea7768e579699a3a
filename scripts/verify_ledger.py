"""Verify that the ledger still is what was written: every entry's hash is recomputed from the first one on.

    python -m scripts.verify_ledger [FILE ...] [--head SEQ:HASH]

Without FILE all ledgers of the CANDOR_* settings are verified. --head is an entry that somebody kept, from the log or from
/api/ledger/head: only with it can be seen that a chain was cut off, or written anew as a whole. The exit code is 0 where
everything is as it was written, 1 where the first wrong entry is named, 2 where a ledger cannot be read.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

if not __package__:
    import run_by_path  # noqa: F401

from core.errors import CandorError
from core.findings import LedgerDamage
from core.journal.database import open_database
from core.journal.errors import in_full
from core.journal.places import Place, SqliteFile
from core.journal.shelf import file_there, ledgers_at, market_of
from core.journal.verification import verify
from core.settings import get_settings
from core.wording.sentences import ledger_text

INTACT, DAMAGED, UNREADABLE = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        places = [SqliteFile("", file_there(path)) for path in options.files] or _of_settings()
    except CandorError as error:
        print(in_full(error), file=sys.stderr)
        return UNREADABLE
    if options.head is not None and len(places) != 1:
        print(f"--head belongs to one ledger, and there are {len(places)}; name the file.", file=sys.stderr)
        return UNREADABLE
    return max(_verified(place, options.head) for place in places)


def _verified(place: Place, head: tuple[int, bytes] | None) -> int:
    database = open_database(place, existing=True)
    server = database.named.server
    where = database.where.replace("{path}", str(database.path)) + (f" {server}" if server else "")
    try:
        market = market_of(database)
        found = verify(database, head)
    except CandorError as error:
        print(in_full(error), file=sys.stderr)
        return UNREADABLE
    finally:
        database.close()
    if isinstance(found, LedgerDamage):
        print(f"{where}: {ledger_text(found)}")
        return DAMAGED
    print(f"{where}: {market}, {found.head.seq:,} entries, all as they were written. When this began, the last was "
          f"{found.head.seq}:{found.head.hash.hex()}")  # fmt: skip
    return INTACT


def _of_settings() -> list[Place]:
    settings = get_settings()
    url = settings.database_url
    places = ledgers_at(settings.data_dir, None if url is None else url.get_secret_value())
    if not places:
        where = f"{settings.data_dir} (ledger-*.db)" if url is None else "the server of CANDOR_DATABASE_URL"
        raise CandorError(f"There is no ledger in {where}; name a file, or run Candor first.")
    return places


def _head(written: str) -> tuple[int, bytes]:
    seq, _, digest = written.partition(":")
    try:
        kept = int(seq), bytes.fromhex(digest)
    except ValueError:
        kept = 0, b""
    if kept[0] < 1 or len(kept[1]) != 32:
        raise argparse.ArgumentTypeError(f"{written[:100]!r} is no entry; expected SEQ:HASH with 64 hexadecimal digits")
    return kept


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Verify that the ledger still is what was written.")
    parser.add_argument("files", metavar="FILE", nargs="*", type=Path, help="a ledger in SQLite, or a backup of one")
    parser.add_argument("--head", metavar="SEQ:HASH", type=_head, help="an entry as somebody kept it")
    return parser


if __name__ == "__main__":
    sys.exit(main())
