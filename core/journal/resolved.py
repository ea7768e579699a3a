"""Reads what a record is made of: signals, what became of them, and the models, entered after what was read before.

A million rows are not a million Python objects: the database gives whole columns at once, two or three numbers of a
row in one, and numpy reads that. What is read so keeps probabilities to 5e-10 and R to 1e-6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import reduce

import numpy as np
from sqlalchemy import BigInteger, ColumnElement, Connection, and_, case, cast, func, literal, select

from core.journal.bulk import numbers_in, whole_column
from core.journal.database import Database
from core.journal.entries import ModelEntry, columns_of
from core.journal.history import (
    DIRECTIONS,
    ORIGINS,
    VERDICTS,
    History,
    Outcomes,
    Signals,
)
from core.journal.lateness import late
from core.journal.measures import LONG, NO_TRADE, SHORT, TIE
from core.journal.store import head_of
from core.journal.tables import models, outcomes, signals
from core.signals.outcomes import Touched

ENTRIES_TOGETHER = 100_000
"""So many are read in one transaction: whoever writes meanwhile waits no longer than that takes, some tenths of a second."""

READ_AT_ONCE = 2
"""Databases take two thirds of the time; with two cores they read on one while the other counts, and then on both. So it is
with SQLite, which lets go of the interpreter, as with PostgreSQL, whose every connection has a process of its own."""

_MINUTES, _P = 1 << 26, 1 << 31
_VERDICTS, _ORIGINS, _DIRECTIONS, _LATE, _HAPPENINGS, _CANDLES = 32, 2, 4, 2, 4, 1 << 14
"""How many values each of the numbers can have that are packed into one."""

_R = 1_000_000
_NO_R = -(1 << 60)


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """What was entered up to ``seq`` and after what was read before; models by the number of their entry."""

    models: dict[int, ModelEntry]
    signals: Signals
    outcomes: list[Outcomes]
    seq: int


def caught_up(history: History, database: Database) -> History:
    """``history``, extended by all that was entered since; LedgerUnavailable where it cannot be read.

    A fresh one where a model is described only now whose signals may have been read already.
    """
    for news in _news(database, history.seq):
        if news.models and any(history.unjudged.values()):
            return caught_up(History(), database)
        history.describe(news.models)
        history.add(news.signals, news.outcomes, news.seq)
    return history


def _news(database: Database, after: int) -> Iterator[News]:
    """A stretch at a time; while one is being counted, the next ones are being read."""
    with database.reading() as connection:
        head = head_of(connection).seq
    ends = [*range(after + ENTRIES_TOGETHER, head, ENTRIES_TOGETHER), head] if head > after else []
    if len(ends) <= 1:
        yield from (_stretch(database, after, end) for end in ends)
        return
    with ThreadPoolExecutor(READ_AT_ONCE, "track-record") as beside:
        yield from beside.map(lambda span: _stretch(database, *span), zip([after, *ends], ends, strict=False))


def _stretch(database: Database, after: int, until: int) -> News:
    with database.reading() as connection:
        return News(
            _models(connection, after, until),
            _signals(connection, after, until),
            [_first_outcomes(connection, after, until), *_corrections(connection, after, until)],
            until,
        )


def _models(connection: Connection, after: int, until: int) -> dict[int, ModelEntry]:
    columns = [models.c[name] for name in columns_of(ModelEntry.kind) if name in models.c]
    wanted = select(models.c.seq, *columns).where(models.c.seq > after, models.c.seq <= until).order_by(models.c.seq)
    return {seq: ModelEntry(*row) for seq, *row in connection.execute(wanted)}


# ---------------------------------------------------------------- signals


def _signals(connection: Connection, after: int, until: int) -> Signals:
    found = connection.execute(_SIGNALS.where(signals.c.seq > after, signals.c.seq <= until)).one()
    placed, parts, packed = map(numbers_in, found)
    if (placed[1:] < placed[:-1]).any():  # a server may have added up in an order of its own
        order = np.argsort(placed)
        placed, parts, packed = placed[order], parts[order], packed[order]
    seq, minute = np.divmod(placed, _MINUTES)
    p_short, p_no_trade = np.divmod(packed, _P)
    model, verdict, origin, direction, came_late = _unpacked(parts, _VERDICTS, _ORIGINS, _DIRECTIONS, _LATE)
    p = p_short / (_P - 1), p_no_trade / (_P - 1)
    return Signals(seq, minute, model, direction, origin, verdict, came_late, *p)


# ---------------------------------------------------------------- outcomes


def _first_outcomes(connection: Connection, after: int, until: int) -> Outcomes:
    span = outcomes.c.seq > after, outcomes.c.seq <= until
    found = connection.execute(_OUTCOMES.where(*span, outcomes.c.follows == outcomes.c.signal_seq)).one()
    return _outcomes(numbers_in(found[0]), numbers_in(found[1]))


def _corrections(connection: Connection, after: int, until: int) -> Iterator[Outcomes]:
    """In the order that they were entered, each by itself: the last one of a signal is right."""
    span = outcomes.c.seq > after, outcomes.c.seq <= until
    corrected = select(_EVENT, _RESULT).where(*span, outcomes.c.follows != outcomes.c.signal_seq)
    for event, result in connection.execute(corrected.order_by(outcomes.c.seq)):
        yield _outcomes(np.array([int(event)]), np.array([int(result)]))


def _outcomes(event: np.ndarray, result: np.ndarray) -> Outcomes:
    seq, happened, candles = _unpacked(event, _HAPPENINGS, _CANDLES)
    return Outcomes(seq, happened, candles, np.where(result == _NO_R, np.nan, result / _R))


# ---------------------------------------------------------------- columns as numbers


def _packed(first: ColumnElement[int], *more: tuple[int, ColumnElement[int]]) -> ColumnElement[int]:
    """Several whole numbers in one: of each but the first also how many values it can have."""
    return reduce(lambda packed, each: packed * _number(each[0]) + each[1], more, first)


def _unpacked(packed: np.ndarray, *sizes: int) -> tuple[np.ndarray, ...]:
    parts: list[np.ndarray] = []
    for size in reversed(sizes):
        packed, part = np.divmod(packed, size)
        parts.insert(0, part)
    return packed, *parts


def _place(column: ColumnElement[str], values: Sequence[str]) -> ColumnElement[int]:
    """The place of a text among ``values``, or that of the last one."""
    return case({value: place for place, value in enumerate(values[:-1])}, value=column, else_=len(values) - 1)


def _whole(number: ColumnElement[float]) -> ColumnElement[int]:
    return cast(func.round(number), BigInteger)


def _number(value: int) -> ColumnElement[int]:
    return literal(value, BigInteger)


_BY_ITS_MODEL = and_(*(models.c[name] == signals.c[name] for name in ModelEntry.identified_by))
_SIGNALS = select(
    whole_column(_packed(signals.c.seq, (_MINUTES, signals.c.candle_open_ms // _number(60_000)))),
    whole_column(
        _packed(
            func.coalesce(models.c.seq, _number(0)),
            (_VERDICTS, _place(signals.c.verdict, VERDICTS)),
            (_ORIGINS, _place(signals.c.origin, ORIGINS)),
            (_DIRECTIONS, _place(signals.c.direction, DIRECTIONS)),
            (_LATE, case((late(), 1), else_=0)),
        )
    ),
    whole_column(
        _packed(_whole(signals.c.p_short * float(_P - 1)), (_P, _whole(signals.c.p_no_trade * float(_P - 1))))
    ),
).select_from(signals.outerjoin(models, _BY_ITS_MODEL))

_HAPPENED = case(
    {Touched.LOWER.value: SHORT, Touched.UPPER.value: LONG, Touched.BOTH.value: TIE},
    value=outcomes.c.touched,
    else_=NO_TRADE,
)
_EVENT = _packed(
    outcomes.c.signal_seq, (_HAPPENINGS, _HAPPENED), (_CANDLES, func.coalesce(outcomes.c.candles_to_touch, 0))
)
_RESULT = case((func.abs(outcomes.c.r) < 1e9, _whole(outcomes.c.r * float(_R))), else_=_number(_NO_R))
_OUTCOMES = select(whole_column(_EVENT), whole_column(_RESULT))
