"""One progress bar for work that is spread over processes, with an estimate of the time left.

Each process that works appends one byte per finished unit to a file of its own in a folder, and a thread beside
the bar adds up their sizes: no queue or server is needed, and it works on every machine that sees the folder. Where
nobody watches, as in a log file, the bar is a line now and then.
"""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

from tqdm import tqdm

Item = TypeVar("Item")

_LOOK_EVERY = 0.5  # seconds
_LINE_EVERY = 30.0  # seconds between two lines in a log


def report(progress: Path, units: int) -> None:
    """Called by tasks: so many more units are done."""
    with (progress / f"{socket.gethostname()}-{os.getpid()}").open("ab") as file:
        file.write(b"." * units)


@contextmanager
def progress_bar(total: int, title: str, quiet: bool = False, folder: Path | None = None) -> Iterator[Path]:
    """Shows a bar with an estimate of the time left; yields the folder that ``report`` writes to.

    It is made in ``folder``, which tasks on other machines must see, or where temporary files are kept.
    """
    with (
        tempfile.TemporaryDirectory(prefix=".progress-", dir=folder) as name,
        tqdm(total=total, desc=title, unit="step", disable=quiet, **_appearance(sys.stderr)) as bar,
    ):
        progress = Path(name)
        done = threading.Event()

        def show() -> None:
            reported = sum(file.stat().st_size for file in progress.iterdir())
            bar.update(min(reported, total) - bar.n)  # a task done twice, because its machine died, counts once

        def watch() -> None:
            while not done.wait(_LOOK_EVERY):
                show()

        watcher = threading.Thread(target=watch, name="progress", daemon=True)
        watcher.start()
        try:
            yield progress
        finally:
            done.set()
            watcher.join()
            show()


def with_bar(items: Iterable[Item], title: str, unit: str, quiet: bool = False) -> Iterable[Item]:
    """The items, under a bar that counts them."""
    return tqdm(items, title, unit=unit, disable=quiet, **_appearance(sys.stderr))


def _appearance(stream: IO[str]) -> dict[str, Any]:
    """What tqdm must know to draw a bar on a terminal, and lines elsewhere."""
    if stream.isatty():
        return {"file": stream, "smoothing": 0.1}
    return {
        "file": _Lines(stream),
        "bar_format": "{desc}: {percentage:.0f} % done after {elapsed}, {remaining} left",
        "mininterval": _LINE_EVERY,
        "miniters": 1,
        "delay": 1e-9,  # no line before there is something to say
        "leave": False,  # nor one when all is done: what comes next says so
    }


class _Lines:
    """A stream on which a bar that is drawn over becomes a new line wherever it has changed."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._last = ""

    def write(self, text: str) -> None:
        line = text.strip()
        if line and line != self._last:
            self._stream.write(f"{line}\n")
            self._last = line

    def flush(self) -> None:
        self._stream.flush()
