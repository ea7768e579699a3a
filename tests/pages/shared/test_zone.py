from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pages.components.shared.headline import minute_text, moment_text
from pages.components.shared.number_text import offset_text
from pages.components.shared.zone import zone_named, zone_text

NOON = datetime(2025, 9, 3, 12, 0, tzinfo=UTC)


def test_moments_follow_the_zone_of_the_time_they_are_written_beside() -> None:
    berlin, kolkata = (NOON.astimezone(ZoneInfo(zone)) for zone in ("Europe/Berlin", "Asia/Kolkata"))
    assert moment_text(NOON, berlin) == "14:00"
    assert minute_text(datetime(2025, 9, 3, 22, 30, tzinfo=UTC), berlin) == "4\u00a0Sep\u00a000:30\u00a0UTC+2"
    assert minute_text(NOON, kolkata) == "17:30\u00a0UTC+5:30"


def test_a_zone_is_written_by_how_far_it_is_from_utc() -> None:
    assert offset_text(NOON) == "UTC"
    assert offset_text(NOON.astimezone(ZoneInfo("America/Sao_Paulo"))) == "UTC−3"
    assert offset_text(datetime(2025, 12, 1, tzinfo=ZoneInfo("Europe/London"))) == "UTC"


@pytest.mark.parametrize(
    "name", ["", "UTC", "Nowhere/At_All", "../../etc/passwd", "/etc", "Europe", "a\0b", "x" * 5000]
)
def test_what_names_no_zone_is_utc(name: str) -> None:
    assert zone_named(name) is UTC
    assert zone_text(zone_named(name)) == "UTC"


def test_a_zone_is_known_again_by_its_name() -> None:
    assert zone_text(zone_named("Asia/Calcutta")) == "Asia/Calcutta"
