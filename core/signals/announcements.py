"""Tells listeners of each new board, every one on a thread of its own: a slow one delays neither a candle nor another."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.domain import Series

if TYPE_CHECKING:
    from core.signals.board import BoardSnapshot

log = logging.getLogger(__name__)

Listener = Callable[["BoardSnapshot", frozenset[Series]], None]
"""Called with a new snapshot and the series on which something else is said than before."""

MOST_WAITING = 64
"""Boards that may wait for one listener; a day's worth of 15m closes is 96."""


class Announcements:
    """The boards that wait for one listener, and the thread that hands them over, oldest first.

    At most MOST_WAITING wait. Of a listener that falls farther behind, the newest two are made one: it never hears of
    the board between them, but of every series that has changed since the board it saw last.
    """

    def __init__(self, listener: Listener, most_waiting: int = MOST_WAITING) -> None:
        self._listener = listener
        self._most = most_waiting
        self._waiting: list[tuple[BoardSnapshot, frozenset[Series]]] = []
        self._news = threading.Condition()
        self._over = False
        self._thread = threading.Thread(target=self._run, name="board-listener", daemon=True)
        self._thread.start()

    def add(self, snapshot: BoardSnapshot, changed: frozenset[Series]) -> None:
        """Let the listener hear of a board as soon as it has time; never waits."""
        with self._news:
            if len(self._waiting) == self._most:
                log.warning("A listener of the board is %d boards behind; it misses one.", self._most)
                changed |= self._waiting.pop()[1]
            self._waiting.append((snapshot, changed))
            self._news.notify()

    def end(self) -> None:
        """Nothing more is handed over, not even what waits."""
        with self._news:
            self._over = True
            self._news.notify()

    def _run(self) -> None:
        while (news := self._next()) is not None:
            try:
                self._listener(*news)
            except BaseException:  # it would end the thread, and the listener would hear nothing more
                log.exception("A listener of the board failed.")

    def _next(self) -> tuple[BoardSnapshot, frozenset[Series]] | None:
        with self._news:
            self._news.wait_for(lambda: self._waiting or self._over)
            return None if self._over else self._waiting.pop(0)
