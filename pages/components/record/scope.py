"""Which signals the track record page is about, as its address says. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.domain import Timeframe
from core.journal.track_record import Scope
from core.journal.vocabulary import Origin
from core.market.candles import unix_ms
from core.text import did_you_mean, shorten
from core.wording.language import listed, say

EVERY = "all"
"""What a filter says that lets everything through; in the address it is left out."""

PERIODS = {"7d": timedelta(days=7), "30d": timedelta(days=30), "90d": timedelta(days=90), "1y": timedelta(days=365)}
"""Up to now, whole UTC days."""

CHOICES = {
    "origin": tuple(Origin),
    "timeframe": (EVERY, *Timeframe),
    "period": (EVERY, *PERIODS),
}
"""What each filter can be set to, the value without an address first."""


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


def read_filters(address: Mapping[str, str], coins: str) -> tuple[RecordFilters, list[str]]:
    """What the address asks for, and what is wrong with it: a value that means nothing counts as none."""
    said, problems = {}, []
    for name, choices in CHOICES.items():
        value = address.get(name, choices[0]).strip().lower()
        if value not in choices:
            problems.append(meaningless(name, value, choices))
            value = choices[0]
        said[name] = value
    timeframe = None if said["timeframe"] == EVERY else Timeframe(said["timeframe"])
    return RecordFilters(Origin(said["origin"]), timeframe, said["period"], coins), problems


def meaningless(name: str, value: str, choices: Collection[str]) -> str:
    """What is wrong with an address that asks for the ``value`` of one of its parameters."""
    hint = did_you_mean(value, choices)
    return say(
        "This address asks for the {name} {value!r}, which there is not.{hint} There are: {choices}.",
        name=name,
        value=shorten(value),
        hint=hint,
        choices=listed(choices),
    )


def _begin_of_day(moment: datetime) -> int:
    day = moment.astimezone(UTC).date()
    return unix_ms(datetime(day.year, day.month, day.day, tzinfo=UTC))
