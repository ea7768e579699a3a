"""Which changes an analyst asks to see, as the address says. Knows nothing of Streamlit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain import Timeframe
from core.journal.changes import Change, ChangeKind, WantedChanges
from core.market.candles import unix_ms
from pages.components.shared.coin_search import SEARCH, name_matches
from pages.components.shared.parameters import Address, OneOf

EVERY = "all"
"""What a filter says that lets everything through; in the address it is left out."""

SINCE = {"1h": timedelta(hours=1), "4h": timedelta(hours=4), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
"""Up to now, by the market's clock."""

TIMEFRAME = OneOf[str]("timeframe", (EVERY, *map(str, Timeframe)), EVERY)
KIND = OneOf[str]("kind", (EVERY, *map(str, ChangeKind)), EVERY)
SINCE_WHEN = OneOf("since", (EVERY, *SINCE), EVERY)

_FILTERS = (TIMEFRAME, KIND, SINCE_WHEN)

PARAMETERS = (*_FILTERS, SEARCH)


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


def read_filters(address: Address, coins: str) -> ChangeFilters:
    """What the address asks for; a value that means nothing counts as none."""
    timeframe, kind, since = (each.read(address.get(each.name, ()))[0] for each in _FILTERS)
    return ChangeFilters(
        None if timeframe == EVERY else Timeframe(timeframe), None if kind == EVERY else ChangeKind(kind), since, coins
    )
