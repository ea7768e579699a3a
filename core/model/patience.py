"""Calls that may hang, as files on a share that does not answer do: nobody waits long for one, nor the others for it."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from queue import SimpleQueue
from typing import Final, Generic, TypeVar

log = logging.getLogger(__name__)

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

MOST_HANGING = 32
"""Calls under way from which on no thread is started beside the first of a batch."""


class PatientCalls(Generic[K, T]):
    """Makes one ``call`` for each of several keys, on daemon threads, which keep no process from ending.

    They are made one after another; where one is silent for a twenty-fifth of ``patience`` (seconds), a further thread
    goes on with the rest. Keys that gave no answer within ``patience`` are not waited for again until they have: after
    twelve times as long they are asked in passing. So ``call`` must keep what it finds for whoever asks next.
    """

    def __init__(self, call: Callable[[K], T], patience: float) -> None:
        self._call = call
        self._patience: Final = patience
        self._lock = threading.Lock()
        self._silent: dict[K, float] = {}
        self._under_way: Counter[K] = Counter()

    def answers(self, keys: Iterable[K]) -> dict[K, T]:
        """What the call returns for each key; those that do not answer in time are missing. Raises what a call raised."""
        asked, in_passing = self._waited_for(keys)
        if in_passing:
            self._begin(_Batch(in_passing))
        batch: _Batch[K, T] = _Batch(asked)
        if asked:
            self._begin(batch)
            self._wait(batch)
            self._give_up(batch)
        answers = {}
        for key, answer in list(batch.answers.items()):
            if isinstance(answer, Exception):
                raise answer
            answers[key] = answer
        return answers

    def _waited_for(self, keys: Iterable[K]) -> tuple[list[K], list[K]]:
        """The keys whose answers are waited for, and the silent ones that it is time to ask again."""
        each = list(dict.fromkeys(keys))
        if not self._silent:
            return each, []
        asked, in_passing, now = [], [], time.monotonic()
        with self._lock:
            for key in each:
                if key not in self._silent:
                    asked.append(key)
                elif now - self._silent[key] > 12 * self._patience and self._under_way[key] < 2:
                    self._silent[key] = now
                    in_passing.append(key)
        return asked, in_passing

    def _wait(self, batch: _Batch[K, T]) -> None:
        a_while = self._patience / 25
        while not batch.done.wait(a_while) and (silence := batch.silence()) < self._patience:
            with self._lock:
                hanging = self._under_way.total()
            if batch.waiting and silence >= a_while and hanging < MOST_HANGING:
                self._begin(batch)

    def _give_up(self, batch: _Batch[K, T]) -> None:
        """Wait no longer for what has not answered yet."""
        batch.waiting.clear()
        with self._lock:
            silent = [key for key in batch.asked if key not in batch.answers]
            self._silent |= dict.fromkeys(silent, time.monotonic())
        if silent:
            log.warning("There is no answer within %g s from %s.", self._patience, ", ".join(map(str, silent)))

    def _begin(self, batch: _Batch[K, T]) -> None:
        _threads.run(lambda: self._work(batch))

    def _work(self, batch: _Batch[K, T]) -> Callable[[], None]:
        key = self._next(batch, None)
        while key is not None:
            try:
                batch.add(key, self._call(key))
            except Exception as error:
                batch.add(key, error)
            key = self._next(batch, key)
        return batch.end_if_answered

    def _next(self, batch: _Batch[K, T], answered: K | None) -> K | None:
        """What to ask next, now that ``answered`` has been."""
        with self._lock:
            if answered is not None:
                self._under_way[answered] -= 1
                self._silent.pop(answered, None)
            key = batch.next()
            if key is not None:
                self._under_way[key] += 1
            return key


class _Batch(Generic[K, T]):
    """Keys that are asked together, and the answers so far."""

    def __init__(self, asked: Sequence[K]) -> None:
        self.asked: Final = asked
        self.waiting = deque(asked)
        self.answers: dict[K, T | Exception] = {}
        self.done = threading.Event()
        self._heard = time.monotonic()

    def next(self) -> K | None:
        try:
            return self.waiting.popleft()
        except IndexError:
            return None

    def add(self, key: K, answer: T | Exception) -> None:
        self.answers[key] = answer
        self._heard = time.monotonic()

    def end_if_answered(self) -> None:
        """Wake who waits, where nothing is left to wait for."""
        if len(self.answers) == len(self.asked):
            self.done.set()

    def silence(self) -> float:
        """Seconds since the last answer."""
        return time.monotonic() - self._heard


Task = Callable[[], Callable[[], None]]
"""Work, and what to do once it is done: to tell of it."""


class _DaemonThreads:
    """Threads that take up one task after another, of whoever has one; a spare one waits for the next.

    A thread is spare before it tells of its task, so that who asks again at once finds it and starts no other.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tasks: SimpleQueue[Task] = SimpleQueue()
        self._spare = 0

    def run(self, task: Task) -> None:
        """Begin the task at once, on a thread of its own."""
        with self._lock:
            spare = self._spare > 0
            self._spare -= spare
        if spare:
            self._tasks.put(task)
        else:
            threading.Thread(target=self._work, args=(task,), name="patient-calls", daemon=True).start()

    def _work(self, task: Task) -> None:
        stays = True
        while stays:
            tell = task()
            with self._lock:
                stays = not self._spare
                self._spare = 1
            tell()
            if stays:
                del task, tell  # with what they hold, for as long as nobody asks
                task = self._tasks.get()


_threads = _DaemonThreads()
