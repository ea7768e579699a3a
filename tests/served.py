"""An ASGI application behind a real uvicorn on a thread of this process, for tests that need real connections."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp


@contextmanager
def served(app: ASGIApp, ws: str | type[asyncio.Protocol] = "none", **settings: Any) -> Iterator[int]:
    """The port on which ``app`` is served until the block ends; ``settings`` are uvicorn's."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, ws=ws, log_level="error", **settings))  # type: ignore[arg-type]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=30)
