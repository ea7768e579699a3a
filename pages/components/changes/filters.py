"""Which changes an analyst asks to see, as the address says. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain import Timeframe
from core.journal.changes import Change, ChangeKind, WantedChanges
from core.market.candles import unix_ms
from core.text import did_you_mean, shorten
from core.wording.language import listed, say
from pages.components.shared.coin_search import name_matches

EVERY = "all"
"""What a filter says that lets everything through; in the address it is left out."""

SINCE = {"1h": timedelta(hours=1), "4h": timedelta(hours=4), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
"""Up to now, by the market's clock."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "timeframe": (EVERY, *Timeframe),
    "kind": (EVERY, *ChangeKind),
    "since": (EVERY, *SINCE),
}
"""What each filter can be set to, the value without an address first."""


@dataclass(frozen=True, slots=True)
class ChangeFilters:
    """What is asked for; ``coins`` is what was typed into the search."""

    timeframe: Timeframe | None = None
    kind: ChangeKind | None = None
    since: str = EVERY
    coins: str = ""

    def select(self, changes: tuple[Change, ...], now: datetime) -> list[Change]:
        """Those asked for at the market's time ``now``, newest first."""
        since_ms = None if self.since == EVERY else unix_ms(now - SINCE[self.since])
        kinds = () if self.kind is None else (self.kind,)
        wanted = WantedChanges(timeframe=self.timeframe, kinds=kinds, since_ms=since_ms)
        return [
            change
            for change in reversed(changes)
            if wanted.admits(change) and name_matches(change.now.series.symbol, self.coins)
        ]


def read_filters(address: Mapping[str, str], coins: str) -> tuple[ChangeFilters, list[str]]:
    """What the address asks for, and what is wrong with it: a value that means nothing counts as none."""
    said, problems = {}, []
    for name, choices in CHOICES.items():
        value = address.get(name, EVERY).strip().lower()
        if value not in choices:
            hint = did_you_mean(value, choices)
            problems.append(
                say(
                    "This address asks for the {name} {value!r}, which there is not.{hint} There are: {choices}.",
                    name=name,
                    value=shorten(value),
                    hint=hint,
                    choices=listed(choices),
                )
            )
            value = EVERY
        said[name] = value
    timeframe = None if said["timeframe"] == EVERY else Timeframe(said["timeframe"])
    kind = None if said["kind"] == EVERY else ChangeKind(said["kind"])
    return ChangeFilters(timeframe, kind, said["since"], coins), problems
