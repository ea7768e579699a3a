"""Who has led, one after another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

WHOLE = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "epochs",
        sa.Column("epoch", WHOLE, primary_key=True, autoincrement=False),
        sa.Column("after_seq", sa.BigInteger, nullable=False),
        sa.Column("leader", sa.Text, nullable=False),
        sa.Column("began_at_ms", sa.BigInteger, nullable=False),
    )
