"""Single signals whose outcome is known, of any scope and in any order, down to the last one of a million."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from core.domain import Direction, Series
from core.journal.history import DIRECTIONS, MINUTES_A_DAY, OPEN, ORIGINS, History
from core.journal.measures import TIE, labels_of
from core.journal.selection import models_in
from core.journal.track_record import RecordedCall, Scope
from core.model.barriers import HORIZON_CANDLES
from core.model.scores import DAY_MS


class CallOrder(StrEnum):
    """What signals can be ordered by."""

    COIN = "coin"
    TIMEFRAME = "timeframe"
    TIME = "time"
    MOVE = "move"
    CALLED = "said"
    HAPPENED = "happened"
    GIVEN = "given"
    """The probability that was given to what happened: the least is the biggest miss."""
    R = "r"


class CallKind(StrEnum):
    """What a call came to: which part of it was wrong, or that none was."""

    DID_NOT_COME = "did_not_come"
    """A side was called, and neither barrier was touched, or both in one candle."""
    NOT_CALLED = "not_called"
    """No trade was called, and one barrier was touched first."""
    WRONG_SIDE = "wrong_side"
    """A side was called, and the other one's barrier was touched first."""
    LOSS = "loss"
    """A side was called that would have lost, had it been traded."""
    RIGHT_SIDE = "right_side"
    """A side was called, and its barrier was touched first."""


@dataclass(frozen=True, slots=True)
class Calls:
    """The first of a scope's ``n`` resolved signals, of the kind that was asked for; ``open`` ones have no outcome yet."""

    n: int
    open: int
    first: tuple[RecordedCall, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which single signals of a scope, and in which order; ``kind`` None are all.

    ``now_ms`` is the market's time, where its clock may have been set back (a simulated or recorded market's begins anew with
    each start): what the ledger has of later times has not come yet, and is not among them.
    """

    order: CallOrder = CallOrder.TIME
    descending: bool = True
    most: int = 50
    kind: CallKind | None = None
    now_ms: int | None = None


def calls_of(history: History, scope: Scope, asked: Asked) -> Calls:
    """The first of a scope's resolved signals; those without a result in R come last where it is asked for."""
    resolved, still_open = _resolved(history, scope, asked)
    first = _first(history, resolved, asked.order, asked.descending, asked.most)
    return Calls(len(resolved), still_open, tuple(recorded(history, row) for row in first))


def ahead_in(history: History, scope: Scope, now_ms: int) -> int:
    """How many of a scope's signals, or their outcomes, are of times later than ``now_ms``, the market's."""
    asked, happened = _asked(history, scope), history.signals["happened"] != OPEN
    return int(np.count_nonzero(asked & (~_given(history, now_ms) | (happened & ~_over(history, now_ms)))))


def _resolved(history: History, scope: Scope, asked: Asked) -> tuple[np.ndarray, int]:
    """Which signals have an outcome by now, and how many are open."""
    chosen, known = _asked(history, scope), history.signals["happened"] != OPEN
    if asked.now_ms is not None:
        chosen &= _given(history, asked.now_ms)
        known = known & _over(history, asked.now_ms)
    resolved = np.flatnonzero(chosen & known)
    still_open = int(np.count_nonzero(chosen)) - len(resolved)
    return resolved if asked.kind is None else resolved[_of_kind(history, resolved, asked.kind)], still_open


def _of_kind(history: History, resolved: np.ndarray, kind: CallKind) -> np.ndarray:
    """Which of the ``resolved`` are of a kind, bool."""
    called, came = history.signals["direction"][resolved], labels_of(history.signals["happened"][resolved])
    sided, moved = called != _NO_TRADE, came != _NO_TRADE
    match kind:
        case CallKind.DID_NOT_COME:
            return np.asarray(sided & ~moved)
        case CallKind.NOT_CALLED:
            return np.asarray(~sided & moved)
        case CallKind.WRONG_SIDE:
            return np.asarray(sided & moved & (called != came))
        case CallKind.LOSS:
            return np.asarray(history.signals["r"][resolved] < 0)  # those without a result are no loss
        case CallKind.RIGHT_SIDE:
            return np.asarray(sided & (called == came))


_NO_TRADE = DIRECTIONS.index(Direction.NO_TRADE)


def _minutes(history: History) -> np.ndarray:
    """How long a candle of each model is."""
    return np.array([each.timeframe.minutes for each in history.series()], dtype=np.int64)


def _given(history: History, now_ms: int) -> np.ndarray:
    """Whether each signal's candle has closed by then, bool."""
    return _passed(history, 1, now_ms)


def _over(history: History, now_ms: int) -> np.ndarray:
    """Whether each signal's horizon is over by then, bool."""
    return _passed(history, 1 + HORIZON_CANDLES, now_ms)


def _passed(history: History, candles: int, now_ms: int) -> np.ndarray:
    """Whether so many candles have closed since each signal's own opened, bool; seldom is there one of which they have not."""
    opened, minutes = history.signals["open_minute"], _minutes(history)
    now = now_ms // 60_000
    if not len(opened) or int(opened.max()) + candles * int(minutes.max()) <= now:
        return np.ones(len(opened), dtype=bool)
    return np.asarray(opened + candles * minutes[history.signals["model"]] <= now)


def extremes_of(history: History, scope: Scope, most: int) -> tuple[tuple[RecordedCall, ...], tuple[RecordedCall, ...]]:
    """The ``most`` biggest misses of a scope, and as many of its best hits."""
    resolved = np.flatnonzero(_asked(history, scope) & (history.signals["happened"] != OPEN))
    misses, hits = (_first(history, resolved, CallOrder.GIVEN, descending, most) for descending in (False, True))
    return tuple(recorded(history, row) for row in misses), tuple(recorded(history, row) for row in hits)


def calls_on(history: History, series: Series, candle_open_ms: int, now_ms: int | None = None) -> Calls:
    """The signals of a series on one candle, live ones first: of each model and origin one, late or not."""
    signals = history.signals
    theirs = np.array([each == series for each in history.series()], dtype=bool)
    on_it = np.flatnonzero(signals["open_minute"] == candle_open_ms // 60_000)
    rows = on_it[theirs[signals["model"][on_it]]]
    rows = rows[np.argsort(signals["origin"][rows], kind="stable")]
    known = signals["happened"][rows] != OPEN
    if now_ms is not None:
        given, known = _given(history, now_ms)[rows], known & _over(history, now_ms)[rows]
        rows, known = rows[given], known[given]
    resolved = rows[known]
    first = tuple(recorded(history, row) for row in resolved)
    return Calls(len(resolved), len(rows) - len(resolved), first)


def calls_between(
    history: History, scope: Scope, first_ms: int, last_ms: int, asked: Asked
) -> tuple[RecordedCall, ...]:
    """The first of a scope's resolved signals on candles that opened from ``first_ms`` to ``last_ms`` (Unix ms)."""
    resolved, _ = _resolved(history, scope, asked)
    opened = history.signals["open_minute"][resolved]
    rows = resolved[(opened >= first_ms // 60_000) & (opened <= last_ms // 60_000)]
    return tuple(recorded(history, row) for row in _first(history, rows, asked.order, asked.descending, asked.most))


def recorded(history: History, row: int) -> RecordedCall:
    """One signal by its place in the history."""
    signals = {
        name: history.signals[name][row]
        for name in ("seq", "origin", "model", "direction", "happened", "loss", "r", "late")
    }
    model = history.models[signals["model"]]
    p = history.probabilities(np.array([row]))[0].tolist()
    return RecordedCall(
        seq=int(signals["seq"]),
        origin=ORIGINS[signals["origin"]],
        series=model.series,
        model_version=model.model_version,
        candle_open_ms=int(history.signals["open_minute"][row]) * 60_000,
        direction=DIRECTIONS[signals["direction"]],
        probabilities=dict(zip(DIRECTIONS, p, strict=True)),
        happened=DIRECTIONS[labels_of(signals["happened"])],
        tie=bool(signals["happened"] == TIE),
        loss=float(signals["loss"]),
        r=None if np.isnan(signals["r"]) else float(signals["r"]),
        late=bool(signals["late"]),
    )


def late_in(history: History, scope: Scope) -> int:
    """How many of a scope's signals came late, and are in none of its figures (core.journal.lateness)."""
    return int(np.count_nonzero(_issued_in(history, scope) & (history.signals["late"] == 1)))


def _asked(history: History, scope: Scope) -> np.ndarray:
    """Which of all signals are in the figures of a scope, bool."""
    return _issued_in(history, scope) & (history.signals["late"] == 0)


def _issued_in(history: History, scope: Scope) -> np.ndarray:
    """Which of all signals are of a scope, bool."""
    signals = history.signals
    chosen = signals["origin"] == ORIGINS.index(scope.origin)
    wanted = models_in(history, scope)
    if not wanted.all():
        chosen &= wanted[signals["model"]]
    if scope.since_ms is not None:
        chosen &= signals["open_minute"] >= scope.since_ms // DAY_MS * MINUTES_A_DAY
    return np.asarray(chosen)


def _first(history: History, rows: np.ndarray, order: CallOrder, descending: bool, most: int) -> np.ndarray:
    """Of equal ones the newest first. Only those that can be among the first are put in order, which is much faster:

    what is not farther than the last one of the first few of a part.
    """
    values = _VALUES[order](history, rows)
    keys = np.asarray(-values if descending else values, dtype=np.float64)
    keys[np.isnan(keys)] = np.inf
    for apart in (_PART, 1):
        part = keys[::apart]
        if len(part) > most > 0:
            near = np.flatnonzero(keys <= np.partition(part, most - 1)[most - 1])
            rows, keys = rows[near], keys[near]
    return np.asarray(rows[np.lexsort([-rows, keys])[:most]])


_PART = 64


def _of_models(values: Sequence[Any], history: History, rows: np.ndarray) -> np.ndarray:
    """What each signal's model has, as places in the order of all values."""
    _, places = np.unique(np.array(values), return_inverse=True)
    return np.asarray(places[history.signals["model"][rows]])


_VALUES: Mapping[CallOrder, Callable[[History, np.ndarray], np.ndarray]] = {
    CallOrder.COIN: lambda history, rows: _of_models([each.symbol for each in history.series()], history, rows),
    CallOrder.TIMEFRAME: lambda history, rows: _of_models(
        [each.timeframe.minutes for each in history.series()], history, rows
    ),
    CallOrder.TIME: lambda history, rows: history.signals["open_minute"][rows],
    CallOrder.MOVE: lambda history, rows: 1 - history.signals["p_no_trade"][rows],
    CallOrder.CALLED: lambda history, rows: history.signals["direction"][rows],
    CallOrder.HAPPENED: lambda history, rows: history.signals["happened"][rows],
    CallOrder.GIVEN: lambda history, rows: -history.signals["loss"][rows],
    CallOrder.R: lambda history, rows: history.signals["r"][rows],
}
