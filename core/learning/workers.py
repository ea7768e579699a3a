"""Workers carry out tasks: processes on this machine, or a cluster (core.learning.cluster). A failed task is its reason."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import threading
import time
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, TypeVar

from joblib import Parallel, delayed
from tqdm import tqdm

from core.disk import DiskFull
from core.errors import CandorError

Item = TypeVar("Item")

_LINE_EVERY = 30.0  # seconds between two lines in a log
_PARENT_SEEN_EVERY = 0.5  # seconds


@dataclass(frozen=True, slots=True)
class Call:
    """A task: a function and its arguments. ``weight`` is the share of all progress that it stands for."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Failed:
    """What stands in the place of a task's result: why there is none, in a sentence.

    ``everywhere`` says that whatever is begun next would fail alike.
    """

    reason: str
    everywhere: bool = False


class Workers(ABC):
    """Whoever carries out tasks."""

    def check(self, read: Sequence[Path], written: Sequence[Path]) -> None:
        """CandorError unless work in these folders can begin; those in ``written`` may not be there yet."""
        del read, written

    @abstractmethod
    def finished(self, calls: Iterable[tuple[int, Call]]) -> Iterator[tuple[int, Any]]:
        """Number and result (or Failed) of each numbered call, as they finish; more are taken as workers get free."""

    def run(self, calls: Sequence[Call], title: str, quiet: bool = False) -> list[Any]:
        """What each call returned, or Failed, in their order; progress counts what is finished.

        What fails everywhere is the reason of all that has not begun by then.
        """
        results: dict[int, Any] = {}
        stopped: list[Failed] = []
        waiting = itertools.takewhile(lambda _: not stopped, enumerate(calls))
        with _bar(title, quiet, total=sum(call.weight for call in calls), unit="step") as bar:
            for number, result in self.finished(waiting):
                results[number] = result
                bar.update(calls[number].weight)
                if isinstance(result, Failed) and result.everywhere:
                    stopped.append(result)
        left = next(iter(stopped), Failed(_DIED))
        return [results.get(number, left) for number in range(len(calls))]


@dataclass(frozen=True, slots=True)
class Processes(Workers):
    """So many processes on this machine, or one per core for -1; with one, the work is done in this process."""

    jobs: int = 1

    def finished(self, calls: Iterable[tuple[int, Call]]) -> Iterator[tuple[int, Any]]:
        numbered = (delayed(_numbered)(number, call, os.getpid()) for number, call in calls)
        with warnings.catch_warnings():
            # joblib replaces a process whose memory has grown, as training's does, and takes it for a mishap.
            warnings.filterwarnings("ignore", "A worker stopped while some jobs were given", UserWarning)
            try:
                yield from Parallel(n_jobs=self.jobs, batch_size=1, return_as="generator_unordered")(numbered)
            except BrokenProcessPool:  # what has not finished by then has Workers.run's reason
                return


_DIED = (
    "a process died in the middle of the work; most often it lacks memory. Run the command again with fewer --jobs, "
    "what is done is kept"
)


def carry_out(call: Call) -> Any:
    """What the call returns, or Failed: an exception would take other tasks with it."""
    try:
        return call.function(*call.arguments)
    except Exception as error:
        return Failed(reason_of(error), everywhere=isinstance(error, DiskFull))


def reason_of(error: Exception) -> str:
    """Why a task failed, in a sentence."""
    return str(error) if isinstance(error, CandorError | OSError) else f"unexpected {type(error).__name__}: {error}"


def _numbered(number: int, call: Call, ordered_by: int) -> tuple[int, Any]:
    if os.getpid() != ordered_by:
        _end_with(ordered_by)
    return number, carry_out(call)


@cache
def _end_with(parent: int) -> None:
    """Let this process end soon after ``parent``, which was killed where it could not say so.

    joblib's own go on with their task and wait minutes for another, as large as they are.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_PARENT_SEEN_EVERY)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


# ---------------------------------------------------------------- progress


def with_progress(items: Iterable[Item], title: str, unit: str, quiet: bool = False) -> Iterable[Item]:
    """The items, under a bar that counts them."""
    return _bar(title, quiet, iterable=items, unit=unit)


def _bar(title: str, quiet: bool, **options: Any) -> Any:
    """A bar on a terminal; where nobody watches, as in a log file, a line now and then. Both say how long it may take."""
    if sys.stderr.isatty():
        appearance: dict[str, Any] = {
            "bar_format": "{desc}: {percentage:3.0f}%|{bar}| {elapsed}<{remaining}",
            "file": sys.stderr,
            "smoothing": 0.1,
        }
    else:
        appearance = {
            "file": _Lines(sys.stderr),
            "bar_format": "{desc}: {percentage:.0f} % done after {elapsed}, {remaining} left",
            "mininterval": _LINE_EVERY,
            "miniters": 1,
            "delay": 1e-9,  # no line before there is something to say
            "leave": False,  # nor one when all is done: what comes next says so
        }
    return tqdm(desc=title, disable=quiet, **appearance, **options)


class _Lines:
    """A stream on which a bar that is drawn over becomes a new line wherever it has changed."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._last = ""

    def write(self, text: str) -> None:
        line = text.strip()
        if line and line != self._last:
            with contextlib.suppress(OSError):  # a log on a full disk stops nothing
                self._stream.write(f"{line}\n")
            self._last = line

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()
