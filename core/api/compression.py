"""Compression of everything that leaves the server, in one place: the dashboard's scripts, browser libraries, the API.

Starlette's middleware compresses and knows what not to: event streams, images and fonts, parts of files, what is
compressed already. Around it stands what it leaves out: what has the same ETag, or never changes, is compressed once,
clients that refuse gzip (``gzip;q=0``) get none, and an ETag says no more than is true of a compressed body.
"""

from __future__ import annotations

import re
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
    """Middleware for the outermost place but for HeadAsGet: what a HEAD promises is known once the body is compressed.

    What is inside sees clients that accept no encoding, so nothing compresses twice.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept = KeptAnswers(MOST_KEPT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif not takes_gzip(Headers(scope=scope).get("accept-encoding", "")):
            await self._around(self._app)(_accepting(scope), receive, send)
        elif (kept := self._kept.for_ever(scope)) is not None and _asks_for_all_of_it(scope):
            await kept(scope, receive, send)
        else:
            outgoing = _Outgoing(scope, send, self._kept)
            await self._around(outgoing.recalling(self._app))(_accepting(scope, b"gzip"), receive, outgoing)

    def _around(self, app: ASGIApp) -> ASGIApp:
        async def inside(scope: Scope, receive: Receive, send: Send) -> None:
            await app(_accepting(scope), receive, send)

        return GZipMiddleware(inside, minimum_size=SMALLEST, compresslevel=LEVEL)


class KeptAnswers:
    """Compressed answers by their address, ``most_bytes`` of bodies in all; what was used longest ago goes first."""

    def __init__(self, most_bytes: int) -> None:
        self._answers: dict[tuple[str, bytes], Response] = {}
        self._room = most_bytes

    def for_ever(self, scope: Scope) -> Response | None:
        """The answer of an address that never answers otherwise."""
        kept = self._answers.get(_address(scope))
        return kept if kept is not None and _is_for_ever(kept.headers) else None

    def of(self, scope: Scope, tag: str | None) -> Response | None:
        """The answer of an address if it is still the one that ``tag`` names."""
        kept = self._answers.pop(_address(scope), None)
        if kept is not None:
            self._answers[_address(scope)] = kept
        return kept if kept is not None and tag is not None and kept.headers.get("ETag") == _weak(tag) else None

    def keep(self, scope: Scope, answer: Response) -> None:
        before = self._answers.pop(_address(scope), None)
        self._room += (len(before.body) if before else 0) - len(answer.body)
        self._answers[_address(scope)] = answer
        while self._room < 0:
            self._room += len(self._answers.pop(next(iter(self._answers))).body)


@dataclass(slots=True)
class _Outgoing:
    """What is sent to a client that takes gzip, on its way; kept as a whole where it may be given again."""

    scope: Scope
    send: Send
    kept: KeptAnswers
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    chunks: list[bytes] | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._begin(message)
        elif message["type"] == "http.response.body" and self.chunks is not None:
            self.chunks.append(message.get("body", b""))
            if not message.get("more_body", False):
                self.kept.keep(self.scope, _whole(self.headers, self.chunks))
        await self.send(message)

    def recalling(self, app: ASGIApp) -> ASGIApp:
        """``app``, whose answer is the kept one where its ETag says that it would be the same."""

        async def recall(scope: Scope, receive: Receive, send: Send) -> None:
            recalled: Response | None = None

            async def send_or_recall(message: Message) -> None:
                nonlocal recalled
                if message["type"] == "http.response.start" and message["status"] == 200:
                    recalled = self.kept.of(self.scope, Headers(raw=message["headers"]).get("ETag"))
                    if recalled is not None:
                        await recalled(self.scope, receive, self.send)
                if recalled is None:
                    await send(message)

            await app(scope, receive, send_or_recall)

        return recall

    def _begin(self, message: Message) -> None:
        headers = MutableHeaders(raw=message["headers"])
        tag = headers.get("ETag")
        if tag is not None and message["status"] != 206:  # parts are cut out of the body that a strong ETag stands for
            headers["ETag"] = _weak(tag)
        if message["status"] == 200 and _may_be_given_again(headers):
            self.headers, self.chunks = message["headers"], []


def _address(scope: Scope) -> tuple[str, bytes]:
    return scope["path"], scope["query_string"]


def _may_be_given_again(headers: Headers) -> bool:
    whole = headers.get("Content-Encoding") == "gzip" and "Set-Cookie" not in headers
    return whole and (_is_for_ever(headers) or "ETag" in headers)


def _is_for_ever(headers: Headers) -> bool:
    return "immutable" in headers.get("Cache-Control", "")


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
    return scope["method"] == "GET" and conditions.isdisjoint(name for name, _ in scope["headers"])


def _accepting(scope: Scope, *encodings: bytes) -> Scope:
    """The request, as one of a client that accepts these encodings."""
    others = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
    return {**scope, "headers": others + [(b"accept-encoding", encoding) for encoding in encodings]}


def _weak(tag: str) -> str:
    """A strong ETag promises the same bytes, which the compressed and the plain body are not."""
    return tag if tag.startswith("W/") else f"W/{tag}"
