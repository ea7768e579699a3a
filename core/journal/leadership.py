"""Leadership: of several feeders on one market's ledger one records, and another within seconds once that one is gone.

A leader holds an advisory lock of the PostgreSQL server on a session of its own. The server lets go of it with the
session: at once where the process dies, and after LOST_AFTER_SECONDS of silence where it hangs, sleeps or is out of reach.
Whoever gets the lock begins an epoch (core.journal.epochs), and from then on nobody else can write.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable

from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from core.journal.database import Database
from core.journal.epochs import begin_epoch, held_epoch
from core.journal.errors import LeadershipLost
from core.journal.places import PostgresqlSchema
from core.journal.server import CONNECT, url_of

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
"""Between two signs of life of a leader, and between two tries of somebody who waits."""

LOST_AFTER_SECONDS = 8.0
"""Without a sign of life for so long, a leader leads no longer. With a try and the beginning of an epoch, another one
leads well within 15 seconds."""

STOP_SECONDS = 5.0


class LockSession:
    """A session of its own on a market's server, which holds the market's lock or tries to. Not thread-safe."""

    def __init__(self, place: PostgresqlSchema) -> None:
        self.holds = False
        self._market = place.schema
        self._engine = _engine_of(place)
        self._connection: Connection | None = None

    def try_to_hold(self) -> None:
        """Make sure that the lock is still ours, or try once to get it; where the server does not answer it is not."""
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            if self.holds:
                self._connection.exec_driver_sql("SELECT 1")
            else:
                self.holds = self._connection.execute(_TRY, {"market": self._market}).scalar_one()
        except SQLAlchemyError:
            log.debug("The session that is to hold the lock of %s is gone.", self._market, exc_info=True)
            self.close()

    def close(self) -> None:
        """Let go of the lock, where the server can still be told."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
        self._connection, self.holds = None, False


_TRY = text("SELECT pg_try_advisory_lock(hashtextextended('candor leads ' || :market, 0))")

_SHARE = text(
    "SELECT pg_try_advisory_xact_lock_shared(hashtextextended('candor leads ' || current_schema(), 0)),"
    " set_config('idle_in_transaction_session_timeout', :silent_ms, true)"
)


def nobody_leads(connection: Connection) -> bool:
    """Whether no feeder leads; then none can until the transaction ends.

    A transaction of which the server hears nothing for LOST_AFTER_SECONDS is undone, as a leader's is: others wait.
    """
    free, _ = connection.execute(_SHARE, {"silent_ms": str(round(LOST_AFTER_SECONDS * 1000))}).one()
    return bool(free)


def _engine_of(place: PostgresqlSchema) -> Engine:
    """One connection at a time, which the server ends by itself where it hears nothing of it."""
    silent_ms = round(LOST_AFTER_SECONDS * 1000)
    options = {
        **CONNECT,
        "application_name": "candor leader",
        "tcp_user_timeout": silent_ms,
        "options": " ".join(f"-c {name}={silent_ms}" for name in ("idle_session_timeout", "statement_timeout")),
    }
    return create_engine(url_of(place), poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=options)


class Leadership:
    """One process's, over one market's ledger: an Authority. Thread-safe.

    ``on_change`` is called, in whatever thread finds out, when it was won or lost.
    """

    read_only = False
    kept_out = False  # whoever does not lead does not try

    def __init__(self, place: PostgresqlSchema, on_change: Callable[[], object] = lambda: None) -> None:
        self._market, self._on_change = place.market, on_change
        self._session, self._asking = LockSession(place), threading.Lock()
        self._epoch: int | None = None
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def epoch(self) -> int | None:
        return self._epoch if self.granted() else None

    def granted(self) -> bool:
        return self._session.holds

    def start(self) -> None:
        """Give signs of life in the background, or try to lead."""
        self._thread = threading.Thread(target=self._run, name="leadership", daemon=True)
        self._thread.start()

    def beat(self) -> None:
        """One sign of life, or one try."""
        with self._asking:
            if self._over.is_set():
                return
            led = self._session.holds
            self._session.try_to_hold()
            leads = self._session.holds
            if led and not leads:
                self._epoch = None
        if led != leads:
            log.warning("This process %s the ledger %s.", "leads" if leads else "leads no longer", self._market)
            self._on_change()

    def begin(self, database: Database) -> None:
        """Begin an epoch, once everything that the leader before has begun to write is written or undone."""
        with database.in_words(), database.writing() as connection:
            epoch = begin_epoch(connection, f"{socket.gethostname()}:{os.getpid()}")
        self.beat()
        if not self.granted():
            raise LeadershipLost(f"Another process leads the ledger {self._market} now.")
        self._epoch = epoch
        log.info("Epoch %d of the ledger %s has begun.", epoch, self._market)

    def fence(self, connection: Connection) -> int | None:
        """Make sure that the lock is ours still, and that nobody has begun an epoch since, until the transaction ends."""
        self.beat()
        epoch = self.epoch
        if epoch is None:
            raise LeadershipLost(f"This process leads the ledger {self._market} no longer.")
        newest = held_epoch(connection, round(LOST_AFTER_SECONDS * 1000))
        if newest != epoch:
            self._step_down()
            raise LeadershipLost(
                f"Epoch {newest} of the ledger {self._market} has begun; this process led in epoch {epoch}."
            )
        return epoch

    def end(self) -> None:
        """Lead no longer, so that another process can at once."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(timeout=STOP_SECONDS)
        self._step_down()

    def _step_down(self) -> None:
        with self._asking:
            self._session.close()
            self._epoch = None

    def _run(self) -> None:
        while True:
            try:
                self.beat()
            except Exception:
                log.exception("Trying to lead failed.")
            if self._over.wait(BEAT_SECONDS):
                return
