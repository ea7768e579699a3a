"""The two ways in which pushes go out, and what went out on each since this process began."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum


class Transport(StrEnum):
    """Server-sent events at /api/stream, and Socket.IO."""

    STREAM = "stream"
    SOCKET_IO = "socket_io"


@dataclass(frozen=True, slots=True)
class PushTraffic:
    """By transport: clients that listen now, pushes handed to them, and clients that were dropped since they did not read."""

    clients: Counter[Transport] = field(default_factory=Counter)
    sent: Counter[Transport] = field(default_factory=Counter)
    dropped: Counter[Transport] = field(default_factory=Counter)


SOCKET_IO_PATH = "/socket.io"
"""Where that one stands, below the base path."""
