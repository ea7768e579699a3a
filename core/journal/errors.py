"""What can stand between Candor and its ledger, each in one sentence without a password."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from core.errors import CandorError
from core.text import shorten

LONGEST_REASON = 200


class LedgerUnavailable(CandorError):
    """The ledger cannot be read or written now: its disk, its folder or its server is why."""

    code = "ledger_unavailable"


class LedgerGone(LedgerUnavailable):
    """What was opened is no longer there; opened again, it is begun anew."""


class LedgerRefused(CandorError):
    """What was found is no ledger, or is not the one of this market or this version of Candor."""

    code = "ledger_refused"


@contextmanager
def in_words(where: str, path: Path | None = None, secret: str | None = None) -> Iterator[None]:
    """What the database raises inside becomes LedgerUnavailable.

    ``where`` is the ledger as it may be named, ``{path}`` for the file at ``path``; ``secret`` is never repeated.
    """
    try:
        yield
    except DBAPIError as error:
        kind = LedgerGone if _is_gone(error.orig) else LedgerUnavailable
        raise kind(f"The ledger in {where} cannot be used: {_why(error.orig, secret)}.", path) from error
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise LedgerUnavailable(f"The ledger in {where} cannot be used: {_why(error, secret)}.", path) from error


def names_what_is_not_there(error: IntegrityError) -> bool:
    """Whether a row was refused because it refers to one that does not exist, rather than because it is there already."""
    number, state = getattr(error.orig, "sqlite_errorcode", None), getattr(error.orig, "sqlstate", None)
    return number == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY or state == _NO_SUCH_ROW


_NO_SUCH_ROW = "23503"

_SQLITE_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space",
    sqlite3.SQLITE_READONLY: "it or its folder is read-only; allow writing, or set CANDOR_DATA_DIR to another folder",
    sqlite3.SQLITE_PERM: "it or its folder is read-only; allow writing, or set CANDOR_DATA_DIR to another folder",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; its folder has to exist, and to be ours to write in",
    sqlite3.SQLITE_BUSY: "another process has kept it locked for too long",
    sqlite3.SQLITE_LOCKED: "another process has kept it locked for too long",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; put a backup in its place",
    sqlite3.SQLITE_NOTADB: "the file is no SQLite database; move it away",
}

_POSTGRESQL_REASONS = {
    "53100": "the server's disk is full; free some space there",
    "25006": "the server takes no writes now, as a standby does",
    "42501": "the user may not write there; grant CREATE on the database",
    "28P01": "the server does not accept the password",
    "57014": "the server took too long",
    "55P03": "another process has kept it locked for too long",
}


_NO_TABLE = "42P01"


def _is_gone(error: BaseException | None) -> bool:
    return getattr(error, "sqlstate", None) == _NO_TABLE or str(error).startswith("no such table")


def _why(error: BaseException | None, secret: str | None) -> str:
    """The reason as a clause; what is not known by its number is told in the database's own first line."""
    number = getattr(error, "sqlite_errorcode", None)
    if number is not None and (number & 0xFF) in _SQLITE_REASONS:
        return _SQLITE_REASONS[number & 0xFF]
    known = _POSTGRESQL_REASONS.get(getattr(error, "sqlstate", None) or "")
    if known is not None:
        return known
    told = getattr(error, "strerror", None) or str(error).strip() or type(error).__name__  # a path is named already
    said = told.splitlines()[0].rstrip(".")
    return shorten(said.replace(secret, "***") if secret else said, LONGEST_REASON)
