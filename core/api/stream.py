"""/api/stream: what happens, as server-sent events that are numbered as the ledger's entries are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import lru_cache, partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from core.api.connections import was_cut_off
from core.api.follower import Beginning, Follower
from core.api.ledger import LARGEST_SEQ, OptionalTimeframeQuery, opened_ledger, symbols_of
from core.api.push import Push, Room
from core.api.reading import from_ledger
from core.api.requests import Running, SymbolsQuery
from core.api.tail import Tail
from core.api.transport import Transport
from core.application import Application
from core.domain import Timeframe
from core.errors import InvalidRequest
from core.text import shorten
from core.wording.stream_events import EVENT_NOTES, STREAM_NOTE

router = APIRouter(tags=["pushes"])

KEEP_ALIVE_SECONDS = 15.0
"""Real time without an event after which something is sent all the same: proxies give up what is silent for a minute."""

RETRY_MS = 2000
"""How long a browser is asked to wait before it connects again."""

StreamAfterQuery = Annotated[
    int | None,
    Query(
        ge=0,
        le=LARGEST_SEQ,
        description="Begin after this entry; without it at the present end of the ledger. 400 `bad_cursor` beyond that.",
    ),
]
LastEventIdHeader = Annotated[
    str | None,
    Header(
        alias="Last-Event-ID",
        description="The `id` of the last event that came, as browsers send it when they connect again; wins over `after`.",
    ),
]

_EVENTS = "| event | data |\n|---|---|\n" + "\n".join(f"| `{name}` | {note} |" for name, note in EVENT_NOTES.items())
_HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}
_EXAMPLE = {"text/event-stream": {"schema": {"type": "string"}}}


@router.get(
    "/stream",
    description=f"{STREAM_NOTE}\n\n{_EVENTS}",
    response_class=Response,  # FastAPI writes each event anew for each client; here all are sent the same bytes
    responses={200: {"content": _EXAMPLE, "description": "Events, without end."}},
)
async def stream(
    request: Request,
    application: Running,
    symbols: SymbolsQuery = None,
    timeframe: OptionalTimeframeQuery = None,
    after: StreamAfterQuery = None,
    last_event_id: LastEventIdHeader = None,
) -> Response:
    tail: Tail = request.app.state.tail
    tail.refuse_too_many()
    asked = after if not last_event_id else parse_event_id(last_event_id)
    wanted = await rooms_wanted(application, symbols, None if timeframe is None else Timeframe.parse(timeframe))
    beginning = await Beginning.at(application, asked, came_back=bool(last_event_id))
    return EventStream(tail, beginning, wanted)


class EventStream(EventSourceResponse):
    """What one client is told, until it leaves, the server ends, or another ledger is followed."""

    def __init__(self, tail: Tail, beginning: Beginning, wanted: frozenset[Room]) -> None:
        super().__init__((), headers=_HEADERS)
        self._tail, self._beginning, self._wanted = tail, beginning, wanted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._tail.listening(Transport.STREAM) as bell:
            self.body_iterator = self._frames(Follower(self._tail, bell, self._beginning, self._wanted))
            try:
                await super().__call__(scope, receive, send)
            finally:
                self._tail.traffic.dropped[Transport.STREAM] += was_cut_off(scope)

    async def _frames(self, follower: Follower) -> AsyncIterator[bytes]:
        """Keep-alives carry the number that was reached, so that nobody begins far behind for having heard little."""
        yield format_sse_event(retry=RETRY_MS) + self._beginning.push().frame
        while (pushes := await follower.next(KEEP_ALIVE_SECONDS)) is not None:
            self._tail.traffic.sent[Transport.STREAM] += len(pushes)
            yield _joined(tuple(pushes)) if pushes else format_sse_event(comment="alive", id=str(follower.cursor))


@lru_cache(maxsize=32)
def _joined(pushes: tuple[Push, ...]) -> bytes:
    """The same bytes for all clients that are told the same."""
    return b"".join(push.frame for push in pushes)


def parse_event_id(text: str) -> int:
    """The entry that an event told of; InvalidRequest for what is no number of one."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST_SEQ):
        raise InvalidRequest(
            f"The header 'Last-Event-ID' is {shorten(text)!r}; expected the id of an event, a whole number. "
            "Leave it out to begin at the end."
        )
    return int(text)


async def rooms_wanted(application: Application, symbols: str | None, timeframe: Timeframe | None) -> frozenset[Room]:
    """The rooms of some coins on a timeframe; None is all. Errors as of parse_symbols, and 503 without a ledger."""
    named: list[Any] = [None]
    if symbols is not None:
        named = await from_ledger(partial(symbols_of, application, opened_ledger(application), symbols))
    return frozenset((symbol, None if timeframe is None else timeframe.value) for symbol in named)
