"""Which signals the track record is about is read from its address."""

from __future__ import annotations

from datetime import UTC, datetime

from core.journal.vocabulary import Origin
from pages.components.record.scope import FILTERS, RecordFilters, read_filters
from pages.components.shared.parameters import unusable_in

NOW = datetime(2025, 9, 3, 12, 34, tzinfo=UTC)


def test_an_address_is_read_as_it_was_written_and_what_means_nothing_is_told() -> None:
    usable = {"origin": ["Replayed"], "timeframe": ["1H"], "period": ["30d"]}
    filters = read_filters(usable, "btc")
    assert (filters.origin, filters.timeframe, unusable_in(usable, FILTERS, ())) == (Origin.REPLAYED, "1h", [])
    scope = filters.scope(NOW)
    assert scope.since_ms == datetime(2025, 8, 4, tzinfo=UTC).timestamp() * 1000
    wrong = {"origin": ["replay"], "period": ["x" * 500]}
    problems = unusable_in(wrong, FILTERS, ())
    assert read_filters(wrong, "") == RecordFilters()
    assert "Did you mean replayed?" in problems[0].text
    assert len(problems[1].text) < 200
