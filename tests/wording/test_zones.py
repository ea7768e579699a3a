"""Sentences for somebody say times in their zone, and plain ones for programs in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from core.findings import Expired, Finding, LateCandles, Severity, Verdict
from core.wording.sentences import finding_sentence
from core.wording.style import PLAIN, TYPESET

NOON = datetime(2025, 9, 3, 12, 0, tzinfo=UTC)
INDIA, NEWFOUNDLAND = ZoneInfo("Asia/Kolkata"), ZoneInfo("America/St_Johns")


def test_a_moment_is_written_in_the_readers_zone_with_how_far_it_is_from_utc() -> None:
    assert TYPESET.minute(NOON) == PLAIN.minute(NOON) == "2025-09-03 12:00 UTC"
    assert TYPESET.in_zone(INDIA).minute(NOON) == "2025-09-03 17:30 UTC+5:30"
    assert TYPESET.in_zone(NEWFOUNDLAND).hour(NOON) == "09:30 UTC−2:30"
    assert TYPESET.in_zone(None) == TYPESET


def test_findings_follow_the_zone_of_whoever_reads() -> None:
    late = Finding(Verdict.STALE_DATA, Severity.WARNING, LateCandles(3, NOON, None))
    expired = Finding(Verdict.STALE_DATA, Severity.WARNING, Expired(NOON))
    here = TYPESET.in_zone(INDIA)
    assert finding_sentence(late, here).text == "3 candles are missing since 2025-09-03 17:30 UTC+5:30."
    assert "held until 2025-09-03 17:30 UTC+5:30;" in finding_sentence(expired, here).text
    assert "since 2025-09-03 12:00 UTC." in finding_sentence(late).text
