"""The rules of one ledger: added, changed, silenced, switched off, deleted, and listed without their secrets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from pydantic import ValidationError
from sqlalchemy import Connection, delete, func, insert, select, update

from core.alerts.rules import Rule
from core.alerts.states import State
from core.alerts.tables import alert_rules, alert_states
from core.alerts.targets import described, parse_target
from core.errors import InvalidRequest
from core.journal.database import Database

MOST_RULES = 100
"""Each is looked at for every signal."""


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule as it is kept. ``rule`` is None where somebody has made something else of its row.

    ``target`` says where its messages go, as everybody may read it (core.alerts.targets), None where only pages show them;
    ``states`` how many series are in which.
    """

    id: int
    rule: Rule | None
    target: str | None
    enabled: bool
    silenced_until_ms: int
    states: Mapping[State, int] = field(default_factory=dict)


class RuleBook:
    """Thread-safe; LedgerUnavailable where the rules cannot be read or written."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rules(self) -> list[StoredRule]:
        """All rules, the oldest first."""
        with self._database.reading() as connection:
            states = _states(connection)
            rows = connection.execute(select(alert_rules).order_by(alert_rules.c.id)).all()
        return [
            StoredRule(
                row.id,
                readable(row.rule),
                None if row.target is None else described(row.target),
                row.enabled,
                row.silenced_until_ms,
                states.get(row.id, {}),
            )
            for row in rows
        ]

    def add(self, rule: Rule, target: str | None, now_ms: int, enabled: bool = True) -> int:
        """Keep a new rule; its number. InvalidRequest where there are too many, or nothing can be sent to ``target``."""
        address = None if target is None else parse_target(target)
        with self._writing() as connection:
            if connection.execute(select(func.count()).select_from(alert_rules)).scalar_one() >= MOST_RULES:
                raise InvalidRequest(f"There are {MOST_RULES} rules, the most there can be; delete one first.")
            row = {
                "rule": rule.model_dump_json(),
                "target": address,
                "enabled": enabled,
                "silenced_until_ms": 0,
                "created_at_ms": now_ms,
            }
            made = connection.execute(insert(alert_rules).values(row)).inserted_primary_key
        assert made is not None
        return int(made[0])

    def change(self, rule_id: int, rule: Rule) -> None:
        """Put another rule in the place of one; it is looked at anew, so that nothing fires for what held before."""
        self._set(rule_id, rule=rule.model_dump_json())
        self._forget_states(rule_id)

    def send_to(self, rule_id: int, target: str | None) -> None:
        """Send what it tells from now on to ``target``; InvalidRequest where nothing can be sent there."""
        self._set(rule_id, target=None if target is None else parse_target(target))

    def switch(self, rule_id: int, on: bool) -> None:
        """Switch it on or off; switched on, it is looked at anew."""
        self._set(rule_id, enabled=on)
        self._forget_states(rule_id)

    def silence(self, rule_id: int, until_ms: int) -> None:
        """What it tells until then (Unix milliseconds, this machine's time) is recorded and not sent; 0 ends a silence."""
        self._set(rule_id, silenced_until_ms=until_ms)

    def delete(self, rule_id: int) -> None:
        """Delete a rule; what it has told stays."""
        with self._writing() as connection:
            connection.execute(delete(alert_rules).where(alert_rules.c.id == rule_id))
            connection.execute(delete(alert_states).where(alert_states.c.rule_id == rule_id))

    def _set(self, rule_id: int, **values: object) -> None:
        with self._writing() as connection:
            changed = connection.execute(update(alert_rules).where(alert_rules.c.id == rule_id).values(**values))
        if changed.rowcount == 0:
            raise InvalidRequest(f"There is no rule {rule_id} any more; somebody has deleted it.")

    def _forget_states(self, rule_id: int) -> None:
        with self._writing() as connection:
            connection.execute(delete(alert_states).where(alert_states.c.rule_id == rule_id))

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._database.in_words(), self._database.writing() as connection:
            yield connection


def readable(text: str) -> Rule | None:
    """The rule of a row; None where there is none in it."""
    try:
        return Rule.model_validate_json(text)
    except ValidationError:
        return None


def _states(connection: Connection) -> dict[int, Counter[State]]:
    """How many series of each rule are in which state; what is no state is passed over."""
    s = alert_states.c
    counted: dict[int, Counter[State]] = {}
    for rule_id, state, n in connection.execute(select(s.rule_id, s.state, func.count()).group_by(s.rule_id, s.state)):
        if state in set(State):
            counted.setdefault(rule_id, Counter())[State(state)] += n
    return counted
