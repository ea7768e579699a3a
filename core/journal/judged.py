"""Signals and the outcome that counts of each, as the ledger has them: what is to be resolved, and what to be corrected."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, Connection, Row, Select, exists, literal, select

from core.domain import Direction, Series, Timeframe
from core.journal.coverage import some_of
from core.journal.entries import OutcomeEntry, columns_of
from core.journal.tables import outcomes, signals
from core.signals.outcomes import LONG, NO_SIDE, SHORT, Calls

log = logging.getLogger(__name__)

_SIDES = {Direction.LONG.value: LONG, Direction.SHORT.value: SHORT}

_SIGNAL = ("seq", "symbol", "candle_open_ms", "close", "atr", "upper_barrier", "lower_barrier", "horizon_candles")
_LEVELS = ("entry", "stop_loss", "tp1", "tp2", "tp3")
_OUTCOME = columns_of(OutcomeEntry.kind)


@dataclass(frozen=True, slots=True)
class StoredOutcome:
    """An outcome, and the number of its own entry."""

    seq: int
    entry: OutcomeEntry


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Signals of one series in the order of their candles: their numbers, what each said, and what counts of each.

    ``counting`` is the newest of a signal's outcomes; None while it is open.
    """

    series: Series
    seq: tuple[int, ...]
    calls: Calls
    counting: tuple[StoredOutcome | None, ...]


def judged(
    connection: Connection, timeframe: Timeframe, symbols: Collection[str], first_ms: int, last_ms: int, until_ms: int
) -> Iterator[Judged]:
    """The signals on candles that opened from ``first_ms`` to ``last_ms`` and whose last candle opens by ``until_ms``.

    A series of which somebody has changed a row into one that never was an entry is left out, and the log says so.
    """
    step = literal(timeframe.milliseconds, BigInteger)
    for some in some_of(symbols):
        wanted = _QUERY.where(
            signals.c.timeframe == timeframe.value,
            signals.c.symbol.in_(some),
            signals.c.candle_open_ms.between(first_ms, last_ms),
            signals.c.candle_open_ms + signals.c.horizon_candles * step <= until_ms,
        )
        rows = connection.execute(wanted.order_by(signals.c.symbol, signals.c.candle_open_ms, signals.c.seq)).all()
        for symbol, of_symbol in groupby(rows, key=lambda row: str(row.symbol)):
            try:
                yield _judged(Series(symbol, timeframe), list(of_symbol))
            except (ValueError, TypeError):
                log.exception("The ledger's rows of %s %s are damaged.", symbol, timeframe)


def counting_outcome() -> Any:
    """The join condition of a signal with the outcome that counts of it: the one that none follows."""
    corrected = exists(select(_later.c.seq).where(_later.c.follows == outcomes.c.seq))
    return (outcomes.c.signal_seq == signals.c.seq) & ~corrected


_later = outcomes.alias("later")
_QUERY: Select[Any] = select(
    *(signals.c[name] for name in (*_SIGNAL, "direction", *_LEVELS)),
    outcomes.c.seq.label("outcome_seq"),
    *(outcomes.c[name] for name in _OUTCOME),
).select_from(signals.outerjoin(outcomes, counting_outcome()))


def _judged(series: Series, rows: Sequence[Row[Any]]) -> Judged:
    columns = {name: np.array([getattr(row, name) for row in rows]) for name in (*_SIGNAL[2:], *_LEVELS)}
    calls = Calls(
        candle_open_ms=columns["candle_open_ms"],
        close=columns["close"],
        atr=columns["atr"],
        upper=columns["upper_barrier"],
        lower=columns["lower_barrier"],
        horizon=columns["horizon_candles"],
        side=np.array([_SIDES.get(row.direction, NO_SIDE) for row in rows]),
        levels=np.stack([columns[name] for name in _LEVELS]),
    )
    return Judged(series, tuple(row.seq for row in rows), calls, tuple(_stored_outcome(row) for row in rows))


def _stored_outcome(row: Row[Any]) -> StoredOutcome | None:
    if row.outcome_seq is None:
        return None
    return StoredOutcome(row.outcome_seq, OutcomeEntry(*row[-len(_OUTCOME) :]))
