"""Waiting for what another thread or process brings about."""

from __future__ import annotations

import time
from collections.abc import Callable

MOST_SECONDS = 60.0
"""What is waited for comes within milliseconds; a busy machine may take longer."""


def until(holds: Callable[[], object]) -> None:
    """Return as soon as ``holds`` does; fails where it never does."""
    deadline = time.monotonic() + MOST_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.005)
