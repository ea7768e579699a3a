"""One client that is told what happens: the number it has reached, the rooms it is in, and what comes next for it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from core.api.answers import market_json
from core.api.errors import ApiError
from core.api.ledger import bad_cursor, opened_ledger
from core.api.push import Push, Room, standing_push
from core.api.reading import from_ledger
from core.api.tail import POLL_SECONDS, Tail, Window, pushes_of
from core.api.verified import damage_of, verification_json
from core.application import Application
from core.errors import CandorError

if TYPE_CHECKING:
    from core.journal.recorder import Opened

PAGE = 100
"""Events that are read from the ledger at a time for a client that is behind the window."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a client begins: after entry ``after`` of the ledger ``name``, whose last one is ``head``.

    ``first`` is the hash of the ledger's first entry, None where there is none; ``asked`` the number that the client asked
    for, or came back with.
    """

    name: str
    first: bytes | None
    after: int
    head: int
    asked: int | None
    market: dict[str, Any] | None
    verification: dict[str, Any]

    @classmethod
    async def at(cls, application: Application, asked: int | None, came_back: bool = False) -> Beginning:
        """Of the ledger that is followed; ApiError 503 where there is none to read, 400 for a number beyond its end.

        Who ``came_back`` by itself begins at the end instead: a browser that is refused never comes again.
        """
        ledger = opened_ledger(application)
        first, head = await from_ledger(partial(_ends, ledger))
        beyond = asked is not None and asked > head
        if beyond and not came_back:
            raise bad_cursor(ledger.name, asked or 0, head)
        after = head if asked is None or beyond else asked
        return cls(
            ledger.name, first, after, head, asked, market_json(ledger.market), verification_json(ledger.checked)
        )

    def push(self) -> Push:
        """What is told first, with the number to go on with should nothing else come."""
        content = {
            "ledger": self.name,
            "after": self.after,
            "head": self.head,
            "asked": self.asked,
            "market": self.market,
            "verification": self.verification,
        }
        return standing_push("begin", content, id=str(self.after))


class Follower:
    """What one client is told, in order and each once. Belongs to one event loop.

    It keeps nothing but a number, so that a client may be as slow as it likes: what is older than the tail's window is
    read from the ledger.
    """

    def __init__(self, tail: Tail, bell: asyncio.Event, beginning: Beginning, wanted: frozenset[Room]) -> None:
        self.wanted = wanted
        self.cursor = beginning.after
        self._tail, self._bell = tail, bell
        self._name, self._first = beginning.name, beginning.first
        self._begun: int | None = None
        self._standing: tuple[Push, ...] = ()
        self._over = False

    def go_back(self, cursor: int, wanted: frozenset[Room]) -> None:
        """Tell from now on what came after entry ``cursor`` in other rooms."""
        self.cursor, self.wanted = cursor, wanted
        self._bell.set()

    async def next(self, seconds: float) -> list[Push] | None:
        """What is to be told next: nothing where nothing came for so long, None where nothing will any more."""
        while not self._tail.over and not self._over:
            self._bell.clear()
            if self._is_elsewhere():
                self._over = True
                return [standing_push("moved", {"ledger": self._followed()}, id="")]
            window = self._window()
            pushes = self._how_things_stand()
            pushes += [] if window is None else await self._after(window)
            if pushes:
                return pushes
            if (window is None or self.cursor >= window.head) and not await self._rings(seconds):
                return []
        return None

    def _is_elsewhere(self) -> bool:
        """Whether numbers mean other entries now: another market is followed, or its ledger was begun anew."""
        window = self._window()
        if window is None:
            return self._followed() not in (self._name, None)
        if self._begun is None:
            self._begun = window.begun
        return window.begun != self._begun or self._is_another(window)

    def _is_another(self, window: Window) -> bool:
        """Whether the ledger that it began with was gone before the tail had looked at it."""
        return None not in (self._first, window.first) and window.first != self._first

    def _window(self) -> Window | None:
        """The tail's, unless it has not looked yet since this ledger is followed."""
        window = self._tail.window
        return window if window is not None and window.name == self._name else None

    def _followed(self) -> str | None:
        """The ledger that is followed now; None where none can be read."""
        opened = self._tail.application.recorder.opened()
        return None if opened is None else opened.name

    def _how_things_stand(self) -> list[Push]:
        """What of that has changed since it was told last; that all is well is not worth a word at the beginning."""
        standing, before = self._tail.standing, self._standing
        if standing is before or not standing:
            return []
        self._standing = standing
        return [each for each in standing if each not in before and (before or not each.all_is_well)]

    async def _after(self, window: Window) -> list[Push]:
        """The next events for this client, and the cursor behind them."""
        asked = self.cursor, self.wanted
        if self.cursor >= window.floor:
            pushes, until = window.after(self.cursor), window.head
        else:
            pushes, until = await self._from_ledger(window)
        if (self.cursor, self.wanted) != asked:  # it went back while the ledger was read, or is in other rooms
            return []
        self.cursor = max(self.cursor, until)
        return [push for push in pushes if push.is_for(self.wanted)]

    async def _from_ledger(self, window: Window) -> tuple[tuple[Push, ...], int]:
        """A page of what is older than the window; nothing for now where the ledger cannot be read."""
        try:
            ledger = opened_ledger(self._tail.application)
            return await from_ledger(partial(_page, ledger, self.cursor))
        except (ApiError, CandorError):
            await self._rings(POLL_SECONDS)
            return (), self.cursor

    async def _rings(self, seconds: float) -> bool:
        """Whether there is something new within so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._bell.wait()
                return True
        return False


def _ends(ledger: Opened) -> tuple[bytes | None, int]:
    return ledger.reader.hash_of(1), ledger.reader.head().seq


def _page(ledger: Opened, after: int) -> tuple[tuple[Push, ...], int]:
    found = ledger.reader.events(after, PAGE)
    return pushes_of(found.events, damage_of(ledger.checked)), found.until
