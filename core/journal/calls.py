"""Single signals whose outcome is known, of any scope and in any order, down to the last one of a million."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from core.domain import Series
from core.journal.history import DIRECTIONS, MINUTES_A_DAY, OPEN, ORIGINS, History
from core.journal.measures import TIE, labels_of
from core.journal.selection import models_in
from core.journal.track_record import RecordedCall, Scope
from core.model.scores import DAY_MS


class CallOrder(StrEnum):
    """What signals can be ordered by."""

    COIN = "coin"
    TIMEFRAME = "timeframe"
    TIME = "time"
    MOVE = "move"
    SAID = "said"
    HAPPENED = "happened"
    GIVEN = "given"
    """The probability that was given to what happened: the least is the biggest miss."""
    R = "r"


@dataclass(frozen=True, slots=True)
class Calls:
    """The first of a scope's ``n`` resolved signals; ``open`` ones have no outcome yet."""

    n: int
    open: int
    first: tuple[RecordedCall, ...]


def calls_of(history: History, scope: Scope, order: CallOrder, descending: bool, most: int) -> Calls:
    """The first ``most`` of a scope's resolved signals; those without a result in R come last where it is asked for."""
    asked, closed = _asked(history, scope), history.signals["happened"] != OPEN
    resolved = np.flatnonzero(asked & closed)
    first = _first(history, resolved, order, descending, most)
    still_open = int(np.count_nonzero(asked)) - len(resolved)
    return Calls(len(resolved), still_open, tuple(recorded(history, row) for row in first))


def extremes_of(history: History, scope: Scope, most: int) -> tuple[tuple[RecordedCall, ...], tuple[RecordedCall, ...]]:
    """The ``most`` biggest misses of a scope, and as many of its best hits."""
    resolved = np.flatnonzero(_asked(history, scope) & (history.signals["happened"] != OPEN))
    misses, hits = (_first(history, resolved, CallOrder.GIVEN, descending, most) for descending in (False, True))
    return tuple(recorded(history, row) for row in misses), tuple(recorded(history, row) for row in hits)


def calls_on(history: History, series: Series, candle_open_ms: int) -> Calls:
    """The signals of a series on one candle, live ones first: of each model and origin one, late or not."""
    signals = history.signals
    theirs = np.array([each == series for each in history.series()], dtype=bool)
    on_it = np.flatnonzero(signals["open_minute"] == candle_open_ms // 60_000)
    rows = on_it[theirs[signals["model"][on_it]]]
    rows = rows[np.argsort(signals["origin"][rows], kind="stable")]
    resolved = rows[signals["happened"][rows] != OPEN]
    first = tuple(recorded(history, row) for row in resolved)
    return Calls(len(resolved), len(rows) - len(resolved), first)


def calls_between(history: History, scope: Scope, first_ms: int, last_ms: int, most: int) -> tuple[RecordedCall, ...]:
    """The newest ``most`` resolved signals of a scope on candles that opened from ``first_ms`` to ``last_ms`` (Unix ms)."""
    opened = history.signals["open_minute"]
    within = (opened >= first_ms // 60_000) & (opened <= last_ms // 60_000)
    rows = np.flatnonzero(within & _asked(history, scope) & (history.signals["happened"] != OPEN))
    return tuple(recorded(history, row) for row in _first(history, rows, CallOrder.TIME, True, most))


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
    return int(np.count_nonzero(_said_in(history, scope) & (history.signals["late"] == 1)))


def _asked(history: History, scope: Scope) -> np.ndarray:
    """Which of all signals are in the figures of a scope, bool."""
    return _said_in(history, scope) & (history.signals["late"] == 0)


def _said_in(history: History, scope: Scope) -> np.ndarray:
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
    CallOrder.SAID: lambda history, rows: history.signals["direction"][rows],
    CallOrder.HAPPENED: lambda history, rows: history.signals["happened"][rows],
    CallOrder.GIVEN: lambda history, rows: -history.signals["loss"][rows],
    CallOrder.R: lambda history, rows: history.signals["r"][rows],
}
