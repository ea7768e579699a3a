"""The watchdog: which series lack a candle that should be here, whatever a connection claims of itself.

It goes by nothing but the candles held and the market's clock. Each outage of a series is logged and counted once, when
it begins and when it is over.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from core.domain import Series, Timeframe
from core.market.series import Held, HeldSeries
from core.market.tally import Tally
from core.text import iso

log = logging.getLogger(__name__)

MOST_NAMED = 3
"""Of so many coins that are late together, the names are logged."""


class LatenessWatch:
    """Hears how one market's series stand, again and again."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._late: dict[Series, datetime] = {}

    def hear(self, held: Mapping[Series, HeldSeries], now: datetime, patience: timedelta) -> None:
        """How all series stand at ``now``; a candle may be late by ``patience``. Both are the market's time."""
        late = {series: since for series, each in held.items() if (since := each.late_since(now, patience)) is not None}
        begun = [series for series in late if series not in self._late]
        over = [series for series in self._late if series not in late]
        for timeframe, symbols in _by_timeframe(begun).items():
            self._tally.late[timeframe] += len(symbols)
        for timeframe, symbols in _by_timeframe(one for one in begun if isinstance(held[one], Held)).items():
            first = min(late[Series(symbol, timeframe)] for symbol in symbols)
            log.warning(
                "%s: no candle that closed at %s or later has come: %s.", timeframe, iso(first), _named(symbols)
            )
        for timeframe, symbols in _by_timeframe(one for one in begun if not isinstance(held[one], Held)).items():
            asked = min(late[Series(symbol, timeframe)] for symbol in symbols)  # when, not the close of any candle
            log.warning(
                "%s: asked for since %s, and no candle has come yet: %s.", timeframe, iso(asked), _named(symbols)
            )
        for timeframe, symbols in _by_timeframe(over).items():
            longest = max(now - self._late[Series(symbol, timeframe)] for symbol in symbols)
            log.warning("%s: late no more, after up to %s: %s.", timeframe, _whole(longest), _named(symbols))
        self._late = {series: self._late.get(series, since) for series, since in late.items()}


def _by_timeframe(series: Iterable[Series]) -> dict[Timeframe, list[str]]:
    found: dict[Timeframe, list[str]] = {}
    for symbol, timeframe in series:
        found.setdefault(timeframe, []).append(symbol)
    return found


def _named(symbols: Collection[str]) -> str:
    names = ", ".join(list(symbols)[:MOST_NAMED])
    return names if len(symbols) <= MOST_NAMED else f"{names} and {len(symbols) - MOST_NAMED} more"


def _whole(length: timedelta) -> timedelta:
    """Whole seconds; none where the clock has jumped back."""
    return timedelta(seconds=max(0, round(length.total_seconds())))
