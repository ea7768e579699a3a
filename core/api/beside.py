"""Where the API and its pushes stand: at /api and /socket.io beside the dashboard, all below a base path where there is one."""

from __future__ import annotations

import asyncio
import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from core.api.errors import error_response
from core.api.transport import SOCKET_IO_PATH
from core.text import shorten

if TYPE_CHECKING:
    from core.api.socket_io import SocketPushes
    from core.api.tail import Tail

API_PATH = "/api"

_PLAIN_PATH = re.compile(r"(/[\w.~-]+)+", re.ASCII)
"""A prefix that a proxy names; anything else could lead to another host."""


class ApiBesideDashboard:
    """Middleware that hands everything under ``base_path``/api to the API before Streamlit's own middleware sees it.

    Streamlit refuses suspicious paths in plain text, and shows the dashboard for addresses that no route matches; under
    /api every answer is JSON. ``base_path`` is like ``/candor`` or ``/a/b``, or empty. A proxy that takes a prefix off
    may name it in X-Forwarded-Prefix: it stands in the addresses that the API sends.
    """

    def __init__(self, app: ASGIApp, api: ASGIApp, base_path: str = "") -> None:
        self._app = app
        self._api = api
        self._base_path = base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(scope.get("root_path", "")) if scope["type"] == "http" else ""
        api_path = self._base_path + API_PATH
        if _is_below(api_path, path):
            await self._api(_inside(scope, api_path, path), receive, send)
        elif (inside := self._meant(path)) is not None:
            await _not_here(path, api_path, inside)(scope, receive, send)
        elif path and path == self._base_path:
            await self._to_the_front(scope)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _meant(self, path: str) -> str | None:
        """What of the API somebody means who writes its place with other slashes or letters, or leaves out the base path."""
        parts = [part for part in path.split("/") if part not in ("", ".")]
        base = self._base_path.lower().split("/")[1:]
        while base and [part.lower() for part in parts[: len(base)]] == base:
            parts = parts[len(base) :]
        return "/".join(parts[1:]) if parts and parts[0].lower() == API_PATH[1:] else None

    def _to_the_front(self, scope: Scope) -> ASGIApp:
        """The slash that pages need. Starlette would name the host that a proxy asked, which browsers may not know."""
        query = scope["query_string"].decode("latin-1")
        return RedirectResponse(scope.get("root_path", "") + self._base_path + "/" + (query and f"?{query}"))


class SocketIoBesideDashboard:
    """Middleware that hands what is below ``base_path``/socket.io to ``socket_io``: WebSockets and long polling."""

    def __init__(self, app: ASGIApp, socket_io: ASGIApp, base_path: str = "") -> None:
        self._app, self._socket_io, self._base_path = app, socket_io, base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        if scope["type"] != "lifespan" and f"{path}/".startswith(f"{self._base_path}{SOCKET_IO_PATH}/"):
            await self._socket_io({**scope, "path": path.removeprefix(self._base_path)}, receive, send)
        else:
            await self._app(scope, receive, send)


class SocketIo:
    """The pushes of core.api.socket_io; its libraries are loaded for whoever asks first, beside the event loop."""

    def __init__(self, tail: Tail) -> None:
        self._tail = tail
        self._loading = asyncio.Lock()
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._loading:
            if self._app is None:
                pushes = await asyncio.to_thread(_load_pushes)
                self._app = pushes(self._tail).app
        await self._app(scope, receive, send)


def _load_pushes() -> type[SocketPushes]:
    from core.api.socket_io import SocketPushes  # noqa: PLC0415 - a twentieth of a cold start, for what few ask for

    return SocketPushes


def _not_here(path: str, api_path: str, inside: str) -> ASGIApp:
    return error_response(
        HTTPStatus.NOT_FOUND,
        "not_found",
        f"There is nothing at {shorten(path, 80)!r}: the API stands at {api_path}. "
        f"Ask for {shorten(f'{api_path}/{inside}'.rstrip('/'), 120)!r}.",
    )


def _is_below(prefix: str, path: str) -> bool:
    return f"{path}/".startswith(f"{prefix}/")


def _inside(scope: Scope, api_path: str, path: str) -> Scope:
    """The request as the API sees it: its own place, as clients write it, is the root path."""
    root_path = scope.get("root_path", "") + _taken_off(scope, api_path) + api_path
    inner = path.removeprefix(api_path) or "/"
    return {**scope, "root_path": root_path, "path": root_path + inner}


def _taken_off(scope: Scope, api_path: str) -> str:
    """The prefix that a proxy took off the address; one that is still there was not taken off."""
    prefix = Headers(scope=scope).get("x-forwarded-prefix", "").rstrip("/")
    return prefix if _PLAIN_PATH.fullmatch(prefix) and not _is_below(prefix, api_path) else ""
