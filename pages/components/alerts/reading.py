"""Reads rules, history and previews beside the page: a rerun takes what was read last, and never waits for the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from core.alerts.book import RuleBook, StoredRule
from core.alerts.foretold import Foretold, foretold
from core.alerts.rules import Rule
from core.alerts.told import AlertRecord, newest_alerts
from core.errors import CandorError
from core.journal.vocabulary import Origin
from pages.components.shared.beside import Beside

if TYPE_CHECKING:
    from core.journal.database import Database

MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class Alerts:
    """The rules, and the newest of what they told."""

    rules: list[StoredRule]
    records: list[AlertRecord]


_alerts: Beside[Alerts] = Beside()
_foretold: Beside[dict[Origin, Foretold]] = Beside()


def alerts_now(database: Database, written: int, followed: tuple[str, ...]) -> Alerts | CandorError | None:
    """As read last, of the coins that are followed; None before the first time, and after this session has ``written`` once more."""
    return _alerts.newest((database, written, followed), partial(_read, database, followed))


def foretold_now(database: Database, rule: Rule, now_ms: int) -> dict[Origin, Foretold] | CandorError | None:
    """What a rule would have told before the market's time ``now_ms``, to the minute; None before it was read."""
    minute_ms = now_ms // 60_000 * 60_000
    return _foretold.newest((database, rule), partial(foretold, database, rule, minute_ms))


def _read(database: Database, followed: tuple[str, ...]) -> Alerts:
    return Alerts(RuleBook(database).rules(followed), newest_alerts(database, MOST_LISTED))
