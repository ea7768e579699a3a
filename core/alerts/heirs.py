"""What a rule was to tell of a silent feed is told by another one, where it is stopped before: companions had left it to it.

Only what was not told yet is passed on, to one of the companions (core.alerts.silences) that would have told it themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from core.alerts.keeping import Kept, Key, Stood, rules_kept, standings
from core.alerts.rules import FeedSilent, readable
from core.alerts.silences import UNTOLD, are_companions
from core.alerts.states import Event, State
from core.alerts.statuses import Status
from core.alerts.tables import alerts
from core.domain import Series
from core.journal.tables import missing


def pass_on(connection: Connection, leaving: Row[Any], now_ms: int) -> None:
    """Let companions tell what waits of a rule, whose row this is, that tells nothing more from now on where it did.

    What one of them tells instead the rule itself tells no more, whatever becomes of it.
    """
    waiting = connection.execute(_WAITING.where(alerts.c.rule_id == leaving.id)).all()
    rule = readable(leaving.rule) if waiting else None
    if rule is None:
        return
    left = Kept(leaving.id, leaving.version, rule, leaving.silenced_until_ms, leaving.target)
    companions = [each for each in rules_kept(connection) if are_companions(left, each)]
    stood = standings(connection, companions)
    for row in waiting:
        there = [each for each in companions if each.silenced_until_ms <= row.made_at_ms]
        heirs = _heirs(connection, row, there, stood)
        heir = next((each for each in heirs if not _has_its_own(connection, row, *each)), None)
        if heir is not None:
            _inherit(connection, row, *heir)
            itself = alerts.c.rule_id == row.rule_id, alerts.c.seq == row.seq
            ended = {"status": Status.GIVEN_UP, "ended_at_ms": now_ms, "error": "passed_on"}
            connection.execute(update(alerts).where(*itself).values(**ended))


_WAITING = (
    select(alerts)
    .where(
        alerts.c.status == Status.WAITING, alerts.c.event.in_([Event.FIRED, Event.WENT_SILENT]), alerts.c.said.is_(None)
    )
    .order_by(alerts.c.seq)
)


def _heirs(
    connection: Connection, row: Row[Any], companions: Sequence[Kept], stood: Mapping[Key, Stood]
) -> Iterator[tuple[Kept, Series, Event]]:
    """Who would have told an alert, of which series and as what; those that came to know later told it themselves."""
    untold = [
        (kept, series, stood[kept.id, series])
        for kept in companions
        for series in _series_of(kept, stood)
        if series.timeframe == row.timeframe and stood[kept.id, series].since_ms >= row.made_at_ms
    ]
    for kept, series, standing in untold:
        if (
            _is_of_the_feed(kept)
            and standing.standing.fired
            and row.event == Event.FIRED
            and series.symbol == row.symbol
        ):
            yield kept, series, Event.FIRED
    if _is_covered(connection, row, companions):
        return
    for kept, series, standing in untold:
        same = series.symbol == row.symbol or row.event == Event.WENT_SILENT
        if not _is_of_the_feed(kept) and standing.standing.state is State.NO_DATA and same:
            yield kept, series, Event.WENT_SILENT


def _series_of(kept: Kept, stood: Mapping[Key, Stood]) -> Iterable[Series]:
    return (series for rule_id, series in stood if rule_id == kept.id)


def _is_of_the_feed(kept: Kept) -> bool:
    return isinstance(kept.rule.condition, FeedSilent)


def _is_covered(connection: Connection, row: Row[Any], companions: Iterable[Kept]) -> bool:
    """Whether one of them has told, or will, that the timeframe is silent."""
    a = alerts.c
    covering = select(a.seq).where(
        a.rule_id.in_([each.id for each in companions]),
        a.event == Event.WENT_SILENT,
        a.timeframe == row.timeframe,
        a.closed_ms >= row.closed_ms,
        a.status.not_in(UNTOLD),
    )
    return connection.execute(covering.limit(1)).first() is not None


def _inherit(connection: Connection, row: Row[Any], heir: Kept, series: Series, event: Event) -> None:
    of = {"rule_id": heir.id, "rule_version": heir.version, "rule_name": heir.rule.name}
    what = {"event": event, "symbol": series.symbol, "seq": _seq_of(connection, row, series)}
    anew = {"attempts": 0, "claim": None, "lease_until_ms": None, "told_at_ms": None, "error": None}
    connection.execute(insert(alerts).values(**{**row._mapping, **of, **what, **anew}))


def _has_its_own(connection: Connection, row: Row[Any], heir: Kept, series: Series, _: Event) -> bool:
    """Whether it has told of that entry already, or will."""
    same = select(alerts.c.seq).where(alerts.c.rule_id == heir.id, alerts.c.seq == _seq_of(connection, row, series))
    return connection.execute(same).first() is not None


def _seq_of(connection: Connection, row: Row[Any], series: Series) -> int:
    """The entry that says of a series what ``row`` tells of another one."""
    m, last_ms = missing.c, row.closed_ms - series.timeframe.milliseconds
    of_it = select(m.seq).where(m.symbol == series.symbol, m.timeframe == series.timeframe, m.candle_open_ms <= last_ms)
    found = connection.execute(of_it.order_by(m.candle_open_ms.desc()).limit(1)).scalar()
    return row.seq if found is None or series.symbol == row.symbol else found
