"""What can stand between Candor and its ledger, each in one sentence.

Readers of pages see them: so they name neither a server's address nor its user. What does is kept apart, for the log and
for who runs a command; a password is nowhere.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError

from core.errors import CandorError
from core.text import shorten
from core.wording.sentences import error_text

LONGEST_REASON = 200


class LedgerUnavailable(CandorError):
    """The ledger cannot be read or written now: its disk, its folder or its server is why.

    ``detail`` is what a server's own error says, with its address: for the log and commands, never for pages.
    """

    code = "ledger_unavailable"
    detail: str | None = None


class LedgerGone(LedgerUnavailable):
    """What was opened is no longer there; opened again, it is begun anew."""


class LeadershipLost(LedgerUnavailable):
    """This process led, and does so no longer: another one may write now."""


class LedgerDamaged(LedgerUnavailable):
    """The ledger holds what was never entered: somebody, or a disk, has changed it."""

    code = "ledger_damaged"

    @classmethod
    def at(cls, seq: int | None, named: Named) -> LedgerDamaged:
        """That of entry ``seq``; None where nobody has found out which it is."""
        which = f"The ledger in {named.where}" if seq is None else f"Entry {seq} of the ledger in {named.where}"
        return cls(
            f"{which} is damaged; python -m scripts.verify_ledger tells since which entry it is not what was written.",
            named.path,
        )


class LedgerRefused(CandorError):
    """What was found is no ledger, or is not the one of this market or this version of Candor."""

    code = "ledger_refused"


def in_full(error: CandorError) -> str:
    """What an error says, with what only the log and whoever runs a command may read."""
    detail = error.detail if isinstance(error, LedgerUnavailable) else None
    return error_text(error) + (f" ({detail})" if detail else "")


@dataclass(frozen=True, slots=True)
class Named:
    """A ledger's place as errors name it: ``where`` to everybody, ``{path}`` in it for the file at ``path``.

    ``server`` is the address of a PostgreSQL server, for the log alone; ``secret`` is never repeated.
    """

    where: str
    path: Path | None = None
    server: str | None = None
    secret: str | None = None


@contextmanager
def in_words(named: Named) -> Iterator[None]:
    """What the database raises inside becomes LedgerUnavailable."""
    try:
        yield
    except DBAPIError as error:
        if _is_damage(error.orig):
            raise LedgerDamaged.at(None, named) from error
        kind = LedgerGone if _is_gone(error.orig) else LedgerUnavailable
        raise _described(kind, error.orig or error, named) from error
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise _described(LedgerUnavailable, error, named) from error


def _described(kind: type[LedgerUnavailable], error: BaseException, named: Named) -> LedgerUnavailable:
    why = _why(error) if named.server is None else _why_the_server(error)
    described = kind(f"The ledger in {named.where} cannot be used: {why}.", named.path)
    if named.server is not None:
        line = _first_line(error)
        described.detail = f"{named.server}: {line.replace(named.secret, '***') if named.secret else line}"
    return described


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

_DAMAGE_MESSAGES = ("Could not decode", "integer overflow")
"""What SQLite says of a text that is none, and of a number too large to be reckoned with."""

_DATA_EXCEPTIONS = "22"
"""How a server's numbers of the same begin."""


def _is_damage(error: BaseException | None) -> bool:
    state = getattr(error, "sqlstate", None) or ""
    return str(state).startswith(_DATA_EXCEPTIONS) or str(error).startswith(_DAMAGE_MESSAGES)


def _is_gone(error: BaseException | None) -> bool:
    return getattr(error, "sqlstate", None) == _NO_TABLE or str(error).startswith("no such table")


def _why(error: BaseException) -> str:
    """The reason as a clause; what is not known by its number is told in the words of SQLite or the system."""
    number = getattr(error, "sqlite_errorcode", None)
    if number is not None and (number & 0xFF) in _SQLITE_REASONS:
        return _SQLITE_REASONS[number & 0xFF]
    return shorten(getattr(error, "strerror", None) or _first_line(error), LONGEST_REASON)  # a path is named already


def _why_the_server(error: BaseException) -> str:
    """The reason as a clause, by the number of it: a server's own words name addresses and users."""
    state = getattr(error, "sqlstate", None)
    if state is None:
        return "the server cannot be reached, or does not let Candor in; the log says more"
    return _POSTGRESQL_REASONS.get(state, f"the server refused it with SQLSTATE {state}; the log says more")


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
