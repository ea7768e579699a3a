"""The newest events of the ledger, read once for every client of this process: what is pushed as it happens.

A thread reads what was entered, as soon as this process has written and once a second in case another one has. It runs for as long as somebody
listens. Clients keep a number each and read from the window that it leaves: nothing is queued for anybody.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from core.api.errors import ApiError
from core.api.feed_state import feed_state_json, with_time
from core.api.ledger import opened_ledger
from core.api.push import Push, event_push, standing_push, unreadable_push
from core.api.transport import PushTraffic, Transport
from core.api.verified import damage_of, verification_json
from core.application import Application
from core.errors import CandorError
from core.findings import LedgerDamage
from core.text import shorten
from core.wording.sentences import error_text, ledger_text

if TYPE_CHECKING:
    from core.journal.events import Event
    from core.journal.reading import LedgerReader
    from core.journal.recorder import Opened

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
"""Real time between two looks at what other processes wrote."""

NEVER_YET = -1

MOST_KEPT = 2000
"""Events in the window: fourteen closes of 34 coins on 4 timeframes, 6 MB."""

MOST_AT_ONCE = 500
"""Events read at a time."""

MOST_CLIENTS = 2000


@dataclass(frozen=True, slots=True)
class Window:
    """The events of the ledger ``name`` after entry ``floor``, up to entry ``head``; ``begun`` counts other ledgers before.

    ``first`` is the hash of the ledger's first entry, by which it is known; None where it had none yet. ``damage`` is what
    was known of the ledger when they were made ready, as they tell it.
    """

    name: str
    first: bytes | None
    begun: int
    floor: int
    head: int
    pushes: tuple[Push, ...]
    damage: LedgerDamage | None

    def after(self, seq: int) -> tuple[Push, ...]:
        """What came after an entry of the window."""
        return self.pushes[bisect_right(self.pushes, seq, key=_number) :]

    def grown(self, pushes: tuple[Push, ...], head: int) -> Window:
        """With what was entered since; what is too old for the window is found in the ledger."""
        all_of_them = self.pushes + pushes
        kept = all_of_them[-MOST_KEPT:]
        floor = self.floor if len(kept) == len(all_of_them) else _number(all_of_them[-MOST_KEPT - 1])
        return replace(self, floor=floor, head=head, pushes=kept)

    def emptied(self, damage: LedgerDamage | None) -> Window:
        """Without events that tell of another damage than there is: who has not heard them yet finds them in the ledger."""
        return replace(self, floor=self.head, pushes=(), damage=damage)


class Tail:
    """One process's view of the end of the ledger of whatever market the application follows. Thread-safe."""

    def __init__(self, get_application: Callable[[], Application]) -> None:
        self._get_application = get_application
        self._lock = threading.Lock()
        self._bells: dict[asyncio.AbstractEventLoop, set[asyncio.Event]] = {}
        self._thread: threading.Thread | None = None
        self._feed_state: dict[str, Any] | None = None
        self._damage: LedgerDamage | None = None
        self._reader: LedgerReader | None = None
        self._first: bytes | None = None
        self._last: bytes | None = None
        self.window: Window | None = None
        """None until it was looked for the first time since somebody listens."""
        self.standing: tuple[Push, ...] = ()
        """How feed and ledger stand, and whether it is damaged: a push each, another one where that has changed."""
        self.over = False
        self.traffic = PushTraffic()

    @property
    def application(self) -> Application:
        return self._get_application()

    def clients(self) -> int:
        """How many listen now."""
        return self.traffic.clients.total()

    def refuse_too_many(self) -> None:
        """ApiError 503 where as many listen as can be served, or the server ends."""
        if self.over or self.clients() >= MOST_CLIENTS:
            raise ApiError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "busy",
                "The server ends." if self.over else f"{MOST_CLIENTS} programs listen already; ask again later.",
            )

    @contextmanager
    def listening(self, transport: Transport) -> Iterator[asyncio.Event]:
        """An event of the running loop that is set whenever there is something new, until the block ends."""
        loop, bell = asyncio.get_running_loop(), asyncio.Event()
        with self._lock:
            self._bells.setdefault(loop, set()).add(bell)
            self.traffic.clients[transport] += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="ledger-tail", daemon=True)
                self._thread.start()
        try:
            yield bell
        finally:
            with self._lock:
                self._bells[loop].discard(bell)
                self.traffic.clients[transport] -= 1
                if not self._bells[loop]:
                    del self._bells[loop]

    def end(self) -> None:
        """Let everybody go who listens; may be called from a signal handler, and takes no lock."""
        self.over = True
        self._ring()

    def _ring(self) -> None:
        for loop, bells in tuple(self._bells.items()):
            with suppress(RuntimeError):  # a loop that was closed under its clients keeps nobody else from hearing
                loop.call_soon_threadsafe(_set_all, bells)

    def _run(self) -> None:
        seen, more, failing = NEVER_YET, False, False
        while not self._nobody_listens():
            try:
                application = self._get_application()
                if not more:
                    seen = application.recorder.wait_for_entries(seen, POLL_SECONDS)
                more, failing = self._look(application), False
            except Exception:  # it would end the thread, and nobody would hear anything more
                if not failing:
                    log.exception("Looking at the end of the ledger failed; it is tried again.")
                more, failing = False, True
                time.sleep(POLL_SECONDS)

    def _nobody_listens(self) -> bool:
        with self._lock:
            if self._bells and not self.over:
                return False
            self._thread, self.window, self.standing, self._feed_state = None, None, (), None
            return True

    def _look(self, application: Application) -> bool:
        """See what is new, and ring where something is; whether there is more at once."""
        before = self.window, self.standing
        trouble, more = _unwritable(application), False
        try:
            more = self._read(application)
        except ApiError as error:
            trouble = error.message
        except CandorError as error:
            trouble = error_text(error)
        except Exception as error:  # clients hear that the ledger cannot be read
            trouble = self._unexpected(error)
        self.standing = self._standing(application, trouble)
        if before != (self.window, self.standing):
            self._ring()
        return more

    def _unexpected(self, error: Exception) -> str:
        """What is told of a failure that nobody foresaw; the log has it once, until it is over."""
        if not any("unavailable" in push.names for push in self.standing):
            log.error("Reading the end of the ledger failed; it is tried again.", exc_info=error)
        failure = CandorError(f"Reading the ledger failed ({type(error).__name__}); the log has the details.")
        return error_text(failure)

    def _read(self, application: Application) -> bool:
        ledger, before = opened_ledger(application), self.window
        damage = damage_of(ledger.checked)
        if before is None or before.name != ledger.name:
            self._know(ledger.reader)
            self.window = self._fresh(before, ledger, ledger.reader.head().seq, damage)
            return False
        if before.damage != damage:
            self.window = before = before.emptied(damage)
        found = ledger.reader.events(before.head, MOST_AT_ONCE)
        if self._is_another(ledger.reader, before.head) or found.until < before.head:
            self.window = self._fresh(before, ledger, 0, damage)
            return True
        if found.until > before.head:
            self._last = ledger.reader.hash_of(found.until)
            self.window = before.grown(pushes_of(found.events, damage), found.until)
        return len(found.events) >= MOST_AT_ONCE

    def _is_another(self, reader: LedgerReader, head: int) -> bool:
        """Whether what is read was begun anew since, or is an older copy that went on, however long it is by now.

        That can be only where it was opened anew. A ledger is known by the hash of its first entry, and of the one at the
        ``head`` that was reached.
        """
        if reader is self._reader and self._first is not None:
            return False
        first, last = self._first, self._last
        self._know(reader)
        return (first is not None and first != self._first) or (last is not None and last != reader.hash_of(head))

    def _fresh(self, before: Window | None, ledger: Opened, head: int, damage: LedgerDamage | None) -> Window:
        self._last = ledger.reader.hash_of(head)
        return Window(ledger.name, self._first, 0 if before is None else before.begun + 1, head, head, (), damage)

    def _know(self, reader: LedgerReader) -> None:
        self._reader, self._first = reader, reader.hash_of(1)

    def _standing(self, application: Application, trouble: str | None) -> tuple[Push, ...]:
        """Feed and ledger; what has not changed is the same push as before, and a trouble is told once."""
        feed, ledger, verification = self.standing or (None, None, None)
        state = feed_state_json(application.feed)
        if feed is None or state != self._feed_state:
            self._feed_state, feed = state, standing_push("market", with_time(state, application.feed))
        name, content = ("available", {}) if trouble is None else ("unavailable", {"message": trouble})
        reachable = standing_push(name, content, all_is_well=trouble is None)
        damage = damage_of(application.recorder.checked)
        if verification is None or damage != self._damage:
            self._damage = damage
            checked = verification_json(application.recorder.checked)
            verification = standing_push("verification", checked, all_is_well=damage is None)
        return feed, ledger if ledger is not None and ledger.names == reachable.names else reachable, verification


def pushes_of(events: tuple[Event, ...], damage: LedgerDamage | None) -> tuple[Push, ...]:
    """Each event ready to go out, with the ``damage`` that is known; of one that cannot be told, that it is damaged."""
    return tuple(_push_of(event, damage) for event in events)


def _push_of(event: Event, damage: LedgerDamage | None) -> Push:
    try:
        return event_push(event, damage)
    except Exception:
        log.exception("Entry %s cannot be pushed.", shorten(event.seq))
        return unreadable_push(event.seq)


def _unwritable(application: Application) -> str | None:
    """Why what is said now waits to be written or read, and so to be pushed."""
    troubles = application.recorder.state().troubles
    return next((ledger_text(trouble) for trouble in troubles if not isinstance(trouble, LedgerDamage)), None)


def _set_all(bells: set[asyncio.Event]) -> None:
    for bell in tuple(bells):
        bell.set()


def _number(push: Push) -> int:
    assert push.seq is not None
    return push.seq
