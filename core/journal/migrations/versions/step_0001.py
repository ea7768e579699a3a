"""The chain, the signals as issued, and the candles without one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

WHOLE = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Float(53), nullable=False) for name in names]


def _times(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


def _seq(*of: str) -> sa.Column[int]:
    return sa.Column("seq", WHOLE, *map(sa.ForeignKey, of), primary_key=True, autoincrement=False)


def upgrade() -> None:
    op.create_table("ledger", sa.Column("market", sa.Text, primary_key=True), *_times("created_at_ms"))
    op.create_table(
        "entries",
        _seq(),
        *_texts("kind"),
        *_times("recorded_at_ms"),
        sa.Column("previous_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("hash", sa.LargeBinary, nullable=False, unique=True),
    )
    op.create_table(
        "signals",
        _seq("entries.seq"),
        *_texts("origin", "symbol", "timeframe"),
        *_times("candle_open_ms"),
        *_texts("model_version", "model_kind", "code", "direction"),
        *_numbers("p_long", "p_short", "p_no_trade", "p_move", "close", "atr", "upper_barrier", "lower_barrier"),
        sa.Column("horizon_candles", sa.Integer, nullable=False),
        *_texts("levels_side"),
        *_numbers("entry", "stop_loss", "tp1", "tp2", "tp3"),
        *_texts("verdict"),
        sa.Column("severity", sa.Text),
        *_texts("timing", "side"),
        *_times("issued_at_ms", "delay_ms"),
        sa.UniqueConstraint(
            "symbol", "timeframe", "candle_open_ms", "model_version", "origin", name="one_signal_per_candle"
        ),
    )
    op.create_table("shown", _seq("signals.seq"), sa.Column("shown", sa.LargeBinary, nullable=False))
    op.create_table(
        "missing",
        _seq("entries.seq"),
        *_texts("symbol", "timeframe"),
        *_times("candle_open_ms", "candles"),
        *_texts("reason", "detail"),
        *_times("noticed_at_ms"),
        sa.UniqueConstraint("symbol", "timeframe", "candle_open_ms", name="one_silence_per_candle"),
    )
