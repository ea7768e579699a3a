"""Signals and the outcome that counts of each, as the ledger has them: what is to be resolved, and what to be corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, Connection, Row, Select, exists, literal, select

from core.domain import Direction, Timeframe
from core.journal.damage import seems_entered
from core.journal.entries import OutcomeEntry, columns_of
from core.journal.tables import outcomes, signals
from core.signals.outcomes import LONG, NO_SIDE, SHORT, Calls

_SIDES = {Direction.LONG.value: LONG, Direction.SHORT.value: SHORT}

_SIGNAL = ("seq", "symbol", "candle_open_ms", "close", "atr", "upper_barrier", "lower_barrier", "horizon_candles")
_LEVELS = ("entry", "stop_loss", "tp1", "tp2", "tp3")
_PRICES = ("close", "atr", "upper_barrier", "lower_barrier", *_LEVELS)
_COLUMNS = (*_SIGNAL, "direction", *_LEVELS)
_OUTCOME = columns_of(OutcomeEntry.kind)


@dataclass(frozen=True, slots=True)
class StoredOutcome:
    """An outcome, and the number of its own entry."""

    seq: int
    entry: OutcomeEntry


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Signals of one timeframe, coin by coin in the order of their candles: their numbers, what each said, and what counts.

    ``lane`` says of whose they are, by the place in ``symbols``. ``counting`` is the newest of a signal's outcomes; None
    while it is open.
    """

    timeframe: Timeframe
    symbols: tuple[str, ...]
    lane: np.ndarray
    seq: tuple[int, ...]
    calls: Calls
    counting: tuple[StoredOutcome | None, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which signals: those on candles that opened from ``first_ms`` to ``last_ms``, whose last candle opens by ``until_ms``.

    Unix milliseconds. Of so many ``symbols`` that one question of a database can name them.
    """

    timeframe: Timeframe
    symbols: tuple[str, ...]
    first_ms: int
    last_ms: int
    until_ms: int


def judged(connection: Connection, asked: Asked) -> Judged:
    """The signals that are asked for; ValueError where somebody has changed a row into one that never was an entry."""
    step = literal(asked.timeframe.milliseconds, BigInteger)
    wanted = _QUERY.where(
        seems_entered(connection, signals),
        signals.c.timeframe == asked.timeframe.value,
        signals.c.symbol.in_(asked.symbols),
        signals.c.candle_open_ms.between(asked.first_ms, asked.last_ms),
        signals.c.candle_open_ms + signals.c.horizon_candles * step <= asked.until_ms,
    )
    rows = connection.execute(wanted.order_by(signals.c.symbol, signals.c.candle_open_ms, signals.c.seq)).all()
    try:
        return _judged(asked, rows)
    except TypeError as error:
        raise ValueError(str(error)) from None


def counting_outcome() -> Any:
    """The join condition of a signal with the outcome that counts of it: the one that none follows."""
    corrected = exists(select(_later.c.seq).where(_later.c.follows == outcomes.c.seq))
    return (outcomes.c.signal_seq == signals.c.seq) & ~corrected


_later = outcomes.alias("later")
_QUERY: Select[Any] = select(
    *(signals.c[name] for name in _COLUMNS),
    outcomes.c.seq.label("outcome_seq"),
    *(outcomes.c[name] for name in _OUTCOME),
).select_from(signals.outerjoin(outcomes, counting_outcome()))


def _judged(asked: Asked, rows: Sequence[Row[Any]]) -> Judged:
    columns = dict(zip(_COLUMNS, zip(*rows, strict=True), strict=False)) if rows else dict.fromkeys(_COLUMNS, ())
    whole = {name: np.array(columns[name], dtype=np.int64) for name in ("candle_open_ms", "horizon_candles")}
    prices = {name: np.array(columns[name], dtype=np.float64) for name in _PRICES}
    lanes = {symbol: lane for lane, symbol in enumerate(asked.symbols)}
    calls = Calls(
        candle_open_ms=whole["candle_open_ms"],
        close=prices["close"],
        atr=prices["atr"],
        upper=prices["upper_barrier"],
        lower=prices["lower_barrier"],
        horizon=whole["horizon_candles"],
        side=np.array([_SIDES.get(direction, NO_SIDE) for direction in columns["direction"]], dtype=np.int64),
        levels=np.stack([prices[name] for name in _LEVELS]),
    )
    lane = np.array([lanes[symbol] for symbol in columns["symbol"]], dtype=np.int64)
    counting = tuple(_stored_outcome(row) for row in rows)
    return Judged(asked.timeframe, asked.symbols, lane, columns["seq"], calls, counting)


def _stored_outcome(row: Row[Any]) -> StoredOutcome | None:
    if row.outcome_seq is None:
        return None
    return StoredOutcome(row.outcome_seq, OutcomeEntry(*row[-len(_OUTCOME) :]))
