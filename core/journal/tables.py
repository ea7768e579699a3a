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
    Index,
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
    Column("epoch", BigInteger),
)
"""The chain, numbered from 1 without a gap. No two entries can follow the same one, so two writers cannot fork it.

``epoch`` is that of the leader who entered it (core.journal.epochs); NULL where nobody leads: in SQLite, beside others
that do the same, from a command, and before this column."""

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
"""The prediction as it was shown, compressed JSON; apart, so that whoever counts signals need not read past it.

A signal that was worked out afterwards was never shown, and has none.
"""

circumstances = Table(
    "circumstances",
    metadata,
    _seq(signals),
    Column("circumstances", Text, nullable=False),
)
"""What was found against a signal besides what its model's test says (core.journal.noted); few have anything."""

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

outcomes = Table(
    "outcomes",
    metadata,
    _seq(entries),
    Column("signal_seq", _WHOLE, ForeignKey(signals.c.seq), nullable=False),
    Column("follows", _WHOLE, ForeignKey(entries.c.seq), nullable=False, unique=True),
    Column("touched", Text, nullable=False),
    Column("candles_to_touch", Integer),
    Column("stop_at_ms", BigInteger),
    Column("tp1_at_ms", BigInteger),
    Column("tp2_at_ms", BigInteger),
    Column("tp3_at_ms", BigInteger),
    Column("highest_atr", Float(53)),
    Column("lowest_atr", Float(53)),
    Column("r", Float(53)),
    Column("fee_percent", Float(53), nullable=False),
    Column("resolved_at_ms", BigInteger, nullable=False),
    Index("outcomes_of_signal", "signal_seq"),
)
"""What became of a signal. ``follows`` is the signal's own number, or that of the outcome that this one corrects: since
nothing is followed twice, a signal has one outcome that counts, the one that nothing follows."""

_TESTED = (
    "test_accuracy",
    "test_majority_accuracy",
    "test_log_loss",
    "test_calibration_error",
    "test_skill",
    "test_skill_low",
    "test_skill_high",
    "test_timing_skill",
    "test_timing_skill_low",
    "test_timing_skill_high",
    "test_side_skill",
    "test_side_skill_low",
    "test_side_skill_high",
)

models = Table(
    "models",
    metadata,
    _seq(entries),
    Column("symbol", Text, nullable=False),
    Column("timeframe", Text, nullable=False),
    Column("model_version", Text, nullable=False),
    Column("model_kind", Text, nullable=False),
    Column("data_until_ms", BigInteger, nullable=False),
    Column("climatology_long", Float(53), nullable=False),
    Column("climatology_short", Float(53), nullable=False),
    Column("climatology_no_trade", Float(53), nullable=False),
    Column("minutes_to_target_long", Float(53)),
    Column("minutes_to_target_short", Float(53)),
    Column("tested_version", Text),
    Column("test_from_ms", BigInteger),
    Column("test_until_ms", BigInteger),
    Column("test_n", BigInteger),
    *(Column(name, Float(53)) for name in _TESTED),
    UniqueConstraint("symbol", "timeframe", "model_version", name="one_description_per_model"),
)
"""What was known of a model before it spoke first."""

standing = Table(
    "standing",
    metadata,
    _seq(models),
    Column("test_moves", BigInteger),
    Column("standing", Text, nullable=False),
)
"""What a model's test says for and against each of its signals (core.journal.noted), and on how many moves its side was
tested. Models that were described by a Candor that did not know this table have no row."""

comparisons = Table(
    "comparisons",
    metadata,
    _seq(entries),
    Column("timeframe", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("versions", Text, nullable=False),
    Column("coins", BigInteger, nullable=False),
    Column("n", BigInteger, nullable=False),
    Column("blocks", BigInteger, nullable=False),
    Column("since_ms", BigInteger),
    *(Column(name, Float(53)) for name in ("champion_skill", "challenger_skill", "gain", "gain_low", "gain_high")),
    Column("decided_at_ms", BigInteger, nullable=False),
    UniqueConstraint("timeframe", "decided_at_ms", name="one_decision_at_a_time"),
)
"""What became of models that were trained anew, and what they were compared by with those in use."""

epochs = Table(
    "epochs",
    metadata,
    Column("epoch", _WHOLE, primary_key=True, autoincrement=False),
    Column("after_seq", BigInteger, nullable=False),
    Column("leader", Text, nullable=False),
    Column("began_at_ms", BigInteger, nullable=False),
)
"""Which feeder has led when, by host and process; beside the chain, and no part of it: what a feeder entered names the epoch."""
