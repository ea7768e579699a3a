"""Of a silent feed one message says so where messages go, whatever number of rules and coins it mutes.

Rules that send to the same place within the same hours are companions: what one of them tells, the others need not. A rule
that somebody has silenced tells nothing, and is nobody's companion. What a companion only might tell one day, it has not
told. What one leaves to another is recorded at once, as covered: where the other is stopped before it has told it, this one
does (core.alerts.heirs), by a number that everybody who reads alerts in order has seen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import ColumnElement, Connection, select

from core.alerts.keeping import Kept, Noticed
from core.alerts.rules import FeedSilent
from core.alerts.sights import Telling
from core.alerts.states import Event
from core.alerts.statuses import Status
from core.alerts.tables import alerts
from core.domain import Series

UNTOLD = (Status.SILENCED, Status.GIVEN_UP)
"""What of an alert nobody has heard, and nobody will."""

UNTOLD_BY_ITSELF = (*UNTOLD, Status.COVERED)
"""What of an alert its own rule has not told."""


class Silences:
    """What was told of silences already, as of ``now_ms``, this machine's time, in the transaction of ``connection``."""

    def __init__(self, connection: Connection, rules: Iterable[Kept], now_ms: int) -> None:
        self._connection = connection
        self._telling = [kept for kept in rules if kept.silenced_until_ms <= now_ms]

    def status(self, kept: Kept, event: Event, telling: Telling, noticed: Noticed) -> Status | None:
        """Whether a rule is to tell of an event, leaves it to a companion, or has nothing to tell: None."""
        if event is Event.WENT_SILENT:
            return self._status_of_silence(kept, telling, noticed)
        if not isinstance(kept.rule.condition, FeedSilent):
            return Status.WAITING
        if event is Event.ENDED:
            return (
                None
                if any(_is_in(noticed, event, each, telling) for each in self._of_the_feed(kept))
                else Status.WAITING
            )
        return Status.COVERED if self._feed_covers(kept, telling, noticed) else Status.WAITING

    def _status_of_silence(self, kept: Kept, telling: Telling, noticed: Noticed) -> Status | None:
        """A rule that does not watch the feed tells one coin of a timeframe."""
        if self._tells_timeframe([kept], telling, noticed):
            return None
        feed_covers = self._feed_covers(kept, telling, noticed)
        if feed_covers or self._tells_timeframe(list(self._companions(kept)), telling, noticed):
            return Status.COVERED
        return Status.WAITING

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

    def _tells_timeframe(self, rules: Collection[Kept], telling: Telling, noticed: Noticed) -> bool:
        """Whether one of them tells of some coin of the timeframe that it lacks its candle of this very close."""
        if any(_is_in(noticed, Event.WENT_SILENT, each, telling, any_coin=True) for each in rules):
            return True
        of_it = alerts.c.timeframe == telling.series.timeframe.value, alerts.c.closed_ms == telling.closed_ms
        return tell_of_silence(self._connection, rules, *of_it)


def tell_of_silence(connection: Connection, rules: Iterable[Kept], *where: ColumnElement[bool]) -> bool:
    """Whether one of them has told itself, or is about to, that a feed is silent."""
    a = alerts.c
    theirs = a.rule_id.in_([each.id for each in rules]), a.event == Event.WENT_SILENT
    found = select(a.seq).where(*theirs, a.status.not_in(UNTOLD_BY_ITSELF), *where)
    return connection.execute(found.limit(1)).first() is not None


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
        and row["status"] is not Status.COVERED
        and (any_coin or row["symbol"] == symbol)
        for row in noticed.alerts
    )
