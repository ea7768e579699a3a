"""The ledger's tables: one chain of entries, and a table for what each kind of entry holds.

Times are Unix milliseconds, UTC; prices are in quote currency. Columns have the plain types of the database, and nothing
is converted between the row and what the chain's hashes are made of, so that no conversion can hide a change.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

_WHOLE = BigInteger().with_variant(Integer, "sqlite")
"""As SQLite's own INTEGER the primary key is the row's place in the file, and costs no index."""


def _seq(of: Table) -> Column[int]:
    return Column("seq", _WHOLE, ForeignKey(of.c.seq), primary_key=True, autoincrement=False)


ledger = Table(
    "ledger",
    metadata,
    Column("market", Text, primary_key=True),
    Column("created_at_ms", BigInteger, nullable=False),
)
"""One row: whose ledger this is."""

entries = Table(
    "entries",
    metadata,
    Column("seq", _WHOLE, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("recorded_at_ms", BigInteger, nullable=False),
    Column("previous_hash", LargeBinary, nullable=False, unique=True),
    Column("hash", LargeBinary, nullable=False, unique=True),
)
"""The chain, numbered from 1 without a gap. No two entries can follow the same one, so two writers cannot fork it."""

signals = Table(
    "signals",
    metadata,
    _seq(entries),
    Column("origin", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("timeframe", Text, nullable=False),
    Column("candle_open_ms", BigInteger, nullable=False),
    Column("model_version", Text, nullable=False),
    Column("model_kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("p_long", Float(53), nullable=False),
    Column("p_short", Float(53), nullable=False),
    Column("p_no_trade", Float(53), nullable=False),
    Column("p_move", Float(53), nullable=False),
    Column("close", Float(53), nullable=False),
    Column("atr", Float(53), nullable=False),
    Column("upper_barrier", Float(53), nullable=False),
    Column("lower_barrier", Float(53), nullable=False),
    Column("horizon_candles", Integer, nullable=False),
    Column("levels_side", Text, nullable=False),
    Column("entry", Float(53), nullable=False),
    Column("stop_loss", Float(53), nullable=False),
    Column("tp1", Float(53), nullable=False),
    Column("tp2", Float(53), nullable=False),
    Column("tp3", Float(53), nullable=False),
    Column("verdict", Text, nullable=False),
    Column("severity", Text),
    Column("timing", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("issued_at_ms", BigInteger, nullable=False),
    Column("delay_ms", BigInteger, nullable=False),
    UniqueConstraint("symbol", "timeframe", "candle_open_ms", "model_version", "origin", name="one_signal_per_candle"),
)

shown = Table(
    "shown",
    metadata,
    _seq(signals),
    Column("shown", LargeBinary, nullable=False),
)
"""The prediction as it was shown, compressed JSON; apart, so that whoever counts signals need not read past it."""

missing = Table(
    "missing",
    metadata,
    _seq(entries),
    Column("symbol", Text, nullable=False),
    Column("timeframe", Text, nullable=False),
    Column("candle_open_ms", BigInteger, nullable=False),
    Column("candles", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("noticed_at_ms", BigInteger, nullable=False),
    UniqueConstraint("symbol", "timeframe", "candle_open_ms", name="one_silence_per_candle"),
)
"""So many ``candles`` in a row, the first of which opened at ``candle_open_ms``, on which no signal was issued live."""
