"""A proxy that shares its host with others: it forwards what stands below one prefix and answers 404 to all else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

NOTHING_ELSE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Proxy(ThreadingTCPServer):
    """Forwards ``prefix`` to a port of this machine, one request to a connection, so that it sees each of them."""

    daemon_threads = True

    def __init__(self, prefix: str, port: int, takes_off: bool) -> None:
        super().__init__(("127.0.0.1", 0), Forwarding)
        self.prefix, self.port, self.takes_off = prefix.encode(), port, takes_off

    def forwarded(self, head: bytes) -> bytes | None:
        """The head of a request as the server gets it; None for one that is not below the prefix."""
        line, _, fields = head.partition(b"\r\n")
        method, path, version = line.split(b" ")
        if path.partition(b"?")[0] != self.prefix and not path.startswith(self.prefix + b"/"):
            return None
        if self.takes_off:
            path = path.removeprefix(self.prefix) or b"/"
            fields = b"X-Forwarded-Prefix: " + self.prefix + b"\r\n" + fields
        if b"\r\nupgrade:" not in fields.lower():
            fields = b"Connection: close\r\n" + fields.replace(b"Connection: keep-alive\r\n", b"")
        return b" ".join((method, path, version)) + b"\r\n" + fields


class Forwarding(StreamRequestHandler):
    server: Proxy

    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            head += line
        forwarded = self.server.forwarded(head)
        if forwarded is None:
            self.wfile.write(NOTHING_ELSE)
            return
        with socket.create_connection(("localhost", self.server.port)) as there:
            there.sendall(forwarded)
            threading.Thread(target=_pipe, args=(self.connection, there), daemon=True).start()
            _pipe(there, self.connection)


def _pipe(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(1 << 16):
            sink.sendall(piece)


@contextmanager
def proxy(prefix: str, server: str, takes_off: bool) -> Iterator[str]:
    """Forward ``prefix``, like ``/candor``, to the host of ``server``; gives the address that browsers see.

    With ``takes_off`` the server never sees the prefix but in X-Forwarded-Prefix, as Traefik's StripPrefix has it.
    """
    port = urlsplit(server).port
    assert port is not None
    with Proxy(prefix, port, takes_off) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://localhost:{running.server_address[1]}{prefix}"
        finally:
            running.shutdown()
            thread.join(timeout=30)
