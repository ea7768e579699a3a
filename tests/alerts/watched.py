"""A ledger whose entries are looked at for rules, with clocks that stand still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from core.alerts.book import RuleBook
from core.alerts.noticing import Noticing
from core.alerts.rules import Rule, SignalSays
from core.alerts.statuses import Status
from core.alerts.tables import alerts
from core.journal.entries import SignalEntry
from core.journal.places import Place
from core.journal.store import Ledger
from core.market.candles import unix_ms
from core.market.clock import ManualClock
from tests.journal.made_entries import model, signal

NOW = datetime(2026, 1, 1, 15, 0, tzinfo=UTC)
"""This machine's time."""

USUAL = {"climatology_no_trade": 0.3, "climatology_long": 0.35, "climatology_short": 0.35}

LIKELY = Rule(name="likely", condition=SignalSays(above_usual=0.05))


def says(number: int, move: float, long: float = 0.5, **changes: Any) -> SignalEntry:
    """P(move) and P(LONG | move) on the candle that is so many after noon; usual is 70 %."""
    chances = {"p_long": move * long, "p_short": move * (1 - long), "p_no_trade": 1 - move, "p_move": move}
    return signal(number, **{**chances, **changes})


class Watched:
    """``clock`` is this machine's, ``market`` the market's, both settable."""

    def __init__(self, place: Place) -> None:
        self.clock = ManualClock(NOW)
        self.market = ManualClock(datetime(2025, 9, 3, 12, 15, tzinfo=UTC))
        self.place = place
        self.ledger = Ledger.open(place, Noticing(self.market.now, self.clock.now))
        self.book = RuleBook(self.ledger.database)
        self.ledger.append([model(**USUAL), model(symbol="ETHUSDT", **USUAL)])

    @property
    def now_ms(self) -> int:
        return unix_ms(self.clock.now())

    def add(self, rule: Rule = LIKELY, target: str | None = None) -> int:
        return self.book.add(rule, target, self.now_ms)

    def alerts(self) -> list[tuple[int, str, str, str]]:
        """Rule, event, series and status of each alert that no other rule tells."""
        with self.ledger.database.reading() as connection:
            own = select(alerts).where(alerts.c.status != Status.COVERED).order_by(alerts.c.seq, alerts.c.rule_id)
            rows = connection.execute(own).all()
        return [(row.rule_id, row.event, f"{row.symbol} {row.timeframe}", row.status) for row in rows]


@contextmanager
def watched(place: Place) -> Iterator[Watched]:
    life = Watched(place)
    yield life
    life.ledger.close()
