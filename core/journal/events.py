"""What happened, in the order of the ledger's entries: each live signal, what it changed, and what became of each.

An event is an entry, so that whoever knows the number of the last one can ask for the next, at any time and of any process:
read today or next year it is the same, whatever was entered since. Replayed signals were never issued, and are none.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection, select

from core.domain import Direction
from core.journal.database import Database
from core.journal.entries import SignalEntry
from core.journal.errors import LedgerDamaged
from core.journal.store import head_of
from core.journal.stored import AS_ENTERED, WITH_EACH_OUTCOME, StoredSignal, stored_signal
from core.journal.tables import outcomes, signals
from core.journal.vocabulary import Origin
from core.measured import Proof
from core.prediction import given_a_move
from core.signals.bands import Band, SideStrength, band_beside, strength_of


@dataclass(frozen=True, slots=True)
class Standing:
    """What a signal says at a glance. ``side`` is None where its strength is unclear; ``band`` is None where the usual
    P(move) was not shown."""

    band: Band | None
    side: Direction | None
    side_strength: SideStrength
    verdict: str


@dataclass(frozen=True, slots=True)
class Change:
    """That a signal says something else than the live one before it on its series, entry ``previous_seq``."""

    previous_seq: int
    before: Standing
    now: Standing


@dataclass(frozen=True, slots=True)
class SignalIssued:
    """A live signal, as it was entered: nothing had become of it yet."""

    signal: StoredSignal
    change: Change | None

    @property
    def seq(self) -> int:
        return self.signal.seq


@dataclass(frozen=True, slots=True)
class OutcomeKnown:
    """The outcome of a live ``signal``, or a correction of one; it stands in the signal, and ``seq`` is its own number."""

    seq: int
    signal: StoredSignal


@dataclass(frozen=True, slots=True)
class Unreadable:
    """That an entry was changed by somebody into one that cannot be told any more, if it ever was a signal's or an outcome's."""

    seq: int


Event = SignalIssued | OutcomeKnown | Unreadable


@dataclass(frozen=True, slots=True)
class Events:
    """All events after the entry that was asked for, up to entry ``until``, in order."""

    events: tuple[Event, ...]
    until: int


def events_after(database: Database, after: int, most: int) -> Events:
    """The next events, about ``most``; LedgerUnavailable where they cannot be read.

    ``until`` is smaller than ``after`` where the ledger ends before that entry, as one that was begun anew does. An entry
    that is damaged keeps nobody from those around it.
    """
    with database.reading() as connection:
        head = head_of(connection).seq
    if head <= after:
        return Events((), head)
    try:
        return _read(database, after, head, most)
    except LedgerDamaged:
        until = min(head, after + most)
        return Events(tuple(event for seq in range(after + 1, until + 1) for event in _of_one(database, seq)), until)


def _of_one(database: Database, seq: int) -> tuple[Event, ...]:
    """The event of an entry, none where it is another kind of entry; without its change where that cannot be told."""
    for compared in (True, False):
        with suppress(LedgerDamaged):
            return _read(database, seq - 1, seq, 1, compared).events
    return (Unreadable(seq),)


def _read(database: Database, after: int, head: int, most: int, compared: bool = True) -> Events:
    """LedgerDamaged, of no entry in particular, where one of them cannot be understood."""
    with database.reading() as connection, database.understood(after + 1):
        issued, known = _issued(connection, after, head, most), _known(connection, after, head, most)
        until = min([head, *map(_number, issued[most - 1 :]), *map(_number, known[most - 1 :])])
        newest = [each.signal for each in issued if each.seq <= until]
        changes = _changes(connection, newest) if compared else {}
    events: list[Event] = [SignalIssued(signal, changes.get(signal.seq)) for signal in newest]
    events += [each for each in known if each.seq <= until]
    return Events(tuple(sorted(events, key=_number)), until)


def standing_of(signal: SignalEntry) -> Standing:
    """What a signal that was shown says at a glance."""
    likelier = max(signal.p_long, signal.p_short)
    strength = strength_of(given_a_move(likelier, signal.p_long, signal.p_short), Proof(signal.side))
    return Standing(
        _band(signal), None if strength is SideStrength.UNCLEAR else _likelier(signal), strength, signal.verdict
    )


def _band(signal: SignalEntry) -> Band | None:
    try:
        return band_beside(signal.p_move, json.loads(signal.shown or "")["usual_move_probability"])
    except (ValueError, TypeError, LookupError):  # it was not shown, or somebody has changed what was
        return None


def _likelier(signal: SignalEntry) -> Direction:
    return Direction.LONG if signal.p_long >= signal.p_short else Direction.SHORT


def _number(event: Event) -> int:
    return event.seq


def _issued(connection: Connection, after: int, until: int, most: int) -> list[SignalIssued]:
    query = AS_ENTERED.where(_LIVE, signals.c.seq > after, signals.c.seq <= until).order_by(signals.c.seq).limit(most)
    return [SignalIssued(stored_signal(row), None) for row in connection.execute(query)]


def _known(connection: Connection, after: int, until: int, most: int) -> list[OutcomeKnown]:
    query = WITH_EACH_OUTCOME.where(_LIVE, outcomes.c.seq > after, outcomes.c.seq <= until)
    found = [stored_signal(row) for row in connection.execute(query.order_by(outcomes.c.seq).limit(most))]
    return [OutcomeKnown(each.outcome.seq, each) for each in found if each.outcome is not None]


def _changes(connection: Connection, issued: Sequence[StoredSignal]) -> dict[int, Change]:
    """What is different from the signal before, by the number of each signal that differs."""
    previous = _previous(connection, [each.seq for each in issued])
    before = _standings(connection, set(previous.values()))
    changes = {}
    for signal in issued:
        now = standing_of(signal.entry)
        if signal.seq in previous and before[previous[signal.seq]] != now:
            changes[signal.seq] = Change(previous[signal.seq], before[previous[signal.seq]], now)
    return changes


def _previous(connection: Connection, seqs: Collection[int]) -> dict[int, int]:
    """The number of the live signal on an earlier candle of the same series, by that of each signal that has one."""
    rows = connection.execute(select(signals.c.seq, _PREVIOUS).where(signals.c.seq.in_(seqs))) if seqs else ()
    return {seq: previous for seq, previous in rows if previous is not None}


def _standings(connection: Connection, seqs: Collection[int]) -> Mapping[int, Standing]:
    rows = connection.execute(AS_ENTERED.where(signals.c.seq.in_(seqs))) if seqs else ()
    return {stored.seq: standing_of(stored.entry) for stored in map(stored_signal, rows)}


_LIVE = signals.c.origin == Origin.LIVE.value
_earlier = signals.alias("earlier")
_PREVIOUS = (
    select(_earlier.c.seq)
    .where(
        _earlier.c.symbol == signals.c.symbol,
        _earlier.c.timeframe == signals.c.timeframe,
        _earlier.c.origin == Origin.LIVE.value,
        _earlier.c.candle_open_ms < signals.c.candle_open_ms,
        _earlier.c.seq < signals.c.seq,
    )
    .order_by(_earlier.c.candle_open_ms.desc(), _earlier.c.seq.desc())
    .limit(1)
    .scalar_subquery()
)
"""By the candle first, since that is what an index finds at once."""
