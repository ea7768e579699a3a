"""Comparisons of models are entered once, as they were made, and found again."""

from __future__ import annotations

import pytest

from core.journal.entries import ComparisonEntry
from core.journal.reading import LedgerReader
from core.journal.store import Ledger
from core.journal.verification import Verified, verify
from tests.journal.made_entries import NOON_MS, comparison, signal


def test_of_each_timeframe_the_last_one_is_found_the_shortest_first(ledger: Ledger) -> None:
    before, after = comparison("1h"), comparison("1h", decided_at_ms=NOON_MS + 1, decision="kept")
    other = Ledger(ledger.database)
    assert [each.append([before, signal(0), after, comparison()]) for each in (ledger, other)] == [4, 0]
    found = LedgerReader(ledger.database).newest_comparisons()
    assert [(each.seq, each.entry) for each in found] == [(4, comparison()), (3, after)]
    assert isinstance(verify(ledger.database), Verified)


def test_a_decision_that_there_is_not_is_no_entry() -> None:
    with pytest.raises(ValueError, match="maybe"):
        comparison(decision="maybe")
    with pytest.raises(ValueError, match="7m"):
        comparison("7m")
    assert ComparisonEntry.identified_by == ("timeframe", "decided_at_ms")
