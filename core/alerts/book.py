"""The rules of one ledger: added, changed, silenced, switched off, deleted, and listed without their secrets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from core.alerts.heirs import pass_on
from core.alerts.outbox import look_at_again
from core.alerts.rules import LONGEST_NAME, Rule, readable
from core.alerts.states import State
from core.alerts.tables import alert_rule_versions, alert_rules, alert_states
from core.alerts.targets import described, parse_target
from core.domain import Series, Timeframe
from core.errors import InvalidRequest
from core.journal.database import Database

MOST_RULES = 100
"""Each is looked at for every signal."""


MOST_VERSIONS = 20
"""So many of those that were are listed with a rule."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a rule asked for until it was changed; None where somebody has made something else of its row."""

    number: int
    rule: Rule | None
    until_ms: int


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule as it is kept, the ``version`` of it that counts. ``rule`` is None where somebody has made something else of its row.

    ``target`` says where its messages go, as everybody may read it (core.alerts.targets), None where only pages show them;
    ``states`` how many series are in which, ``firing`` which of them fire, by name. ``before`` are the versions before it, the newest first.
    """

    id: int
    version: int
    rule: Rule | None
    target: str | None
    enabled: bool
    silenced_until_ms: int
    states: Mapping[State, int] = field(default_factory=dict)
    before: Sequence[Version] = ()
    firing: Sequence[Series] = ()


@dataclass(frozen=True, slots=True)
class Destination:
    """Where messages go: an address as Apprise writes it, None where pages alone show them."""

    address: str | None = field(repr=False)


class RuleBook:
    """Thread-safe; LedgerUnavailable where the rules cannot be read or written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rules(self, followed: Collection[str] | None = None) -> list[StoredRule]:
        """All rules, the oldest first, with how they stand on the coins that are ``followed``, or on all that they ever did.

        How a coin that was taken away since stood last nobody looks at any more.
        """
        with self._database.reading() as connection:
            standings = _standings(connection, followed)
            before = _versions(connection)
            rows = connection.execute(select(alert_rules).order_by(alert_rules.c.id)).all()
        return [
            StoredRule(
                row.id,
                row.version,
                readable(row.rule),
                None if row.target is None else described(row.target),
                row.enabled,
                row.silenced_until_ms,
                Counter(standings.get(row.id, {}).values()),
                before.get(row.id, [])[:MOST_VERSIONS],
                [series for series, state in standings.get(row.id, {}).items() if state is State.FIRING],
            )
            for row in rows
        ]

    def add(self, rule: Rule, target: str | None, now_ms: int, enabled: bool = True) -> int:
        """Keep a new rule; its number. InvalidRequest where there are too many, or nothing can be sent to ``target``."""
        address = None if target is None else parse_target(target)
        with self._writing() as connection:
            return _add(connection, rule, address, now_ms, enabled)

    def change(self, rule_id: int, version: int, rule: Rule, now_ms: int, to: Destination | None = None) -> int:
        """Put another rule in the place of a ``version`` of one; the number of the version that this makes.

        What was is kept. The new one is looked at anew, so that nothing fires for what held before; where it sends makes
        no version, and stays as it is unless ``to`` says otherwise. InvalidRequest where ``version`` is not what counts
        any more, or nothing can be sent there.
        """
        address = None if to is None or to.address is None else parse_target(to.address)
        with self._writing() as connection:
            row = _row(connection, rule_id)
            if row.version != version:
                raise InvalidRequest(
                    f"Somebody has changed rule {rule_id} meanwhile: it is at version {row.version}, and this would have "
                    f"changed version {version}. Look at it, and change it again."
                )
            before = readable(row.rule)
            moves = to is not None and address != row.target
            if moves or (before is not None and before.quiet != rule.quiet):  # others have left alerts to it as it was
                pass_on(connection, row, now_ms)
            if moves:
                _set(connection, rule_id, target=address)
            if before == rule:
                return version
            _keep_version(connection, row, now_ms)
            _set(connection, rule_id, rule=rule.model_dump_json(), version=version + 1)
            _forget_states(connection, rule_id)
            look_at_again(connection, rule_id, now_ms)
        return version + 1

    def duplicate(self, rule_id: int, now_ms: int) -> int:
        """A copy of a rule that sends to the same place, off until somebody switches it on; its number."""
        with self._writing() as connection:
            row = _row(connection, rule_id)
            rule = readable(row.rule)
            if rule is None:
                raise InvalidRequest(f"Rule {rule_id} cannot be read, so there is nothing to copy; make it anew.")
            return _add(connection, rule.model_copy(update={"name": _copied(rule.name)}), row.target, now_ms, False)

    def switch(self, rule_id: int, on: bool, now_ms: int) -> None:
        """Switch it on or off; switched on, it is looked at anew."""
        with self._writing() as connection:
            if not on:
                pass_on(connection, _row(connection, rule_id), now_ms)
            _set(connection, rule_id, enabled=on)
            _forget_states(connection, rule_id)

    def silence(self, rule_id: int, until_ms: int, now_ms: int) -> None:
        """What it tells until then (Unix milliseconds, this machine's time) is recorded and not sent; 0 ends a silence."""
        with self._writing() as connection:
            if until_ms:
                pass_on(connection, _row(connection, rule_id), now_ms)
            _set(connection, rule_id, silenced_until_ms=until_ms)

    def delete(self, rule_id: int, now_ms: int) -> None:
        """Delete a rule; what it has told stays, and what each of its versions asked for."""
        with self._writing() as connection:
            row = _held(connection, rule_id)
            if row is not None:
                _keep_version(connection, row, now_ms)
                pass_on(connection, row, now_ms)
            connection.execute(delete(alert_rules).where(alert_rules.c.id == rule_id))
            _forget_states(connection, rule_id)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._database.in_words(), self._database.writing() as connection:
            yield connection


def _held(connection: Connection, rule_id: int) -> Row[Any] | None:
    """The row of a rule, which nobody else changes before the transaction ends; None where there is none."""
    return connection.execute(select(alert_rules).where(alert_rules.c.id == rule_id).with_for_update()).first()


def _row(connection: Connection, rule_id: int) -> Row[Any]:
    row = _held(connection, rule_id)
    if row is None:
        _refuse_gone(rule_id)
    return row


def _refuse_gone(rule_id: int) -> NoReturn:
    raise InvalidRequest(f"There is no rule {rule_id} any more; somebody has deleted it.")


def _add(connection: Connection, rule: Rule, address: str | None, now_ms: int, enabled: bool) -> int:
    if connection.execute(select(func.count()).select_from(alert_rules)).scalar_one() >= MOST_RULES:
        raise InvalidRequest(f"There are {MOST_RULES} rules, the most there can be; delete one first.")
    row = {
        "rule": rule.model_dump_json(),
        "target": address,
        "enabled": enabled,
        "silenced_until_ms": 0,
        "created_at_ms": now_ms,
        "version": 1,
    }
    made = connection.execute(insert(alert_rules).values(row)).inserted_primary_key
    assert made is not None
    return int(made[0])


def _set(connection: Connection, rule_id: int, **values: object) -> None:
    changed = connection.execute(update(alert_rules).where(alert_rules.c.id == rule_id).values(**values))
    if changed.rowcount == 0:
        _refuse_gone(rule_id)


def _forget_states(connection: Connection, rule_id: int) -> None:
    connection.execute(delete(alert_states).where(alert_states.c.rule_id == rule_id))


def _keep_version(connection: Connection, row: Row[Any], now_ms: int) -> None:
    was = {"rule_id": row.id, "version": row.version, "rule": row.rule, "until_ms": now_ms}
    connection.execute(insert(alert_rule_versions).values(was))


def _versions(connection: Connection) -> dict[int, list[Version]]:
    """Those that were of the rules there are, the newest first."""
    v = alert_rule_versions.c
    found: dict[int, list[Version]] = {}
    there = select(alert_rules.c.id)
    rows = connection.execute(
        select(alert_rule_versions).where(v.rule_id.in_(there)).order_by(v.rule_id, v.version.desc())
    )
    for row in rows:
        found.setdefault(row.rule_id, []).append(Version(row.version, readable(row.rule), row.until_ms))
    return found


def _copied(name: str) -> str:
    """``likely (copy)``, no longer than a name may be."""
    return f"{name[: LONGEST_NAME - len(_COPY)]}{_COPY}"


_COPY = " (copy)"


def _standings(connection: Connection, followed: Collection[str] | None) -> dict[int, dict[Series, State]]:
    """In which state the series of each rule are, by name; what is no state, or no timeframe, is passed over."""
    s = alert_states.c
    asked = select(s.rule_id, s.symbol, s.timeframe, s.state).order_by(s.symbol, s.timeframe)
    if followed is not None:
        asked = asked.where(s.symbol.in_(followed))
    found: dict[int, dict[Series, State]] = {}
    for rule_id, symbol, timeframe, state in connection.execute(asked):
        if state in set(State) and timeframe in set(Timeframe):
            found.setdefault(rule_id, {})[Series(symbol, Timeframe(timeframe))] = State(state)
    return found
