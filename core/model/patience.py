"""Calls that may hang, as files on a share that does not answer do: nobody waits long for one, nor the others for it.

A call that computes does not hang, however long that takes where everything else wants the processor, too.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Final, Generic, TypeVar

log = logging.getLogger(__name__)

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

CHECKS = 25
"""So often in ``patience`` it is looked whether something was heard. Silence is counted in checks: those of a process that was
stopped, or did not get the processor, come late, and what it did not see was none."""

MOST_PATIENCE = 12

COMPUTING = 0.01
"""Of a processor: a call that gets so little computes all the same, where others want it; one that hangs takes nothing."""

MOST_HANGING = 32
"""Calls under way from which on no thread is started beside the first of a batch."""


class PatientCalls(Generic[K, T]):
    """Makes one ``call`` for each of several keys, on daemon threads, which keep no process from ending.

    They are made one after another; where nothing is heard for a twenty-fifth of ``patience`` (seconds), no answer nor
    any computing, a further thread goes on with the rest. Where that lasts for ``patience``, or calls compute for
    MOST_PATIENCE times as long without an answer, nobody waits any more; once one answers after all, its thread goes on
    with what had not been asked yet, and whoever wants to hear of latecomers does. Keys that gave no answer are not
    waited for again until they have: after MOST_PATIENCE times as long they are asked in passing. So ``call`` must keep
    what it finds for whoever asks next.
    """

    def __init__(self, call: Callable[[K], T], patience: float) -> None:
        self._call = call
        self._patience: Final = patience
        self._lock = threading.Lock()
        self._silent: dict[K, float] = {}
        self._under_way: Counter[K] = Counter()
        self._callbacks: list[Callable[[], object]] = []

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

    def hear_of_latecomers(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Call ``callback`` when keys have answered that nobody waited for any more; returns what ends that.

        It runs on one of the threads here; what it raises is logged.
        """
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def _tell_of_latecomers(self) -> None:
        for callback in tuple(self._callbacks):
            try:
                callback()
            except Exception:
                log.exception("Somebody who waits for what comes late failed.")

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
                elif now - self._silent[key] > MOST_PATIENCE * self._patience and self._under_way[key] < 2:
                    self._silent[key] = now
                    in_passing.append(key)
        return asked, in_passing

    def _wait(self, batch: _Batch[K, T]) -> None:
        """Until all have answered, or nothing is to be expected any more."""
        silent = unanswered = 0
        while silent < CHECKS and unanswered < CHECKS * MOST_PATIENCE:
            if batch.done.wait(self._patience / CHECKS):
                return
            answered, computed = batch.news(self._patience / CHECKS)
            unanswered = 0 if answered else unanswered + 1
            silent = 0 if answered or computed else silent + 1
            if silent or (unanswered and unanswered % CHECKS == 0):
                self._begin_further(batch)

    def _begin_further(self, batch: _Batch[K, T]) -> None:
        with self._lock:
            hanging = self._under_way.total()
        if batch.waiting and hanging < MOST_HANGING:
            self._begin(batch)

    def _give_up(self, batch: _Batch[K, T]) -> None:
        """Wait no longer for what has not answered yet."""
        with self._lock:
            silent = [key for key in batch.asked if key not in batch.answers]
            self._silent |= dict.fromkeys(silent, time.monotonic())
        if silent:
            log.warning("There is no answer within %g s from %s.", self._patience, ", ".join(map(str, silent)))

    def _begin(self, batch: _Batch[K, T]) -> None:
        _threads.run(lambda: self._work(batch))

    def _work(self, batch: _Batch[K, T]) -> Callable[[], None]:
        late = False
        with batch.worked_on():
            while (key := self._next(batch)) is not None:
                try:
                    batch.answers[key] = self._call(key)
                except Exception as error:
                    batch.answers[key] = error
                late |= self._was_silent(key)
        if late:
            self._tell_of_latecomers()
        return batch.end_if_answered

    def _next(self, batch: _Batch[K, T]) -> K | None:
        """What to ask next."""
        with self._lock:
            key = batch.next()
            if key is not None:
                self._under_way[key] += 1
            return key

    def _was_silent(self, answered: K) -> bool:
        """Whether nobody waited any more for a key that has been answered now."""
        with self._lock:
            self._under_way[answered] -= 1
            return self._silent.pop(answered, None) is not None


class _Batch(Generic[K, T]):
    """Keys that are asked together, and the answers so far."""

    def __init__(self, asked: Sequence[K]) -> None:
        self.asked: Final = asked
        self.waiting = deque(asked)
        self.answers: dict[K, T | Exception] = {}
        self.done = threading.Event()
        self._lock = threading.Lock()
        self._threads: set[int] = set()
        self._spent = 0.0
        self._heard = 0, 0.0

    def next(self) -> K | None:
        try:
            return self.waiting.popleft()
        except IndexError:
            return None

    @contextmanager
    def worked_on(self) -> Iterator[None]:
        """What this thread computes until the block ends is heard of."""
        began, me = time.thread_time(), threading.get_ident()
        with self._lock:
            self._spent -= began
            self._threads.add(me)
        try:
            yield
        finally:
            with self._lock:
                self._spent += time.thread_time()
                self._threads.discard(me)

    def end_if_answered(self) -> None:
        """Wake who waits, where nothing is left to wait for."""
        if len(self.answers) == len(self.asked):
            self.done.set()

    def news(self, since: float) -> tuple[bool, bool]:
        """Whether there are more answers than at the last look, ``since`` seconds ago, and whether its threads compute."""
        with self._lock:
            answers, spent = len(self.answers), self._spent + sum(map(_computed, self._threads))
        answered, computed = answers > self._heard[0], spent - self._heard[1] > COMPUTING * since
        self._heard = answers, spent if computed else self._heard[1]
        return answered, computed


def _computed(thread: int) -> float:
    """Seconds of processor time that a thread has had, which must be alive; 0 where the system does not tell."""
    clock_of = getattr(time, "pthread_getcpuclockid", None)
    return 0.0 if clock_of is None else time.clock_gettime(clock_of(thread))


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
