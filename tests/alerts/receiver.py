"""Servers in this process that receive messages, as a webhook or as mail, and answer what a test wants them to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, NamedTuple


class Receiver:
    """``got`` has the JSON of each message; ``answers`` are what the next ones get, after that all get 200."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        self.port = 0

    @property
    def address(self) -> str:
        return f"json://someone:hush@127.0.0.1:{self.port}/hook"

    def titles(self) -> list[str]:
        return [message["title"] for message in self.got]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status, headers = receiver.answers.pop(0) if receiver.answers else (200, {})
            if status == 0:  # it dies before it answers
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as receiver.port:
        yield receiver


@contextmanager
def breaking_off() -> Iterator[int]:
    """A port at which an answer ends before it has said all that it promised."""
    with _answering(lambda write: write(b"only this")) as port:
        yield port


@contextmanager
def dripping() -> Iterator[tuple[int, threading.Event]]:
    """A port at which an answer comes byte by byte until the event is set; from then on it comes at once."""
    ends = threading.Event()

    def drip(write: Callable[[bytes], object]) -> None:
        left = PROMISED
        while left and not ends.wait(0.02):
            write(b" ")
            left -= 1
        write(b" " * left)

    with _answering(drip) as port:
        yield port, ends


PROMISED = 1_000


@contextmanager
def _answering(body: Callable[[Callable[[bytes], object]], object]) -> Iterator[int]:
    """A port at which every message is promised so many bytes, of which ``body`` writes what it likes."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(PROMISED))
            self.end_headers()
            body(self.wfile.write)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        yield port


class Service:
    """A service that is asked several things for one message: ``asked`` has the paths, ``bodies`` what was sent to each, ``answers``
    what each gets by a part of its path.

    An answer is a status, and what is said as JSON; 0 is none at all. Of several the last one stays.
    """

    def __init__(self, answers: dict[str, list[tuple[int, dict[str, Any]]]]) -> None:
        self.asked: list[str] = []
        self.bodies: list[str] = []
        self.answers = answers
        self.port = 0

    def answer(self, path: str) -> tuple[int, dict[str, Any]]:
        self.asked.append(path)
        found = next((answers for part, answers in self.answers.items() if part in path), [(404, {})])
        return found.pop(0) if len(found) > 1 else found[0]


@contextmanager
def serving(answers: dict[str, list[tuple[int, dict[str, Any]]]]) -> Iterator[Service]:
    service = Service(answers)

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            service.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
            status, reply = service.answer(self.path)
            if status == 0:
                self.close_connection = True
                return
            body = json.dumps(reply).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = handle_one  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield service
        server.shutdown()
        thread.join()


MAIL_ANSWERS = {"DATA": b"354 go on", "QUIT": b"221 bye", "NOOP": b"250 ok"}


class Mail(NamedTuple):
    to: str
    text: str


@contextmanager
def receiving_mail(refused: str = "", hangs_up: bool = False) -> Iterator[tuple[int, list[Mail]]]:
    """The port of a mail server, and what it took: nothing for ``refused``. It may hang up once it has one whole."""
    taken: list[Mail] = []

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            self.say(b"220 ready")
            wanted = ""
            for line in self.rfile:
                verb = line[:4].decode().upper()
                if verb == "RCPT":
                    wanted = line.decode().partition("<")[2].partition(">")[0]
                self.say(b"550 unknown" if wanted == refused and verb == "RCPT" else MAIL_ANSWERS.get(verb, b"250 ok"))
                if verb == "DATA":
                    taken.append(Mail(wanted, b"".join(iter(self.rfile.readline, b".\r\n")).decode()))
                    if hangs_up:
                        return
                    self.say(b"250 taken")
                if verb == "QUIT":
                    return

        def say(self, answer: bytes) -> None:
            self.wfile.write(answer + b"\r\n")

    with _serving(ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        yield port, taken


@contextmanager
def _serving(server: ThreadingTCPServer | ThreadingHTTPServer) -> Iterator[int]:
    """The port on which it answers inside."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
