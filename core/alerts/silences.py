"""Of a silent feed one message says so where messages go, whatever number of rules and coins it mutes.

Rules that send to the same place within the same hours are companions: what one of them tells, the others need not. A rule
that somebody has silenced tells nothing, and is nobody's companion.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, select

from core.alerts.keeping import Kept, Noticed
from core.alerts.rules import FeedSilent
from core.alerts.sights import Telling
from core.alerts.states import Event
from core.alerts.statuses import Status
from core.alerts.tables import alerts
from core.domain import Series


class Silences:
    """What was told of silences already, as of ``now_ms``, this machine's time, in the transaction of ``connection``."""

    def __init__(self, connection: Connection, rules: Iterable[Kept], now_ms: int) -> None:
        self._connection = connection
        self._telling = [kept for kept in rules if kept.silenced_until_ms <= now_ms]

    def is_told(self, kept: Kept, event: Event, telling: Telling, noticed: Noticed) -> bool:
        """Whether a companion tells the same, or has told it."""
        if event is Event.WENT_SILENT:
            return any(_is_of_the_feed(each, telling.series) for each in self._companions(kept)) or self._was_told_of(
                kept, telling, noticed
            )
        if not isinstance(kept.rule.condition, FeedSilent):
            return False
        companions = [each for each in self._companions(kept) if _is_of_the_feed(each, telling.series)]
        if event is Event.ENDED:
            return any(_is_in(noticed, event, each, telling) for each in companions)
        return any(noticed.has_fired(each.id, telling.series) for each in companions)

    def _companions(self, kept: Kept) -> Iterator[Kept]:
        for each in self._telling:
            if each.id != kept.id and (each.target, each.rule.quiet) == (kept.target, kept.rule.quiet):
                yield each

    def _was_told_of(self, kept: Kept, telling: Telling, noticed: Noticed) -> bool:
        """Whether some coin of the timeframe was told of that lacks its candle of this very close."""
        rules = [kept, *self._companions(kept)]
        if any(_is_in(noticed, Event.WENT_SILENT, each, telling, any_coin=True) for each in rules):
            return True
        a = alerts.c
        before = select(a.seq).where(
            a.rule_id.in_([each.id for each in rules]),
            a.event == Event.WENT_SILENT,
            a.timeframe == telling.series.timeframe.value,
            a.closed_ms == telling.closed_ms,
            a.status != Status.SILENCED,
        )
        return self._connection.execute(before.limit(1)).first() is not None


def _is_of_the_feed(kept: Kept, series: Series) -> bool:
    return isinstance(kept.rule.condition, FeedSilent) and kept.rule.covers(series)


def _is_in(noticed: Noticed, event: Event, kept: Kept, telling: Telling, any_coin: bool = False) -> bool:
    symbol, timeframe = telling.series
    return any(
        (row["rule_id"], row["event"], row["timeframe"], row["closed_ms"])
        == (kept.id, event, timeframe.value, telling.closed_ms)
        and (any_coin or row["symbol"] == symbol)
        for row in noticed.told
    )
