"""Calls on daemon threads, answered as they come; the one who waits can be called away at any moment."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

log = logging.getLogger(__name__)
K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class BackgroundCalls(Generic[K, T]):
    """Runs ``calls``, ``workers`` at a time; with no workers, one after another in the caller's own thread.

    Daemon threads, unlike those of concurrent.futures, let the process end while a server keeps them waiting.
    """

    def __init__(self, calls: Mapping[K, Callable[[], T]], workers: int) -> None:
        self._calls = calls
        self._workers = min(workers, len(calls))
        self._waiting: SimpleQueue[tuple[K, Callable[[], T]]] = SimpleQueue()
        self._answered: SimpleQueue[tuple[K, T | Exception] | None] = SimpleQueue()
        self._interrupted = threading.Event()

    def answers(self) -> Iterator[tuple[K, T | Exception]]:
        """Each call's key with what it returned or raised, in the order they finish; ends early on interrupt()."""
        for item in self._calls.items():
            self._waiting.put(item)
        for _ in range(self._workers):
            threading.Thread(target=self._work, name="candles", daemon=True).start()
        for _ in self._calls:
            if not self._workers:
                self._work_once()
            answer = self._answered.get()
            if answer is None or self._interrupted.is_set():
                return
            yield answer

    def interrupt(self) -> None:
        """Start no further call and end the wait for those under way; their answers are lost."""
        self._interrupted.set()
        self._answered.put(None)

    def _work(self) -> None:
        going_on = True
        while going_on:
            try:
                going_on = self._work_once()
            except BaseException:
                log.exception("A call would have ended its thread.")

    def _work_once(self) -> bool:
        try:
            key, call = self._waiting.get_nowait()
        except Empty:
            return False
        if self._interrupted.is_set():
            return False
        try:
            self._answered.put((key, call()))
        except Exception as error:
            self._answered.put((key, error))
        except BaseException as error:  # or whoever waits would wait for ever
            self._answered.put((key, RuntimeError(f"{type(error).__name__}: {error}")))
            raise
        return True
