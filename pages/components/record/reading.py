"""What the track record page asks of the ledger, and what it is told. Knows nothing of Streamlit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.journal.calls import Asked as AskedCalls
from core.market.candles import unix_ms
from pages.components.shared.coin_search import name_matches

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.application import Application
    from core.journal.calls import CallKind, CallOrder, Calls
    from core.journal.reading import Counts, LedgerReader
    from core.journal.store import Head
    from core.journal.track_record import Scope, TrackRecord


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page shows: the record of a scope, of the coins that ``coins`` finds, and its first single signals of a ``kind``."""

    scope: Scope
    coins: str
    order: CallOrder
    descending: bool
    most: int
    kind: CallKind | None = None


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """The answer, as of one moment; ``counts`` and ``head`` are those of the whole ledger.

    ``ahead`` signals, or their outcomes, are later than the market's clock, and none of ``calls``.
    """

    record: TrackRecord
    calls: Calls
    head: Head
    counts: Counts
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class NoSuchCoin:
    """None of the ledger's ``coins`` is called like that."""

    coins: int


def time_of_market(app: Application) -> int | None:
    """The market's time, Unix milliseconds, where its clock may have been set back; an exchange's goes on."""
    market = app.feed.identity
    return None if market is None or market.kind == "exchange" else unix_ms(app.feed.now())


def tell(reader: LedgerReader, asked: Asked, now: Callable[[], int | None] = lambda: None) -> ReadRecord | NoSuchCoin:
    """Read it now, at the market's time ``now()``; LedgerUnavailable where that cannot be."""
    scope = asked.scope
    if asked.coins.strip():
        known = reader.symbols()
        found = frozenset(symbol for symbol in known if name_matches(symbol, asked.coins))
        if not found:
            return NoSuchCoin(len(known))
        scope = replace(scope, symbols=found)
    now_ms = now()
    singles = AskedCalls(asked.order, asked.descending, asked.most, asked.kind, now_ms)
    with reader.records.one_reading():
        record, calls = reader.records.record(scope), reader.records.calls(scope, singles)
        ahead = 0 if now_ms is None else reader.records.ahead(scope, now_ms)
    return ReadRecord(record, calls, *reader.head_and_counts(), ahead)
