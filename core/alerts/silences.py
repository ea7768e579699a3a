"""Of a silent feed one message says so where messages go, whatever number of rules and coins it mutes.

Rules that send to the same place within the same hours are companions: what one of them tells, the others need not. A rule
that somebody has silenced tells nothing, and is nobody's companion. What a companion only might tell one day, it has not
told, and what it was to tell when it was stopped another one tells (core.alerts.heirs).
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

UNTOLD = (Status.SILENCED, Status.GIVEN_UP)
"""What of an alert nobody has heard, and nobody will."""


class Silences:
    """What was told of silences already, as of ``now_ms``, this machine's time, in the transaction of ``connection``."""

    def __init__(self, connection: Connection, rules: Iterable[Kept], now_ms: int) -> None:
        self._connection = connection
        self._telling = [kept for kept in rules if kept.silenced_until_ms <= now_ms]

    def is_covered(self, kept: Kept, event: Event, telling: Telling, noticed: Noticed) -> bool:
        """Whether a companion tells the same, or has told it."""
        if event is Event.WENT_SILENT:
            return self._feed_covers(kept, telling, noticed) or self._timeframe_is_covered(kept, telling, noticed)
        if not isinstance(kept.rule.condition, FeedSilent):
            return False
        if event is Event.ENDED:
            return any(_is_in(noticed, event, each, telling) for each in self._of_the_feed(kept))
        return self._feed_covers(kept, telling, noticed)

    def _companions(self, kept: Kept) -> Iterator[Kept]:
        for each in self._telling:
            if are_companions(kept, each):
                yield each

    def _of_the_feed(self, kept: Kept) -> Iterator[Kept]:
        return (each for each in self._companions(kept) if isinstance(each.rule.condition, FeedSilent))

    def _feed_covers(self, kept: Kept, telling: Telling, noticed: Noticed) -> bool:
        """Whether a companion that watches the feed has told that this series is silent."""
        fired = [each for each in self._of_the_feed(kept) if noticed.has_fired(each.id, telling.series)]
        return any(
            _fires_now(noticed, each, telling.series) or self._has_alerted(each, telling.series) for each in fired
        )

    def _has_alerted(self, kept: Kept, series: Series) -> bool:
        """Whether an alert that fired was told; where there is none of it, it was left to a companion, which told it."""
        a = alerts.c
        of_it = a.rule_id == kept.id, a.symbol == series.symbol, a.timeframe == series.timeframe, a.event == Event.FIRED
        newest = select(a.status).where(*of_it).order_by(a.seq.desc()).limit(1)
        return self._connection.execute(newest).scalar() not in UNTOLD

    def _timeframe_is_covered(self, kept: Kept, telling: Telling, noticed: Noticed) -> bool:
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
            a.status.not_in(UNTOLD),
        )
        return self._connection.execute(before.limit(1)).first() is not None


def are_companions(one: Kept, other: Kept) -> bool:
    return one.id != other.id and (one.target, one.rule.quiet) == (other.target, other.rule.quiet)


def _fires_now(noticed: Noticed, kept: Kept, series: Series) -> bool:
    of_it = kept.id, Event.FIRED, series.symbol, series.timeframe
    return any((row["rule_id"], row["event"], row["symbol"], row["timeframe"]) == of_it for row in noticed.alerts)


def _is_in(noticed: Noticed, event: Event, kept: Kept, telling: Telling, any_coin: bool = False) -> bool:
    symbol, timeframe = telling.series
    return any(
        (row["rule_id"], row["event"], row["timeframe"], row["closed_ms"])
        == (kept.id, event, timeframe.value, telling.closed_ms)
        and (any_coin or row["symbol"] == symbol)
        for row in noticed.alerts
    )
