"""Of a silent feed one message says so where messages go, whatever number of rules and coins it mutes.

Rules that send to the same place within the same hours are companions: what one of them tells, the others need not. A rule
that somebody has silenced tells nothing, and is nobody's companion. What a companion only might tell one day, it has not
told. What one leaves to another is recorded at once, as covered: where the other is stopped before it has told it, this one
does (core.alerts.heirs), by a number that everybody who reads alerts in order has seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from sqlalchemy import ColumnElement, Connection, select

from core.alerts.keeping import Kept, Key, Noticed
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
        self._together: dict[tuple[str | None, str], list[Kept]] = {}
        for kept in rules:
            if kept.silenced_until_ms <= now_ms:
                self._together.setdefault(_place_and_hours(kept), []).append(kept)
        self._tellers: dict[tuple[str, int], Set[int]] = {}
        self._alerted: dict[Key, bool] = {}

    def status(self, kept: Kept, event: Event, telling: Telling, noticed: Noticed) -> Status | None:
        """Whether a rule is to tell of an event, leaves it to a companion, or has nothing to tell: None."""
        if event is Event.WENT_SILENT:
            return self._status_of_silence(kept, telling, noticed)
        if not isinstance(kept.rule.condition, FeedSilent):
            return Status.WAITING
        if event is Event.ENDED:
            covered = any(_tells(noticed, event, each, telling) for each in self._of_the_feed(kept))
            return None if covered else Status.WAITING
        return Status.COVERED if self._feed_covers(kept, telling, noticed) else Status.WAITING

    def _status_of_silence(self, kept: Kept, telling: Telling, noticed: Noticed) -> Status | None:
        """A rule that does not watch the feed tells one coin of a timeframe."""
        if self._tells_timeframe([kept], telling, noticed):
            return None
        feed_covers = self._feed_covers(kept, telling, noticed)
        if feed_covers or self._tells_timeframe(self._companions(kept), telling, noticed):
            return Status.COVERED
        return Status.WAITING

    def _companions(self, kept: Kept) -> Iterator[Kept]:
        return (each for each in self._together.get(_place_and_hours(kept), ()) if each.id != kept.id)

    def _of_the_feed(self, kept: Kept) -> Iterator[Kept]:
        return (each for each in self._companions(kept) if isinstance(each.rule.condition, FeedSilent))

    def _feed_covers(self, kept: Kept, telling: Telling, noticed: Noticed) -> bool:
        """Whether a companion that watches the feed has told that this series is silent."""
        return any(
            noticed.has_fired(each.id, telling.series)
            and (_tells(noticed, Event.FIRED, each, telling) or self._has_alerted(each, telling.series))
            for each in self._of_the_feed(kept)
        )

    def _has_alerted(self, kept: Kept, series: Series) -> bool:
        """Whether an alert that fired was told; where there is none of it, it was left to a companion, which told it."""
        key = kept.id, series
        if key not in self._alerted:
            a = alerts.c
            of_it = a.rule_id == kept.id, a.symbol == series.symbol, a.timeframe == series.timeframe
            newest = select(a.status).where(*of_it, a.event == Event.FIRED).order_by(a.seq.desc()).limit(1)
            self._alerted[key] = self._connection.execute(newest).scalar() not in UNTOLD
        return self._alerted[key]

    def _tells_timeframe(self, rules: Iterable[Kept], telling: Telling, noticed: Noticed) -> bool:
        """Whether one of them tells of some coin of the timeframe that it lacks its candle of this very close."""
        close = telling.series.timeframe.value, telling.closed_ms
        if close not in self._tellers:
            of_it = alerts.c.timeframe == close[0], alerts.c.closed_ms == close[1]
            self._tellers[close] = tellers_of_silence(self._connection, *of_it)
        tellers = self._tellers[close]
        return any(each.id in tellers or (each.id, Event.WENT_SILENT, *close) in noticed.own for each in rules)


def tellers_of_silence(connection: Connection, *where: ColumnElement[bool]) -> Set[int]:
    """Those that have told themselves, or are about to, that a feed is silent."""
    theirs = alerts.c.event == Event.WENT_SILENT, alerts.c.status.not_in(UNTOLD_BY_ITSELF)
    return set(connection.execute(select(alerts.c.rule_id).where(*theirs, *where).distinct()).scalars())


def are_companions(one: Kept, other: Kept) -> bool:
    return one.id != other.id and _place_and_hours(one) == _place_and_hours(other)


def _place_and_hours(kept: Kept) -> tuple[str | None, str]:
    quiet = kept.rule.quiet
    return kept.target, "" if quiet is None else quiet.model_dump_json()


def _tells(noticed: Noticed, event: Event, kept: Kept, telling: Telling) -> bool:
    """Whether a rule tells of the same close of the same series."""
    symbol, timeframe = telling.series
    return (kept.id, event, timeframe.value, telling.closed_ms, symbol) in noticed.own
