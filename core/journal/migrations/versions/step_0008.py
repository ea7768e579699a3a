"""In whose epoch each entry was made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("entries", sa.Column("epoch", sa.BigInteger))
