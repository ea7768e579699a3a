"""Verifies a ledger in the background: the whole when it was opened and every hour, what is new every minute."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import CandorError
from core.findings import LedgerDamage
from core.journal.database import Database
from core.journal.errors import in_full
from core.journal.store import Head, now_ms
from core.journal.verification import verify

log = logging.getLogger(__name__)

WHOLE_SECONDS = 3600.0
"""From one verification of the whole ledger to the next."""

NEW_SECONDS = 60.0
"""Until what was entered since is verified: of a board some hundred entries, which takes milliseconds."""

RETRY_SECONDS = 300.0
EMPTY_SECONDS = 0.5
"""Until a ledger that has no entries yet is looked at again."""

SHARE = 0.2
"""Of one core's time, while it verifies; the rest is left to others."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the last verification found, when it began (Unix milliseconds): what was changed after that it may have missed.

    ``whole_at_ms`` is when the last one began that started with the first entry, and ``whole_seq`` the entry that it
    reached, 0 where it found damage; the entries after that were verified as they came.
    """

    head: Head | None
    damage: LedgerDamage | None
    at_ms: int
    whole_at_ms: int
    whole_seq: int


class Verifier:
    """One ledger's; ``checked`` is None until the first verification has ended that found any entries."""

    def __init__(self, database: Database) -> None:
        self.checked: Checked | None = None
        self._database = database
        self._whole_due = 0.0
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
                self.verify_what_is_due(time.monotonic())
                wait = NEW_SECONDS if self.checked is not None else EMPTY_SECONDS
            except _Over:
                return
            except CandorError as error:
                log.warning("%s", in_full(error))
                wait = RETRY_SECONDS
            except Exception:
                log.exception("Verifying the ledger failed.")
                wait = RETRY_SECONDS

    def verify_what_is_due(self, now: float) -> None:
        """Verify the whole ledger or what is new, in the caller's thread; ``now`` are the seconds of a clock that goes on.

        A damaged ledger has nothing that anything new could follow on: it is looked at again as a whole.
        """
        if self.checked is None or now >= self._whole_due:
            self._verify(None)
            self._whole_due = now + WHOLE_SECONDS
        elif self.checked.head is not None:
            self._verify(self.checked)

    def _verify(self, before: Checked | None) -> None:
        """The whole ledger, or what was entered since it was verified ``before``."""
        pause, at_ms = self._pauses(), now_ms()

        def went_on(reached: Head) -> None:
            if before is not None:  # a replay enters so much that the end of it is minutes away
                self.checked = Checked(reached, None, at_ms, before.whole_at_ms, before.whole_seq)
            pause()

        found = verify(self._database, after_each=went_on, since=None if before is None else before.head)
        whole_at_ms = at_ms if before is None else before.whole_at_ms
        if isinstance(found, LedgerDamage):
            log.error(
                "The ledger in %s is damaged: entry %d (%s).",
                self._database.path or self._database.where,
                found.seq,
                found.fault,
            )
            self.checked = Checked(None, found, at_ms, whole_at_ms, 0 if before is None else before.whole_seq)
        elif found.head.seq:  # of a ledger without entries, that all is as it was written would say nothing
            whole_seq = found.head.seq if before is None else before.whole_seq
            self.checked = Checked(found.head, None, at_ms, whole_at_ms, whole_seq)

    def _pauses(self) -> Callable[[], None]:
        """What leaves the time to others that is theirs, whenever it is called; raises _Over once the verifier is stopped."""
        began = time.monotonic()

        def pause() -> None:
            nonlocal began
            if self._over.wait((time.monotonic() - began) * (1 / SHARE - 1)):
                raise _Over
            began = time.monotonic()

        return pause


class _Over(Exception):
    """The verifier was stopped."""
