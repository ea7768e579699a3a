"""Several of Engine.IO's packets as one that is made ready once for all clients, on a WebSocket or in a long poll."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engineio.async_drivers.asgi import WebSocket
from engineio.packet import MESSAGE, Packet
from websockets.frames import Frame, Opcode

from core.api.frames import FRAMES

SEPARATOR = "\x1e"
"""Between packets in the answer to a long poll, as Engine.IO has it; JSON has it nowhere."""


class Bundled(str):
    """Engine.IO's packets as the answer to a long poll holds them, and the same as WebSocket ``frames``."""

    frames: bytes


def bundle(packets: Iterable[str]) -> Packet:
    """What Engine.IO takes for one packet; to a client it is each of ``packets``, which are encoded already."""
    packets = tuple(packets)
    bundled = Bundled(SEPARATOR.join(packets))
    bundled.frames = b"".join(Frame(Opcode.TEXT, text.encode()).serialize(mask=False) for text in packets)
    packet = Packet(MESSAGE)
    packet.encode_cache = bundled
    return packet


class BundlingWebSocket(WebSocket):  # type: ignore[misc]
    """Engine.IO's WebSocket, which sends a bundle at once where the server can, else packet by packet."""

    async def __call__(self, environ: dict[str, Any]) -> Any:
        self._can = FRAMES in environ["asgi.scope"].get("extensions", {})
        return await super().__call__(environ)

    async def send(self, message: str | bytes) -> None:
        if not isinstance(message, Bundled):
            await super().send(message)
        elif self._can:
            await self.asgi_send({"type": FRAMES, "frames": message.frames})
        else:
            for text in message.split(SEPARATOR):
                await super().send(text)
