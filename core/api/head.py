"""HEAD, which is GET without the body, for every address at once."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """Middleware for the outermost place: whatever is inside sees a GET, and its status and headers go out alone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
        else:
            await self._app({**scope, "method": "GET"}, receive, _without_body(send))


def _without_body(send: Send) -> Send:
    """``send`` for status and headers. With them the answer is over, so that a stream need not come to its end."""
    over = False

    async def send_head(message: Message) -> None:
        nonlocal over
        if message["type"] == "http.response.start" and not over:
            over = True
            await send(message)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    return send_head
