"""What the verdict on a signal was made of, as facts: what its model's test says, and what was so of it alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

WHOLE = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _seq(of: str) -> sa.Column[int]:
    return sa.Column("seq", WHOLE, sa.ForeignKey(of), primary_key=True, autoincrement=False)


def upgrade() -> None:
    op.create_table("circumstances", _seq("signals.seq"), sa.Column("circumstances", sa.Text, nullable=False))
    op.create_table(
        "standing",
        _seq("models.seq"),
        sa.Column("test_moves", sa.BigInteger),
        sa.Column("standing", sa.Text, nullable=False),
    )
