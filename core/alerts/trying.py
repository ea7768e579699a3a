"""A message that says it is a test, sent at once to where a rule's messages go."""

from __future__ import annotations

from sqlalchemy import select

from core.alerts.rules import readable
from core.alerts.sending import Fate, send
from core.alerts.tables import alert_rules
from core.journal.database import Database
from core.wording.trial import trial_body, trial_title


def send_test(database: Database, rule_id: int) -> Fate | None:
    """What came of it; None where there is no such rule, or it sends nothing."""
    with database.reading() as connection:
        row = connection.execute(select(alert_rules).where(alert_rules.c.id == rule_id)).first()
    rule = None if row is None else readable(row.rule)
    if row is None or rule is None or row.target is None:
        return None
    return send(row.target, trial_title(rule.name), trial_body(rule.name))
