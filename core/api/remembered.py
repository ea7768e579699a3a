"""Answers that depend on the board alone, made once per snapshot and address, whoever asks."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.api.answers import is_known
from core.signals.board import BoardSnapshot

MOST_BYTES = 16_000_000
"""Of addresses and bodies: four hundred lists of every coin, and an end to addresses made up to fill it."""

Answer = tuple[Message, Message]
"""The head and the whole body of an answer, as ASGI sends them."""


class RememberedAnswers:
    """Middleware around routes below ``path``, whose answers say what ``snapshot()`` says and nothing else.

    An answer is kept until there is another snapshot, or none; of more than MOST_BYTES the oldest go. Whether a client's
    copy is still right is judged here, so what is inside is never told of one.
    """

    def __init__(self, app: ASGIApp, path: str, snapshot: Callable[[], BoardSnapshot | None]) -> None:
        self._app = app
        self._path = path
        self._snapshot = snapshot
        self._holds_for: BoardSnapshot | None = None
        self._answers: dict[tuple[str, bytes], Answer] = {}
        self._room = MOST_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not _inside(scope).startswith(self._path):
            await self._app(scope, receive, send)
            return
        snapshot = self._snapshot()
        if snapshot is not self._holds_for:
            self._holds_for, self._answers, self._room = snapshot, {}, MOST_BYTES
        answer = self._answers.get(_address(scope)) or await self._made(scope, receive, snapshot)
        for message in _unless_known(answer, scope):
            await send(message)

    async def _made(self, scope: Scope, receive: Receive, snapshot: BoardSnapshot | None) -> Answer:
        sent: list[Message] = []

        async def collect(message: Message) -> None:
            sent.append(message)

        await self._app(_unconditional(scope), receive, collect)
        head, body = sent  # every answer of these routes is made whole
        if head["status"] == 200 and snapshot is not None and snapshot is self._holds_for:
            self._keep(_address(scope), (head, body))
        return head, body

    def _keep(self, address: tuple[str, bytes], answer: Answer) -> None:
        self._forget(address)  # two may have asked at once
        self._answers[address] = answer
        self._room -= _size(address, answer)
        while self._room < 0:
            self._forget(next(iter(self._answers)))

    def _forget(self, address: tuple[str, bytes]) -> None:
        answer = self._answers.pop(address, None)
        self._room += 0 if answer is None else _size(address, answer)


def _inside(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _address(scope: Scope) -> tuple[str, bytes]:
    return _inside(scope), scope["query_string"]


def _size(address: tuple[str, bytes], answer: Answer) -> int:
    return len(address[0]) + len(address[1]) + len(answer[1]["body"])


def _unconditional(scope: Scope) -> Scope:
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"if-none-match"]}


def _unless_known(answer: Answer, scope: Scope) -> Answer:
    """Copies of the two messages, since what is outside changes them; 304 where the client has this very answer."""
    head, body = answer
    known = Headers(scope=scope).get("if-none-match")
    if known is None or not is_known(Headers(raw=head["headers"]).get("etag", ""), known):
        return {**head, "headers": list(head["headers"])}, dict(body)
    headers = [pair for pair in head["headers"] if pair[0] not in {b"content-length", b"content-type"}]
    return {**head, "status": 304, "headers": headers}, {**body, "body": b""}
