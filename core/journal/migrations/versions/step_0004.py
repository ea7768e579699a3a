"""Versions of rules, which of them an alert is of, and when an alert was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

WHOLE = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "alert_rule_versions",
        sa.Column("rule_id", WHOLE, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("until_ms", sa.BigInteger, nullable=False),
    )
    for table, name in (("alert_rules", "version"), ("alert_states", "rule_version"), ("alerts", "rule_version")):
        op.add_column(table, sa.Column(name, sa.Integer, nullable=False, server_default="1"))
    op.add_column("alerts", sa.Column("told_at_ms", sa.BigInteger))
    op.create_index("alerts_by_telling", "alerts", ["told_at_ms"])
