"""Which signals the track record page is about, as its address says. Knows nothing of Streamlit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core.domain import Timeframe
from core.journal.track_record import Scope
from core.journal.vocabulary import Origin
from core.market.candles import unix_ms
from pages.components.shared.parameters import Address, OneOf

EVERY = "all"
"""What a filter says that lets everything through; in the address it is left out."""

PERIODS = {"7d": timedelta(days=7), "30d": timedelta(days=30), "90d": timedelta(days=90), "1y": timedelta(days=365)}
"""Up to now, whole UTC days."""

ORIGIN = OneOf("origin", tuple(Origin), Origin.LIVE)
TIMEFRAME = OneOf[str]("timeframe", (EVERY, *map(str, Timeframe)), EVERY)
PERIOD = OneOf("period", (EVERY, *PERIODS), EVERY)

FILTERS: tuple[OneOf[Any], ...] = (ORIGIN, TIMEFRAME, PERIOD)
"""The filters, by their names in the address."""


@dataclass(frozen=True, slots=True)
class RecordFilters:
    """What an analyst asked to see; ``coins`` is what was typed into the search."""

    origin: Origin = Origin.LIVE
    timeframe: Timeframe | None = None
    period: str = EVERY
    coins: str = ""

    def scope(self, now: datetime) -> Scope:
        """The signals meant at the market's time ``now``, of whatever coins."""
        since = None if self.period == EVERY else _begin_of_day(now - PERIODS[self.period])
        return Scope(self.origin, self.timeframe, since_ms=since)


def read_filters(address: Address, coins: str) -> RecordFilters:
    """What the address asks for; a value that means nothing counts as none."""
    origin, timeframe, period = (each.read(address.get(each.name, ()))[0] for each in FILTERS)
    return RecordFilters(origin, None if timeframe == EVERY else Timeframe(timeframe), period, coins)


def _begin_of_day(moment: datetime) -> int:
    day = moment.astimezone(UTC).date()
    return unix_ms(datetime(day.year, day.month, day.day, tzinfo=UTC))
