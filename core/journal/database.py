"""Connections to a ledger: one that writes, others that only read, in SQLite or PostgreSQL.

SQLite from 3.7.0 to 3.51.2 can damage a database in WAL mode when two connections write or checkpoint at the same
instant; with those a rollback journal is kept, which is truncated, and synced, as each transaction ends.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, text

from core.journal.damage import first_damaged
from core.journal.errors import LedgerDamaged, LedgerGone, Named, in_words
from core.journal.places import Place, PostgresqlSchema, SqliteFile
from core.journal.server import CONNECT, named_of, url_of

log = logging.getLogger(__name__)

BUSY_SECONDS = 5.0
"""How long SQLite waits for another process's lock."""

STATEMENT_MS = 60_000
"""No statement on a server takes longer, or the server does not answer."""

READERS = 4

CACHE_KIB = 32_768
"""What the writer keeps of a SQLite file in memory: hashes are entered all over their index, and are soon needed again.

A process grows by this over its first closes, some 700 with 136 models, and then no more.
"""

FIRST_SAFE_WAL = (3, 51, 3)


def journal_mode(version: tuple[int, ...]) -> str:
    """How SQLite of ``version`` keeps a transaction whole."""
    return "WAL" if version >= FIRST_SAFE_WAL else "TRUNCATE"


class Database:
    """A ledger's transactions."""

    def __init__(
        self, writer: Engine, reader: Engine, begin_migrating: Callable[[Connection], None], named: Named
    ) -> None:
        self.named = named
        self._writer, self._reader = writer, reader
        self._begin_migrating = begin_migrating
        self._file: tuple[int, int] | None = None

    @property
    def where(self) -> str:
        """The ledger's place as everybody may read it, ``{path}`` in it for ``path``."""
        return self.named.where

    @property
    def path(self) -> Path | None:
        return self.named.path

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A transaction in which tables may be made; nobody else makes any meanwhile."""
        with self.in_words(), self._writer.begin() as connection:
            self._begin_migrating(connection)
            yield connection
        self._file = self._file_now()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is durable once this ends; errors of the database pass as they are."""
        if self._file != self._file_now():
            raise LedgerGone(f"The ledger in {self.where} was moved away or replaced.", self.path)
        with self._writer.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One unchanging view of the ledger; LedgerUnavailable where it cannot be read, or no sense made of it inside."""
        with self.understood(), self.in_words(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def understood(self, seq: int | None = None) -> Iterator[None]:
        """What goes wrong inside with what was read becomes LedgerDamaged: of entry ``seq``, or of the first that looks it."""
        try:
            yield
        except (ValueError, TypeError, LookupError, ArithmeticError) as error:
            raise LedgerDamaged.at(self._damaged(error) if seq is None else seq, self.named) from error

    def in_words(self) -> AbstractContextManager[None]:
        """What the database raises inside becomes LedgerUnavailable."""
        return in_words(self.named)

    def _damaged(self, error: Exception) -> int | None:
        with self.in_words(), self._reader.begin() as connection:
            seq = first_damaged(connection)
        if seq is None:  # a mistake of ours looks like that, too
            log.error("What was read of the ledger in %s makes no sense.", self.path or self.where, exc_info=error)
        return seq

    def close(self) -> None:
        self._writer.dispose()
        self._reader.dispose()

    def _file_now(self) -> tuple[int, int] | None:
        """Which file is at the path: SQLite itself would go on writing into one that was deleted."""
        if self.path is None:
            return None
        try:
            status = self.path.stat()
        except OSError:
            return -1, -1
        return status.st_dev, status.st_ino


def open_database(place: Place, existing: bool = False, read_only: bool = False) -> Database:
    """The database of a ledger, not asked anything yet; with ``existing`` it is not made where there is none.

    With ``read_only`` a PostgreSQL server itself refuses whatever this would write.
    """
    return _sqlite(place, existing) if isinstance(place, SqliteFile) else _postgresql(place, read_only)


# ---------------------------------------------------------------- SQLite


def _sqlite(place: SqliteFile, existing: bool) -> Database:
    path = place.path
    named = Named("{path}", path)
    with in_words(named):
        if not existing:
            path.parent.mkdir(parents=True, exist_ok=True)
    writer = _sqlite_engine(path, "rw" if existing else "rwc", 1, "BEGIN IMMEDIATE")
    reader = _sqlite_engine(path, "rw", READERS, "BEGIN")  # to read, too: what a killed writer left has to be undone

    @event.listens_for(writer, "connect")
    def _(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA journal_mode={journal_mode(sqlite3.sqlite_version_info)}")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")

    @event.listens_for(reader, "connect")
    def _(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA query_only=ON")

    return Database(writer, reader, lambda _: None, named)


def _keep_from_others(path: Path) -> None:
    """Make the file for its owner alone, or take an earlier one from everybody: rules of alerts are in it, with passwords.

    What SQLite puts beside it has the same permissions. A group that was let in stays. Where this cannot be, SQLite says why.
    """
    with suppress(OSError):
        descriptor = os.open(path, os.O_CREAT | os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY, 0o600)
        try:
            mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
            if mode & stat.S_IRWXO:
                os.fchmod(descriptor, mode & ~stat.S_IRWXO)
        finally:
            os.close(descriptor)


def _sqlite_engine(path: Path, mode: str, connections: int, begin: str) -> Engine:
    def connect() -> sqlite3.Connection:
        if mode == "rwc":
            _keep_from_others(path)
        return sqlite3.connect(
            f"file:{quote(str(path))}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,  # transactions begin where we say, with the lock that we say
            check_same_thread=False,
        )

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=connections, max_overflow=0)

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


# ---------------------------------------------------------------- PostgreSQL


def _postgresql(place: PostgresqlSchema, read_only: bool) -> Database:
    named = named_of(place)
    engine = create_engine(url_of(place), pool_size=READERS, max_overflow=2, pool_pre_ping=True, connect_args=CONNECT)

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        """Set for one transaction each: a pooler may hand every transaction to another session."""
        connection.exec_driver_sql(
            "SELECT set_config('search_path', %s, true), set_config('statement_timeout', %s, true),"
            " set_config('lock_timeout', %s, true), set_config('synchronous_commit', 'on', true)",
            (f'"{place.schema}"', str(STATEMENT_MS), str(STATEMENT_MS)),
        )

    def begin_migrating(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('candor ledger'))"))
        named = {"schema": f'"{place.schema}"'}
        if connection.execute(text("SELECT to_regnamespace(:schema) IS NULL"), named).scalar_one():
            connection.exec_driver_sql(f'CREATE SCHEMA "{place.schema}"')

    reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    writer = engine.execution_options(postgresql_readonly=True) if read_only else engine
    return Database(writer, reader, begin_migrating, named)
