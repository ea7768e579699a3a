"""What became of models that were trained anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

WHOLE = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "comparisons",
        sa.Column("seq", WHOLE, sa.ForeignKey("entries.seq"), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("timeframe", "decision", "versions")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("coins", "n", "blocks")),
        sa.Column("since_ms", sa.BigInteger),
        *(
            sa.Column(name, sa.Float(53))
            for name in ("champion_skill", "challenger_skill", "gain", "gain_low", "gain_high")
        ),
        sa.Column("decided_at_ms", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("timeframe", "decided_at_ms", name="one_decision_at_a_time"),
    )
