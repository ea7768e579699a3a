"""The rules that are looked at and how each stands, read from the database within a transaction, and written back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from core.alerts.rules import FeedSilent, Rule, readable
from core.alerts.states import Standing, State
from core.alerts.statuses import Status
from core.alerts.tables import alert_rules, alert_states, alerts
from core.domain import Series, Timeframe

Key = tuple[int, Series]
"""A rule's number, and on which series it stands."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A version of a rule that is looked at; ``target``, where it sends, is a secret."""

    id: int
    version: int
    rule: Rule
    silenced_until_ms: int
    target: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stood:
    """How a rule stands on a series ``since_ms``, as of a candle; ``known`` is whether there is a row of it already."""

    standing: Standing
    candle_open_ms: int
    since_ms: int
    known: bool


@dataclass(slots=True)
class Noticed:
    """How every rule stands, which of that is new and to be written, and the alerts there are to tell."""

    stood: dict[Key, Stood]
    looked: set[Key] = field(default_factory=set)
    alerts: list[dict[str, Any]] = field(default_factory=list)
    own: set[tuple[Any, ...]] = field(default_factory=set)
    """What of the alerts no other rule tells: rule, event, timeframe and close, with the coin and without."""

    def tell(self, alert: dict[str, Any]) -> None:
        """Add an alert."""
        self.alerts.append(alert)
        if alert["status"] is not Status.COVERED:
            of_it = alert["rule_id"], alert["event"], alert["timeframe"], alert["closed_ms"]
            self.own |= {of_it, (*of_it, alert["symbol"])}

    def has_fired(self, rule_id: int, series: Series) -> bool:
        """Whether a rule's alert on a series has not ended yet."""
        stood = self.stood.get((rule_id, series))
        return stood is not None and stood.standing.fired


def rules_kept(connection: Connection, held: bool = False) -> list[Kept]:
    """The rules that are on, those of the feed first: they tell what the others need not. What is no rule is passed over.

    ``held``, nobody changes one before the transaction ends: what it was to tell would be passed on before it is there.
    """
    asked = select(alert_rules).where(alert_rules.c.enabled).order_by(alert_rules.c.id)
    rows = connection.execute(asked.with_for_update(read=True) if held else asked).all()
    rules = [(row, readable(row.rule)) for row in rows]
    kept = [Kept(row.id, row.version, rule, row.silenced_until_ms, row.target) for row, rule in rules if rule]
    return sorted(kept, key=lambda each: not isinstance(each.rule.condition, FeedSilent))


def standings(connection: Connection, rules: Iterable[Kept]) -> dict[Key, Stood]:
    """How the rules stand; how a version stood that is none of them any more is forgotten, and what is no standing."""
    versions = {kept.id: kept.version for kept in rules}
    rows = connection.execute(select(alert_states).where(alert_states.c.rule_id.in_(versions))).all()
    found = {}
    for row in rows:
        stood = _stood(row) if row.rule_version == versions[row.rule_id] else None
        if stood is None:
            connection.execute(delete(alert_states).where(*_of(row.rule_id, row.symbol, row.timeframe)))
        else:
            found[row.rule_id, Series(row.symbol, Timeframe(row.timeframe))] = stood
    return found


def _stood(row: Row[Any]) -> Stood | None:
    """None where somebody has made something else of a row, or it is of no timeframe."""
    try:
        Timeframe(row.timeframe)
        return Stood(Standing(State(row.state), row.fired, row.candles), row.candle_open_ms, row.since_ms, known=True)
    except (ValueError, TypeError):
        return None


def write(connection: Connection, rules: Iterable[Kept], noticed: Noticed) -> None:
    """Write how the rules stand now, and the alerts."""
    versions = {kept.id: kept.version for kept in rules}
    rows: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for rule_id, series in noticed.looked:
        stood = noticed.stood[rule_id, series]
        key = {"rule_id": rule_id, "symbol": series.symbol, "timeframe": series.timeframe.value}
        rows[stood.known].append(
            {
                **({f"of_{name}": value for name, value in key.items()} if stood.known else key),
                "state": stood.standing.state,
                "fired": stood.standing.fired,
                "candles": stood.standing.candles,
                "candle_open_ms": stood.candle_open_ms,
                "since_ms": stood.since_ms,
                "rule_version": versions[rule_id],
            }
        )
    statements = (_CHANGE, rows[True]), (insert(alert_states), rows[False]), (insert(alerts), noticed.alerts)
    for statement, values in statements:
        if values:
            connection.execute(statement, values)


def _of(rule_id: Any, symbol: Any, timeframe: Any) -> tuple[Any, ...]:
    s = alert_states.c
    return s.rule_id == rule_id, s.symbol == symbol, s.timeframe == timeframe


_CHANGE = update(alert_states).where(*_of(bindparam("of_rule_id"), bindparam("of_symbol"), bindparam("of_timeframe")))
