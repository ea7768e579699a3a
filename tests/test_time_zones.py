"""Whatever time zone this machine is in, and whatever its clocks do in spring and autumn: the same moments decide."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from core.domain import Timeframe
from core.market.candle_files import CandleStore
from core.market.candles import first_open_ms, last_closed_open_ms, moment_text
from core.market.download import parse_since
from core.market.errors import header_time
from core.market.feed import CandleFeed
from core.text import iso
from tests.market.hand_made_candles import HandMadeMarket, quiet_candles

AUTUMN, SPRING, NEW_YEAR = (
    datetime(2025, 11, 2, 5, 59, tzinfo=UTC),
    datetime(2026, 3, 8, 6, 59, tzinfo=UTC),
    datetime(2025, 12, 31, 23, 59, tzinfo=UTC),
)


@pytest.fixture(params=["America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
def elsewhere(request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of a time zone."""
    before = os.environ.get("TZ")
    yield request.param
    enter(before)


def enter(zone: str | None) -> None:
    """Let this process be in a time zone; None is that of the machine."""
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
    time.tzset()


def decided_around(moment: datetime, folder: Path) -> list[object]:
    """What clocks, files and the feed make of the three hours around ``moment``, a quarter of an hour at a time."""
    decided: list[object] = []
    market = HandMadeMarket()
    market.clock.set(moment - timedelta(minutes=90))
    feed = CandleFeed(market, history=8)
    for _ in range(13):
        market.clock.advance(timedelta(minutes=15))
        feed.refresh_once()
        now = market.clock.now()
        decided += [
            [(last_closed_open_ms(tf, now), first_open_ms(tf, now)) for tf in Timeframe],
            [(feed.status("BTCUSDT", tf), feed.arrays("BTCUSDT", tf).open_time_ms.tolist()) for tf in Timeframe],
            feed._seconds_to_wait(feed._state, 0),
            (iso(now), moment_text(int(now.timestamp() * 1000)), parse_since(f"{now:%Y-%m-%dT%H:%M}")),
            header_time({"Date": f"{now:%a, %d %b %Y %H:%M:%S} GMT"}, "Date"),
        ]
    store = CandleStore(folder)
    store.write("BTCUSDT", Timeframe.M15, quiet_candles(Timeframe.M15, 20, moment))
    decided.append(store.closed_arrays("BTCUSDT", Timeframe.M15, moment).open_time_ms.tolist())
    return decided


@cache
def decided_in_utc(moment: datetime) -> list[object]:
    enter("UTC")
    with TemporaryDirectory() as folder:
        return decided_around(moment, Path(folder))


@pytest.mark.slow
@pytest.mark.parametrize("moment", [AUTUMN, SPRING, NEW_YEAR], ids=["autumn", "spring", "new year"])
def test_clocks_that_go_back_or_on_and_the_end_of_a_year_change_nothing(
    moment: datetime, elsewhere: str, tmp_path: Path
) -> None:
    in_utc = decided_in_utc(moment)
    enter(elsewhere)
    assert time.tzname != ("UTC", "UTC")
    assert decided_around(moment, tmp_path) == in_utc
