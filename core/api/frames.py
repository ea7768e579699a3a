"""Several messages on a WebSocket in one write: made ready once for all clients, where uvicorn makes each for each client.

What a board brings is some fifty messages; with 250 clients that is half a second of every core that Python has.
"""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

FRAMES = "candor.frames"
"""The ASGI extension: a server that has it takes messages of this type, whose ``frames`` go out as they are."""


class FramedConnection(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket with that extension."""

    async def run_asgi(self) -> None:
        self.scope["extensions"][FRAMES] = {}
        await super().run_asgi()

    async def send(self, message: Any) -> None:
        if message["type"] != FRAMES:
            await super().send(message)
            return
        await self.writable.wait()
        if self.disconnected or self.close_sent:
            raise ClientDisconnected
        self.transport.write(message["frames"])
