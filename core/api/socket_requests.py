"""What Socket.IO clients ask, read as the parameters of /api/stream are: whatever was sent, a sentence says what was expected."""

from __future__ import annotations

from typing import Any

from core.api.ledger import LARGEST_SEQ
from core.api.push import Room
from core.api.stream import rooms_wanted
from core.application import Application
from core.domain import Timeframe
from core.errors import InvalidRequest
from core.text import shorten

MOST_ROOMS = 1000
"""Of one client: each of 200 coins on every timeframe, and some."""


async def asked_rooms(application: Application, data: Any, more: frozenset[Room] = frozenset()) -> frozenset[Room]:
    """The rooms that ``{symbols, timeframe}`` names, beside those of ``more``; either may be left out and means all.

    ``symbols`` is a list or comma-separated. InvalidRequest for anything else, and errors as of rooms_wanted.
    """
    asked = _fields(data, "symbols", "timeframe")
    symbols, timeframe = asked.get("symbols"), asked.get("timeframe")
    if isinstance(symbols, list) and all(isinstance(each, str) for each in symbols):
        symbols = ",".join(symbols)
    if not isinstance(symbols, str | None):
        raise InvalidRequest(f"'symbols' is {shorten(symbols)!r}; expected a list of coins such as ['BTCUSDT', 'ETH'].")
    if not isinstance(timeframe, str | None):
        raise InvalidRequest(f"'timeframe' is {shorten(timeframe)!r}; expected one of: {', '.join(Timeframe)}.")
    wanted = await rooms_wanted(application, symbols, None if timeframe is None else Timeframe.parse(timeframe))
    rooms = more | wanted
    if len(rooms) > MOST_ROOMS:
        raise InvalidRequest(
            f"That makes {len(rooms):,} rooms; at most {MOST_ROOMS:,} fit. Leave out 'symbols' for all."
        )
    return rooms


def asked_number(data: Any) -> int:
    """The number in ``{after}``."""
    after = _fields(data, "after").get("after")
    if isinstance(after, bool) or not isinstance(after, int) or not 0 <= after <= LARGEST_SEQ:
        raise InvalidRequest(f"'after' is {shorten(after)!r}; expected the id of the last event that came.")
    return after


def rooms_json(rooms: frozenset[Room]) -> list[dict[str, str | None]]:
    """The rooms in an answer, in order; null is every symbol or timeframe."""
    named = sorted(rooms, key=lambda room: (room[0] or "", room[1] or ""))
    return [{"symbol": symbol, "timeframe": timeframe} for symbol, timeframe in named]


def _fields(data: Any, *names: str) -> dict[str, Any]:
    if data is None:
        return {}
    if not isinstance(data, dict) or not data.keys() <= set(names):
        raise InvalidRequest(f"Got {shorten(data)!r}; expected an object with {' and '.join(map(repr, names))}.")
    return data
