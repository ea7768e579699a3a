"""Socket.IO at /socket.io: the same events as /api/stream, for clients that speak it.

Each client is told of the rooms that it subscribed to, from the number that it has reached; nothing is remembered here
but that. A client that stops reading is dropped.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import socketio
from engineio.async_socket import AsyncSocket
from engineio.packet import Packet
from starlette.datastructures import Headers
from starlette.types import ASGIApp

from core.access import is_of_this_site
from core.api.bundles import BundlingWebSocket, bundle
from core.api.errors import ApiError
from core.api.follower import Beginning, Follower
from core.api.push import Push, Room, standing_push
from core.api.socket_requests import asked_number, asked_rooms, rooms_json
from core.api.tail import POLL_SECONDS, Tail
from core.api.transport import SOCKET_IO_PATH, Transport
from core.errors import CandorError
from core.wording.sentences import error_text

log = logging.getLogger(__name__)

MOST_BYTES = 100_000
"""Of one message from a client: five times what naming every coin takes."""

MOST_TOGETHER = 100
"""Pushes that are sent at once."""

MOST_POLLED = 7
"""Pushes in the answer to a long poll: each may go out under two names, and python-socketio reads 16 packets at most."""

MOST_WAITING = 2
"""Bundles that wait for a WebSocket's client before it is asked to read first; of a long poll none may, or both were told at once."""

READING_SECONDS = 30.0
"""Real seconds in which a client must have taken something."""

LOOK_SECONDS = 0.05

Answer = dict[str, Any]
Handler = Callable[["Client", Any], Awaitable[Answer]]


class Client:
    """One connection: its rooms, and the follower of the ledger that is read now; None while there is no ledger."""

    def __init__(self, sid: str) -> None:
        self.sid = sid
        self.rooms: frozenset[Room] = frozenset()
        self.follower: Follower | None = None
        self.asked: Beginning | None = None
        """Where it asked to begin before there was a follower: it may ask as soon as it is connected."""
        self.task: asyncio.Task[None] | None = None


class NamedEvents(socketio.AsyncServer):  # type: ignore[misc]
    """python-socketio's server, told by clients no other events than those that have a handler of their name.

    Its handlers of connections are kept under names, too: an event ``connect`` would make a client anew that nobody
    ends, as often as it is sent. Whatever is no event at all would be a traceback in the log.
    """

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: Any) -> None:
        name = data[0] if isinstance(data, list) and data else None
        if isinstance(name, str) and name not in self.reserved_events:
            await super()._handle_event(eio_sid, namespace, id, data)


class SocketPushes:
    """The Socket.IO server over one process's tail of the ledger; ``app`` is its ASGI side."""

    def __init__(self, tail: Tail) -> None:
        self._tail = tail
        self._clients: dict[str, Client] = {}
        self._server = NamedEvents(
            async_mode="asgi",
            http_compression=False,
            cors_allowed_origins=lambda _, environ: is_of_this_site(Headers(scope=environ["asgi.scope"])),
            max_http_buffer_size=MOST_BYTES,
            # Their own loggers would write to streams of their own, whatever the log of this process looks like.
            logger=_quiet("socketio"),
            engineio_logger=_quiet("engineio"),
        )
        self._server.eio._async = {**self._server.eio._async, "websocket": BundlingWebSocket}
        self.app: ASGIApp = socketio.ASGIApp(self._server, socketio_path=SOCKET_IO_PATH)
        self._server.on("connect", self._connect)
        self._server.on("disconnect", self._disconnect)
        for name, handler in (
            ("subscribe", self._subscribe),
            ("unsubscribe", self._unsubscribe),
            ("sync", self._sync),
        ):
            self._server.on(name, self._answering(handler))

    async def _connect(self, sid: str, _environ: object, _auth: object = None) -> None:
        try:
            self._tail.refuse_too_many()
        except ApiError as error:
            raise socketio.exceptions.ConnectionRefusedError(error.message) from None
        client = self._clients[sid] = Client(sid)
        client.task = asyncio.create_task(self._serve(client))

    async def _disconnect(self, sid: str, reason: object = None) -> None:
        client = self._clients.pop(sid, None)
        if reason == self._server.reason.CLIENT_DISCONNECT:
            self._answer_its_poll(sid)
        if client is not None and client.task is not None and client.task is not asyncio.current_task():
            client.task.cancel()

    def _answer_its_poll(self, sid: str) -> None:
        """Engine.IO would leave a client's last long poll without an answer for 45 s after the client has left."""
        socket = self._server.eio.sockets.get(self._server.manager.eio_sid_from_sid(sid, "/"))
        if socket is not None:
            socket.queue.put_nowait(None)

    # ------------------------------------------------------------ what clients ask

    def _answering(self, handler: Handler) -> Callable[..., Awaitable[Answer]]:
        """``handler`` as Socket.IO calls it: whatever a client sends is acknowledged, with the reason where it is refused."""

        async def answering(sid: str, data: Any = None, *_: object) -> Answer:
            client = self._clients.get(sid)
            try:
                return {"status": "success"} if client is None else await handler(client, data)
            except ApiError as error:
                return {"status": "error", "error": error.code, "message": error.message}
            except CandorError as error:
                return {"status": "error", "error": error.code, "message": error_text(error)}

        return answering

    async def _subscribe(self, client: Client, data: Any) -> Answer:
        client.rooms = await asked_rooms(self._tail.application, data, client.rooms)
        return self._placed(client)

    async def _unsubscribe(self, client: Client, data: Any) -> Answer:
        client.rooms -= client.rooms if data is None else await asked_rooms(self._tail.application, data)
        return self._placed(client)

    async def _sync(self, client: Client, data: Any) -> Answer:
        """Tell once more what came after the number that the client saw last."""
        beginning = await Beginning.at(self._tail.application, asked_number(data))
        return self._placed(client, beginning) | {"head": beginning.head, "asked": beginning.asked}

    def _placed(self, client: Client, beginning: Beginning | None = None) -> Answer:
        """Where a client stands from now on: at ``beginning``, where it asked for one."""
        follower = client.follower
        if follower is None:
            client.asked = beginning or client.asked
            after = None if client.asked is None else client.asked.after
        else:
            follower.go_back(follower.cursor if beginning is None else beginning.after, client.rooms)
            after = follower.cursor
        return {"status": "success", "after": after, "rooms": rooms_json(client.rooms)}

    # ------------------------------------------------------------ what they are told

    async def _serve(self, client: Client) -> None:
        """Tell a client of one ledger after another until it leaves or the server ends."""
        try:
            with self._tail.listening(Transport.SOCKET_IO) as bell:
                while not self._tail.over and await self._tell(client, bell):
                    client.follower = None
        except Exception:
            log.exception("A Socket.IO client cannot be told more.")
        self._clients.pop(client.sid, None)
        await self._server.disconnect(client.sid)

    async def _tell(self, client: Client, bell: asyncio.Event) -> bool:
        """Tell what happens in the ledger that is followed now; False once the client is dropped."""
        beginning = _begun_as_asked(await self._beginning(client), client.asked)
        client.asked = None
        client.follower = Follower(self._tail, bell, beginning, client.rooms)
        pushes: list[Push] | None = [beginning.push()]
        while pushes is not None:
            if not await self._sent(client, pushes):
                return False
            pushes = await client.follower.next(READING_SECONDS)
        return True

    async def _beginning(self, client: Client) -> Beginning:
        """Where the ledger ends, once there is one; that there is none is told."""
        notified = False
        while True:
            try:
                return await Beginning.at(self._tail.application, None)
            except (ApiError, CandorError) as error:
                message = error.message if isinstance(error, ApiError) else error_text(error)
                notified = notified or await self._sent(client, [standing_push("unavailable", {"message": message})])
                await asyncio.sleep(POLL_SECONDS)

    async def _sent(self, client: Client, pushes: list[Push]) -> bool:
        """Send, unless the client has left, of which python-socketio may not have told, or has read nothing for too long."""
        if self._socket(client) is None:
            return False
        for some in self._portions(client, pushes):
            if not await self._reads(client):
                log.warning("A Socket.IO client that read nothing for %g s was dropped.", READING_SECONDS)
                self._tail.traffic.dropped[Transport.SOCKET_IO] += 1
                return False
            await self._server.eio.send_packet(self._address(client), _bundle_of(some))
            self._tail.traffic.sent[Transport.SOCKET_IO] += len(some)
        return True

    def _portions(self, client: Client, pushes: list[Push]) -> Iterator[tuple[Push, ...]]:
        """As many at once as the client can take."""
        begin = 0
        while begin < len(pushes):
            end = begin + (MOST_TOGETHER if self._is_on_a_websocket(client) else MOST_POLLED)
            yield tuple(pushes[begin:end])
            begin = end

    async def _reads(self, client: Client) -> bool:
        """Whether little waits for the client, or does within READING_SECONDS."""
        for _ in range(round(READING_SECONDS / LOOK_SECONDS)):
            socket = self._socket(client)
            if socket is None or socket.queue.qsize() <= (MOST_WAITING if self._is_on_a_websocket(client) else 0):
                return True
            await asyncio.sleep(LOOK_SECONDS)
        return False

    def _is_on_a_websocket(self, client: Client) -> bool:
        socket = self._socket(client)
        return socket is not None and socket.upgraded

    def _socket(self, client: Client) -> AsyncSocket | None:
        return self._server.eio.sockets.get(self._address(client))

    def _address(self, client: Client) -> str | None:
        address: str | None = self._server.manager.eio_sid_from_sid(client.sid, "/")
        return address


def _begun_as_asked(beginning: Beginning, asked: Beginning | None) -> Beginning:
    """Where a client begins that may have ``asked`` for another place in the same ledger meanwhile."""
    if asked is None or asked.name != beginning.name:
        return beginning
    return replace(beginning, after=min(asked.after, beginning.head), asked=asked.asked)


@lru_cache(maxsize=32)
def _bundle_of(pushes: tuple[Push, ...]) -> Packet:
    """Pushes as Engine.IO sends them, written once for all clients."""
    return bundle(packet for push in pushes for packet in _packets(push.names, push.json))


@lru_cache(maxsize=512)
def _packets(names: tuple[str, ...], body: bytes) -> tuple[str, ...]:
    """A push as Engine.IO has it: 4 is its message, 2 Socket.IO's event, whose arguments are JSON."""
    text = body.decode()
    return tuple(f'42["{name}",{text}]' for name in names)


def _quiet(name: str) -> logging.Logger:
    """The logger of a library that tells errors alone."""
    logger = logging.getLogger(name)
    logger.setLevel(logging.ERROR)
    return logger
