"""What the track record page asks of the ledger, and what it is told. Knows nothing of Streamlit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pages.components.shared.coin_search import name_matches

if TYPE_CHECKING:
    from core.journal.calls import CallOrder, Calls
    from core.journal.reading import Counts, LedgerReader
    from core.journal.store import Head
    from core.journal.track_record import Scope, TrackRecord


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page shows: the record of a scope, of the coins that ``coins`` finds, and its first single signals."""

    scope: Scope
    coins: str
    order: CallOrder
    descending: bool
    most: int


@dataclass(frozen=True, slots=True)
class Told:
    """The answer, as of one moment; ``counts`` and ``head`` are those of the whole ledger."""

    record: TrackRecord
    calls: Calls
    head: Head
    counts: Counts


@dataclass(frozen=True, slots=True)
class NoSuchCoin:
    """None of the ledger's ``coins`` is called like that."""

    coins: int


def tell(reader: LedgerReader, asked: Asked) -> Told | NoSuchCoin:
    """Read it now; LedgerUnavailable where that cannot be."""
    scope = asked.scope
    if asked.coins.strip():
        known = reader.symbols()
        found = frozenset(symbol for symbol in known if name_matches(symbol, asked.coins))
        if not found:
            return NoSuchCoin(len(known))
        scope = replace(scope, symbols=found)
    record = reader.records.record(scope)
    calls = reader.records.calls(scope, asked.order, asked.descending, asked.most)
    return Told(record, calls, *reader.head_and_counts())
