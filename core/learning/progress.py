"""One progress bar for work that is spread over processes.

Tasks append one byte per finished unit to a file, and a thread beside the bar reads the file's size: no queue
or server is needed, and it works wherever the tasks see the same folder.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

_LOOK_EVERY = 0.5  # seconds


def report(progress: Path, units: int) -> None:
    """Called by tasks: so many more units are done."""
    with progress.open("ab") as file:
        file.write(b"." * units)


@contextmanager
def progress_bar(total: int, title: str, quiet: bool = False) -> Iterator[Path]:
    """Shows a bar with an estimate of the time left; yields the file that ``report`` writes to."""
    with tempfile.TemporaryDirectory() as folder, tqdm(total=total, desc=title, unit="step", disable=quiet) as bar:
        progress = Path(folder) / "progress"
        progress.touch()
        done = threading.Event()

        def show() -> None:
            bar.update(progress.stat().st_size - bar.n)

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
