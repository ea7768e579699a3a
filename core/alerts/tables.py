"""The tables of alerts, beside a market's ledger and no part of its chain: rules, how each stands, and the outbox.

Times are Unix milliseconds, UTC.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from core.journal.tables import metadata

_WHOLE = BigInteger().with_variant(Integer, "sqlite")

alert_rules = Table(
    "alert_rules",
    metadata,
    Column("id", _WHOLE, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("target", Text),
    Column("enabled", Boolean, nullable=False),
    Column("silenced_until_ms", BigInteger, nullable=False),
    Column("created_at_ms", BigInteger, nullable=False),
    sqlite_autoincrement=True,  # no alert of a rule that was deleted is ever taken for another rule's
)
"""``rule`` is JSON (core.alerts.rules). ``target`` is where messages go: written and used, and never shown to anybody."""

alert_states = Table(
    "alert_states",
    metadata,
    Column("rule_id", _WHOLE, primary_key=True, autoincrement=False),
    Column("symbol", Text, primary_key=True),
    Column("timeframe", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("fired", Boolean, nullable=False),
    Column("candles", Integer, nullable=False),
    Column("candle_open_ms", BigInteger, nullable=False),
    Column("since_ms", BigInteger, nullable=False),
)
"""How a rule stands on a series, ``since_ms``, as of the candle that opened at ``candle_open_ms``."""

alerts = Table(
    "alerts",
    metadata,
    Column("rule_id", _WHOLE, primary_key=True, autoincrement=False),
    Column("seq", _WHOLE, primary_key=True, autoincrement=False),
    Column("event", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("timeframe", Text, nullable=False),
    Column("closed_ms", BigInteger, nullable=False),
    Column("said", Text),
    Column("rule_name", Text, nullable=False),
    Column("made_at_ms", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_ms", BigInteger, nullable=False),
    Column("claim", Text),
    Column("lease_until_ms", BigInteger),
    Column("ended_at_ms", BigInteger),
    Column("error", Text),
    Index("alerts_to_send", "status", "next_try_ms"),
    Index("alerts_by_seq", "seq"),
)
"""The outbox, and the history of what became of each alert. ``seq`` is the ledger's entry that caused it, ``closed_ms``
when the candle of that closed; ``said`` is JSON of what the signal said, None in a silence."""
