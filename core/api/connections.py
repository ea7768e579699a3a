"""How long a client may take, and how long the server takes to end: nobody keeps a connection or the process for ever."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable
from types import FrameType

import h11
import uvicorn
from starlette.types import Scope
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.h11_impl import H11Protocol

from core.api.frames import FramedConnection

log = logging.getLogger(__name__)

LARGEST_HEAD = 1_000_000
"""Bytes of address and headers that are read. uvicorn refuses more than 16 KB in plain text; the API does so in JSON."""

FINISH_SECONDS = 2
"""Real seconds that answers on their way are given when the server is told to end."""

END_SECONDS = 6
"""Real seconds after which it ends whatever still hangs."""


class Timer:
    """Calls back after some seconds, unless it is stopped before; starting it while it runs changes nothing."""

    def __init__(self) -> None:
        self._handle: asyncio.TimerHandle | None = None

    def start(self, loop: asyncio.AbstractEventLoop, seconds: float, callback: Callable[[], None]) -> None:
        if self._handle is None:
            self._handle = loop.call_later(seconds, callback)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


class TimedConnection(H11Protocol):
    """uvicorn's connection with an end to waiting, where uvicorn has one between requests only.

    A request, its body too, must be whole ``request_seconds`` after its first byte, and an unused connection must be
    used by then. A client that takes nothing of its answer for ``reading_seconds`` is cut off; one that is slow is not.
    WebSockets leave for a protocol of their own, and an answer may take as long as it likes.
    """

    request_seconds = 15.0
    reading_seconds = 60.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._request_timer, self._reading_timer = Timer(), Timer()
        self._expect_request()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state in {h11.IDLE, h11.SEND_BODY} and self.transport.get_protocol() is self:
            self._expect_request()
        else:
            self._request_timer.stop()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timers()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._stop_timers()
        super().handle_websocket_upgrade(event)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._expect_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._reading_timer.stop()

    def _expect_request(self) -> None:
        self._request_timer.start(self.loop, self.request_seconds, self._give_up_request)

    def _give_up_request(self) -> None:
        """Where nothing came at all nothing is said: a browser would take it for the answer to what it asks next."""
        begun = self.conn.their_state is self.conn.our_state is h11.IDLE and self.conn.trailing_data[0]
        if begun and not self.transport.is_closing():
            self._say_that_time_is_up()
        self.transport.close()

    def _say_that_time_is_up(self) -> None:
        headers = [(b"connection", b"close"), (b"content-length", b"0")]
        head = h11.Response(status_code=408, headers=headers, reason=b"Request Timeout")
        self.transport.write(self.conn.send(head) or b"")
        self.conn.send(h11.EndOfMessage())

    def _expect_reading(self) -> None:
        unread = self.transport.get_write_buffer_size()
        self._reading_timer.start(self.loop, self.reading_seconds, lambda: self._judge_reading(unread))

    def _judge_reading(self, unread: int) -> None:
        self._reading_timer.stop()
        if self.transport.get_write_buffer_size() < unread:
            self._expect_reading()
        else:
            log.warning("A client that took nothing of its answer for %g s was cut off.", self.reading_seconds)
            self.scope.setdefault("state", {})[_CUT_OFF] = True
            self.transport.abort()

    def _stop_timers(self) -> None:
        self._request_timer.stop()
        self._reading_timer.stop()


def was_cut_off(scope: Scope) -> bool:
    """Whether the client of this request was, for not reading its answer."""
    return _CUT_OFF in scope.get("state", {})


_CUT_OFF = "cut_off"


def own_server() -> uvicorn.Server | None:
    """The uvicorn that runs this process: the one that hears SIGTERM, until it is attended to; None where none does."""
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return server if isinstance(server, uvicorn.Server) else None


def bound_to(server: uvicorn.Server) -> str:
    """The host at which ``server`` listens, or will, or its socket as ``unix://PATH``."""
    config = server.config
    if config.fd is None:
        return config.host if config.uds is None else f"unix://{config.uds}"
    with socket.socket(fileno=os.dup(config.fd)) as listening:
        name = listening.getsockname()
    return f"unix://{name}" if isinstance(name, str) else str(name[0])


def address_of(server: uvicorn.Server) -> str:
    """Where ``server`` is, as a browser of this machine finds it."""
    host = bound_to(server)
    if host.startswith("unix://"):
        return host
    host = "localhost" if host in _EVERYWHERE else host
    scheme = "https" if server.config.is_ssl else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{server.config.port}"


_EVERYWHERE = ("", "0.0.0.0", "::")


def attend(
    connection: type[TimedConnection] = TimedConnection, at_the_end: Callable[[], None] = lambda: None
) -> uvicorn.Server | None:
    """Give the uvicorn that runs this process our limits, and return it. Call it before it listens: while its application starts.

    Once it is told to end, ``at_the_end`` is called first, in a signal handler: for answers that would go on for ever.
    Streamlit makes that server and has no settings for these. Where there is none, as in a server that is not the
    process's own, the log says so.
    """
    server = own_server()
    if server is None:
        log.warning("No uvicorn listens to SIGTERM here: half-sent requests stay open, and it ends when it likes.")
        return None
    server.config.http_protocol_class = connection
    server.config.ws_protocol_class = FramedConnection
    server.config.h11_max_incomplete_event_size = LARGEST_HEAD
    server.config.timeout_graceful_shutdown = FINISH_SECONDS
    believe_no_proxy(server)
    end_in_time(server, at_the_end)
    return server


def believe_no_proxy(server: uvicorn.Server) -> None:
    """Take off what believes every proxy of this machine; core.api.proxies believes those that are named."""
    app = server.config.loaded_app
    if isinstance(app, ProxyHeadersMiddleware):
        server.config.loaded_app = app.app


def end_in_time(server: uvicorn.Server, at_the_end: Callable[[], None] = lambda: None) -> None:
    """Once ``server`` is told to end, the process ends within END_SECONDS, even where a thread or the loop hangs.

    The kernel sees to it: SIGALRM, which nobody here handles, ends the process whatever Python is doing.
    """

    def on_signal(number: int, frame: FrameType | None) -> None:
        signal.alarm(END_SECONDS)
        at_the_end()
        server.handle_exit(number, frame)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
