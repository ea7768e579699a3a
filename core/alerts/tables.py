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
    Column("version", Integer, nullable=False, server_default="1"),
    sqlite_autoincrement=True,  # no alert of a rule that was deleted is ever taken for another rule's
)
"""``rule`` is JSON (core.alerts.rules), ``version`` how often it was written. ``target`` is where messages go: written and
used, and never shown to anybody."""

alert_rule_versions = Table(
    "alert_rule_versions",
    metadata,
    Column("rule_id", _WHOLE, primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("rule", Text, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
)
"""What a rule asked for before it was changed or deleted: added to, never changed, as alerts name the version that fired."""

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
    Column("rule_version", Integer, nullable=False, server_default="1"),
)
"""How a version of a rule stands on a series, ``since_ms``, as of the candle that opened at ``candle_open_ms``."""

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
    Column("rule_version", Integer, nullable=False, server_default="1"),
    Column("told_at_ms", BigInteger),
    Index("alerts_to_send", "status", "next_try_ms"),
    Index("alerts_by_seq", "seq"),
    Index("alerts_by_telling", "told_at_ms"),
)
"""The outbox, and the history of what became of each alert. ``seq`` is the ledger's entry that caused it, ``closed_ms``
when the candle of that closed; ``said`` is JSON of what the signal said, None in a silence. ``told_at_ms`` is when its
message was first taken up: those of a rule that have the same are one message."""
