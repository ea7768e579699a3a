"""What is pushed: an event of the ledger, or how things stand, made ready once for every client that gets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi.sse import format_sse_event

from core.api.json_bytes import json_bytes
from core.api.recorded import signal_json
from core.api.verified import damage_json

if TYPE_CHECKING:
    from core.findings import LedgerDamage
    from core.journal.events import Change, Event, Standing

Room = tuple[str | None, str | None]
"""A symbol and a timeframe; None is every one."""


@dataclass(frozen=True, slots=True)
class Push:
    """``json`` goes out under each of ``names``. ``seq`` is the number of the entry that it tells of.

    It has none where it is no event but how things stand, which whoever connects is told anew: nothing is missed by not
    having heard of it. An event is for those in one of its ``rooms``.
    """

    names: tuple[str, ...]
    json: bytes
    frame: bytes
    """The same as server-sent events, the number with the last of them: what breaks off between two comes again whole."""
    seq: int | None = None
    rooms: frozenset[Room] | None = None
    """None is everybody: it is of no series, or nobody knows of which."""
    all_is_well: bool = False
    """It says no more than that: news only to those who have heard otherwise."""

    def is_for(self, wanted: frozenset[Room]) -> bool:
        """Whether somebody in the rooms ``wanted`` gets it."""
        return self.rooms is None or not self.rooms.isdisjoint(wanted)


def standing_push(name: str, content: Mapping[str, Any], id: str | None = None, all_is_well: bool = False) -> Push:
    """How things stand, to everybody; ``id`` is the number to go on with, empty for none any more."""
    body = json_bytes(content)
    frame = format_sse_event(data_str=body.decode(), event=name, id=id)
    return Push((name,), body, frame, all_is_well=all_is_well)


def event_push(event: Event, damage: LedgerDamage | None = None) -> Push:
    """An event of the ledger as JSON: its signal as /api/signals tells it, with ``id``, the number of the event's entry.

    Of a signal ``changed`` says what is different from the one before it, and it goes out as ``signal_changed``, too. From
    the first wrong entry on each event carries the ``damage``, since what it tells may not be what was written.
    """
    from core.journal.events import SignalIssued, Unreadable  # noqa: PLC0415 - the database's packages, as with a ledger

    if isinstance(event, Unreadable):
        return unreadable_push(event.seq)
    content = {"id": event.seq, **signal_json(event.signal)}
    content["damage"] = damage_json(damage if damage is not None and event.seq >= damage.seq else None)
    names: tuple[str, ...] = ("outcome",)
    if isinstance(event, SignalIssued):
        content["changed"] = None if event.change is None else change_json(event.change)
        names = ("signal",) if event.change is None else ("signal", "signal_changed")
    body = json_bytes(content)
    return Push(names, body, _frame(names, body, event.seq), event.seq, rooms_of(*event.signal.entry.series))


def unreadable_push(seq: int) -> Push:
    """That entry ``seq`` is damaged: to everybody, since nobody knows any more whom it was for."""
    body = json_bytes({"id": seq})
    return Push(("damaged",), body, _frame(("damaged",), body, seq), seq)


def change_json(change: Change) -> dict[str, Any]:
    """What a signal says otherwise than the one before it: of band, side, its strength and verdict those that differ."""
    before, now = _standing_json(change.before), _standing_json(change.now)
    differing = {name: {"before": before[name], "now": now[name]} for name in now if before[name] != now[name]}
    return {"previous_seq": change.previous_seq, **differing}


def _standing_json(standing: Standing) -> dict[str, str | None]:
    return {
        "band": standing.band,
        "side": standing.side,
        "side_strength": standing.side_strength,
        "verdict": standing.verdict,
    }


def rooms_of(symbol: str, timeframe: str) -> frozenset[Room]:
    """Every room that hears of a series."""
    return frozenset({(symbol, timeframe), (symbol, None), (None, timeframe), (None, None)})


def _frame(names: tuple[str, ...], body: bytes, seq: int) -> bytes:
    text = body.decode()
    return b"".join(
        format_sse_event(data_str=text, event=name, id=str(seq) if name == names[-1] else None) for name in names
    )
