"""Verifies a ledger in the background: when it was opened, and every hour, leaving most of the time to others."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from core.errors import CandorError
from core.findings import LedgerDamage
from core.journal.database import Database
from core.journal.errors import in_full
from core.journal.store import Head, now_ms
from core.journal.verification import verify

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0
RETRY_SECONDS = 300.0
EMPTY_SECONDS = 0.5
"""Until a ledger that has no entries yet is looked at again."""

SHARE = 0.2
"""Of one core's time, while it verifies."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the last verification found, when it ended (Unix milliseconds)."""

    head: Head | None
    damage: LedgerDamage | None
    at_ms: int


class Verifier:
    """One ledger's; ``checked`` is None until the first verification has ended that found any entries."""

    def __init__(self, database: Database) -> None:
        self.checked: Checked | None = None
        self._database = database
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ledger-verifier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End at once, or after some hundredths of a second where a stretch is being verified."""
        self._over.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        wait = 0.0
        while not self._over.wait(wait):
            try:
                self.verify()
                wait = EVERY_SECONDS if self.checked is not None else EMPTY_SECONDS
            except _Over:
                return
            except CandorError as error:
                log.warning("%s", in_full(error))
                wait = RETRY_SECONDS
            except Exception:
                log.exception("Verifying the ledger failed.")
                wait = RETRY_SECONDS

    def verify(self) -> None:
        """Verify the ledger as it is now, in the caller's thread."""
        began = time.monotonic()

        def pause() -> None:
            nonlocal began
            if self._over.wait((time.monotonic() - began) * (1 / SHARE - 1)):
                raise _Over
            began = time.monotonic()

        found = verify(self._database, after_each=pause)
        if isinstance(found, LedgerDamage):
            log.error(
                "The ledger in %s is damaged: entry %d (%s).",
                self._database.path or self._database.where,
                found.seq,
                found.fault,
            )
            self.checked = Checked(None, found, now_ms())
        elif found.head.seq:  # of a ledger without entries, that all is as it was written would say nothing
            self.checked = Checked(found.head, None, now_ms())


class _Over(Exception):
    """The verifier was stopped."""
