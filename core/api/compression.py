"""Compression of everything that leaves the server, in one place: the dashboard's scripts, browser libraries, the API.

Starlette's middleware compresses and knows what not to: event streams, images and fonts, parts of files, what is
compressed already. Around it stands what it leaves out: files that never change are compressed once per process,
clients that refuse gzip (``gzip;q=0``) get none, and an ETag says no more than is true of a compressed body.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST = 1000
"""Bytes below which a body goes out as it is: it fills one packet either way."""

LEVEL = 6
"""Of 9; higher ones take twice the time for the last hundredth."""

MOST_KEPT = 32_000_000
"""Bytes kept compressed in all: three times what Streamlit and plotly have, and an end to addresses made up to fill it."""

_REFUSED = re.compile(r"\s*q\s*=\s*0(\.0*)?\s*", re.IGNORECASE)


class Compression:
    """Middleware for the outermost place. What is inside sees clients that accept no encoding, so nothing compresses twice."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._gzip = GZipMiddleware(self._inside, minimum_size=SMALLEST, compresslevel=LEVEL)
        self._kept: dict[str, Response] = {}
        self._room = MOST_KEPT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif not takes_gzip(Headers(scope=scope).get("accept-encoding", "")):
            await self._gzip(_accepting(scope), receive, send)
        elif (kept := self._kept.get(scope["path"])) is not None and _asks_for_all_of_it(scope):
            await kept(scope, receive, send)
        else:
            await self._gzip(_accepting(scope, b"gzip"), receive, _Outgoing(scope, send, self._keep))

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(_accepting(scope), receive, send)

    def _keep(self, path: str, answer: Response) -> None:
        size = len(answer.body)
        if path not in self._kept and size <= self._room:
            self._kept[path] = answer
            self._room -= size


@dataclass(slots=True)
class _Outgoing:
    """What is sent to a client that takes gzip, on its way; kept as a whole where the address never answers otherwise."""

    scope: Scope
    send: Send
    keep: Callable[[str, Response], None]
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    chunks: list[bytes] | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begin(message)
        elif message["type"] == "http.response.body" and self.chunks is not None:
            self.chunks.append(message.get("body", b""))
            if not message.get("more_body", False):
                self.keep(self.scope["path"], _whole(self.headers, self.chunks))
        await self.send(message)

    def _begin(self, message: Message) -> None:
        headers = MutableHeaders(raw=message["headers"])
        if message["status"] != 206:  # parts are cut out of the body as it is, which the strong ETag stands for
            _weaken(headers)
        if self.scope["method"] == "HEAD":
            del headers["Content-Length"]  # that of the compressed body is known once there is one
            headers.add_vary_header("Accept-Encoding")
        elif message["status"] == 200 and _is_for_everybody_and_ever(headers):
            self.headers, self.chunks = message["headers"], []


def _is_for_everybody_and_ever(headers: Headers) -> bool:
    immutable = "immutable" in headers.get("Cache-Control", "")
    return immutable and headers.get("Content-Encoding") == "gzip" and "Set-Cookie" not in headers


def _whole(headers: list[tuple[bytes, bytes]], chunks: list[bytes]) -> Response:
    """The answer as one that can be given again."""
    answer = Response(b"".join(chunks))
    answer.raw_headers = [pair for pair in headers if pair[0].lower() != b"content-length"]
    answer.headers["Content-Length"] = str(len(answer.body))
    return answer


def takes_gzip(accept_encoding: str) -> bool:
    """Whether the header names gzip, or everything, and does not refuse it by a weight of 0."""
    parts = [part.partition(";") for part in accept_encoding.split(",")]
    weights = {name.strip().lower(): weight for name, _, weight in parts}
    weight = weights.get("gzip", weights.get("*", "q=0"))
    return _REFUSED.fullmatch(weight) is None


def _asks_for_all_of_it(scope: Scope) -> bool:
    """Parts, and copies that may still be right, are judged where the file lies."""
    conditions = {b"range", b"if-none-match", b"if-modified-since"}
    return scope["method"] in {"GET", "HEAD"} and conditions.isdisjoint(name for name, _ in scope["headers"])


def _accepting(scope: Scope, *encodings: bytes) -> Scope:
    """The request, as one of a client that accepts these encodings."""
    others = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
    return {**scope, "headers": others + [(b"accept-encoding", encoding) for encoding in encodings]}


def _weaken(headers: MutableHeaders) -> None:
    """A strong ETag promises the same bytes, which the compressed and the plain body are not."""
    tag = headers.get("ETag", "")
    if tag.startswith('"'):
        headers["ETag"] = f"W/{tag}"
