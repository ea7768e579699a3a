"""What proxies say about whom they speak for is believed of those that are named, and of nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from core.access import Network, is_among

FORWARDED = (b"forwarded", b"x-forwarded-")
"""How the headers begin in which proxies tell of the request that they got."""


class NamedProxies:
    """Middleware for the outermost place: takes off what only a proxy in ``networks`` may say.

    That is where a request came from, by which scheme and below which path, and in ``identity_header`` who sent it.
    """

    def __init__(self, app: ASGIApp, networks: Iterable[Network], identity_header: str | None = None) -> None:
        self._networks = tuple(networks)
        trusted = [str(network) for network in self._networks]
        # uvicorn and Starlette have types of their own for the same ASGI
        self._believing = cast(ASGIApp, ProxyHeadersMiddleware(cast(Any, app), trusted))
        self._app = app
        self._taken_off = (*FORWARDED, identity_header.lower().encode()) if identity_header else FORWARDED

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or is_among((scope.get("client") or (None,))[0], self._networks):
            await self._believing(scope, receive, send)
        else:
            headers = [pair for pair in scope["headers"] if not pair[0].startswith(self._taken_off)]
            await self._app({**scope, "headers": headers}, receive, send)
