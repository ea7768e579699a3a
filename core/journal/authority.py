"""Whether a process may write a market's ledger: always, never, or while it leads."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import Connection

from core.journal.database import Database
from core.journal.errors import LedgerUnavailable
from core.journal.leadership import nobody_leads


class Authority(Protocol):
    """Of one process over one market's ledger."""

    read_only: bool
    """Whether it never comes."""

    @property
    def epoch(self) -> int | None:
        """That of a leader; None of anybody else."""

    @property
    def kept_out(self) -> bool:
        """Whether somebody else led, and kept it from writing, when it tried last."""

    def granted(self) -> bool:
        """Whether the process may write now, or try to; a memory read."""

    def begin(self, database: Database) -> None:
        """Called before the first transaction after it was granted; errors as of ``fence``, or of the database."""

    def fence(self, connection: Connection) -> int | None:
        """Called first in each transaction that writes: the epoch of what it enters, None of whoever leads nobody.

        LedgerUnavailable where it may not be.
        """

    def end(self) -> None:
        """Want it no more."""


class _Unquestioned:
    """Of whoever keeps its answer for good: there is nothing to begin or to end."""

    epoch = None
    kept_out = False

    def begin(self, database: Database) -> None: ...

    def fence(self, connection: Connection) -> int | None:
        return None

    def end(self) -> None: ...


class Always(_Unquestioned):
    """Of whoever writes beside others that do the same: the ledger's keys see to it that everything is said once.

    On a server not beside a feeder that leads: it alone says what is recorded while it does.
    """

    read_only = False

    def granted(self) -> bool:
        return True

    def fence(self, connection: Connection) -> int | None:
        self.kept_out = connection.dialect.name == "postgresql" and not nobody_leads(connection)
        if self.kept_out:
            raise LedgerUnavailable(
                "A feeder leads this ledger, and a process of the role all records beside none. Set CANDOR_ROLE to feeder or "
                "face for this one."
            )
        return None


class Never(_Unquestioned):
    """Of whoever only reads."""

    read_only = True

    def granted(self) -> bool:
        return False
