"""Rules of alerts, how each stands, and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

WHOLE = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=nullable) for name in names]


def _times(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=nullable) for name in names]


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, WHOLE, primary_key=True, autoincrement=False)


def upgrade() -> None:
    op.create_table(
        "alert_rules",
        sa.Column("id", WHOLE, primary_key=True),
        *_texts("rule"),
        *_texts("target", nullable=True),
        sa.Column("enabled", sa.Boolean, nullable=False),
        *_times("silenced_until_ms", "created_at_ms"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "alert_states",
        _key("rule_id"),
        sa.Column("symbol", sa.Text, primary_key=True),
        sa.Column("timeframe", sa.Text, primary_key=True),
        *_texts("state"),
        sa.Column("fired", sa.Boolean, nullable=False),
        sa.Column("candles", sa.Integer, nullable=False),
        *_times("candle_open_ms", "since_ms"),
    )
    op.create_table(
        "alerts",
        _key("rule_id"),
        _key("seq"),
        *_texts("event", "symbol", "timeframe"),
        *_times("closed_ms"),
        *_texts("said", nullable=True),
        *_texts("rule_name"),
        *_times("made_at_ms"),
        *_texts("status"),
        sa.Column("attempts", sa.Integer, nullable=False),
        *_times("next_try_ms"),
        *_texts("claim", nullable=True),
        *_times("lease_until_ms", "ended_at_ms", nullable=True),
        *_texts("error", nullable=True),
    )
    op.create_index("alerts_to_send", "alerts", ["status", "next_try_ms"])
    op.create_index("alerts_by_seq", "alerts", ["seq"])
