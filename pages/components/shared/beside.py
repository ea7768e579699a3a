"""Reads what takes its time beside the pages: a rerun takes what was read last, and never waits.

Knows nothing of Streamlit.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.errors import CandorError

log = logging.getLogger(__name__)

SECONDS_BETWEEN = 1.0
"""Between two readings of the same thing, however many look at it."""

MOST_KEPT = 128
"""Answers that are remembered: as many different views as analysts may have open, and a few more."""

T = TypeVar("T")


@dataclass(slots=True)
class _Kept(Generic[T]):
    answer: T | CandorError | None = None
    begun_at: float = float("-inf")
    being_read: Future[T] | None = None


class Beside(Generic[T]):
    """Answers to questions of one kind, read in a thread of its own for all pages. Thread-safe."""

    def __init__(self, seconds_between: float | None = None) -> None:
        """``seconds_between`` two readings of the same thing where that is not SECONDS_BETWEEN."""
        self._seconds_between = seconds_between
        self._lock = threading.Lock()
        self._kept: dict[Hashable, _Kept[T]] = {}
        self._thread = ThreadPoolExecutor(1, "record-page")

    def newest(self, question: Hashable, read: Callable[[], T], patience: float = 0.0) -> T | CandorError | None:
        """What ``read`` told last of this question, None before the first time; it is read anew for whoever asks next.

        An answer that equals the one before is that very one. ``patience`` are the seconds, from the beginning of its
        reading, in which the first may come: one that never comes is waited for once, not by every page.
        """
        answer, being_read, age = self._answer(question, read)
        if answer is None and being_read is not None and age < patience and wait([being_read], patience - age).done:
            answer, *_ = self._answer(question, read)
        return answer

    def _answer(
        self, question: Hashable, read: Callable[[], T]
    ) -> tuple[T | CandorError | None, Future[T] | None, float]:
        """The newest answer, the reading that is on its way, and how many seconds ago the last one began."""
        with self._lock:
            kept = self._kept[question] = self._kept.pop(question, _Kept())
            while len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            if kept.being_read is not None and kept.being_read.done():
                answer, kept.being_read = _answer_of(kept.being_read), None
                kept.answer = kept.answer if _same(answer, kept.answer) else answer
            between = SECONDS_BETWEEN if self._seconds_between is None else self._seconds_between
            if kept.being_read is None and time.monotonic() - kept.begun_at >= between:
                kept.begun_at, kept.being_read = time.monotonic(), self._thread.submit(read)
            return kept.answer, kept.being_read, time.monotonic() - kept.begun_at


def _same(answer: object, before: object) -> bool:
    if isinstance(answer, CandorError):
        return isinstance(before, CandorError) and str(answer) == str(before)
    return answer == before


def _answer_of(read: Future[T]) -> T | CandorError:
    try:
        return read.result()
    except CandorError as error:
        return error
    except Exception as error:
        log.exception("Reading the ledger failed.")
        return CandorError(f"Reading the ledger failed ({type(error).__name__}); the log has the details.")
