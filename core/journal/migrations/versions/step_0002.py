"""What became of signals, and what was known of the models that gave them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

WHOLE = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _numbers(*names: str, nullable: bool = True) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Float(53), nullable=nullable) for name in names]


def _times(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _seq() -> sa.Column[int]:
    return sa.Column("seq", WHOLE, sa.ForeignKey("entries.seq"), primary_key=True, autoincrement=False)


def upgrade() -> None:
    op.create_table(
        "outcomes",
        _seq(),
        sa.Column("signal_seq", WHOLE, sa.ForeignKey("signals.seq"), nullable=False),
        sa.Column("follows", WHOLE, sa.ForeignKey("entries.seq"), nullable=False, unique=True),
        *_texts("touched"),
        sa.Column("candles_to_touch", sa.Integer),
        *_times("stop_at_ms", "tp1_at_ms", "tp2_at_ms", "tp3_at_ms"),
        *_numbers("highest_atr", "lowest_atr", "r"),
        *_numbers("fee_percent", nullable=False),
        sa.Column("resolved_at_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("outcomes_of_signal", "outcomes", ["signal_seq"])
    op.create_table(
        "models",
        _seq(),
        *_texts("symbol", "timeframe", "model_version", "model_kind"),
        sa.Column("data_until_ms", sa.BigInteger, nullable=False),
        *_numbers("climatology_long", "climatology_short", "climatology_no_trade", nullable=False),
        *_numbers("minutes_to_target_long", "minutes_to_target_short"),
        sa.Column("tested_version", sa.Text),
        *_times("test_from_ms", "test_until_ms", "test_n"),
        *_numbers("test_accuracy", "test_majority_accuracy", "test_log_loss", "test_calibration_error"),
        *_numbers("test_skill", "test_skill_low", "test_skill_high"),
        *_numbers("test_timing_skill", "test_timing_skill_low", "test_timing_skill_high"),
        *_numbers("test_side_skill", "test_side_skill_low", "test_side_skill_high"),
        sa.UniqueConstraint("symbol", "timeframe", "model_version", name="one_description_per_model"),
    )
