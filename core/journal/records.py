"""The track record of any scope, worked out from the ledger whenever it is asked for, and remembered until there is more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from core.domain import Series
from core.journal.calibration import calibrations
from core.journal.calls import (
    Asked,
    Calls,
    ahead_in,
    calls_between,
    calls_of,
    calls_on,
    extremes_of,
    late_in,
)
from core.journal.database import Database
from core.journal.entries import ModelEntry
from core.journal.errors import LedgerDamaged
from core.journal.figures import calibration_errors, groups_of, slices_of
from core.journal.history import QUESTIONS, Grain, History
from core.journal.reliance import (
    accuracy_falls,
    alarm_level,
    reliances,
    skill_falls,
    skill_sequences,
    timeframe_reliances,
)
from core.journal.resolved import caught_up
from core.journal.selection import Selection, Tally
from core.journal.slices import Question, Slice
from core.journal.speakers import TIMEFRAMES
from core.journal.track_record import Dimension, ModelRecord, RecordedCall, Reliance, Scope, Tested, TrackRecord

MOST_KEPT = 32
"""Records of as many scopes are remembered."""

EXTREMES = 20
"""So many of the worst misses, and of the best hits, are named."""

_OF_CALLS = (Dimension.DIRECTION, Dimension.VERDICT, Dimension.BAND)
"""What tells signals apart by what they said; of these there are no bins."""

_OF_ANY = (Dimension.TIMEFRAME, Dimension.PERIOD)
"""What every grain tells apart."""


class Records:
    """The records of one ledger. Thread-safe; LedgerUnavailable where it cannot be read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.RLock()
        self._held = False
        self._history = History()
        self._kept: dict[Scope, TrackRecord] = {}

    def record(self, scope: Scope) -> TrackRecord:
        """The record of a scope, with everything that is in the ledger by now."""
        with self._read() as history:
            kept = self._kept.pop(scope, None)
            if kept is None or kept.seq != history.seq:
                kept = track_record(history, scope)
            self._kept[scope] = kept
            while len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            return kept

    def reliances(self, scope: Scope) -> list[tuple[ModelEntry, Reliance]]:
        """Of every model with an outcome in a scope, whether it keeps what it promises."""
        with self._read() as history:
            return model_reliances(history, scope)

    def calls(self, scope: Scope, asked: Asked) -> Calls:
        """The first single signals of a scope (core.journal.calls)."""
        with self._read() as history:
            return calls_of(history, scope, asked)

    def ahead(self, scope: Scope, now_ms: int) -> int:
        """How many signals of a scope, or their outcomes, are of times that the market's clock has not reached."""
        with self._read() as history:
            return ahead_in(history, scope, now_ms)

    def calls_on(self, series: Series, candle_open_ms: int, now_ms: int | None = None) -> Calls:
        """The signals of a series on one candle."""
        with self._read() as history:
            return calls_on(history, series, candle_open_ms, now_ms)

    def calls_between(self, scope: Scope, first_ms: int, last_ms: int, asked: Asked) -> tuple[RecordedCall, ...]:
        """The first signals of a scope on the candles of a time (core.journal.calls)."""
        with self._read() as history:
            return calls_between(history, scope, first_ms, last_ms, asked)

    @contextmanager
    def one_reading(self) -> Iterator[None]:
        """What this thread asks inside is all of the same entries: figures and lists that stand together agree."""
        with self._read():
            self._held = True
            try:
                yield
            finally:
                self._held = False

    @contextmanager
    def _read(self) -> Iterator[History]:
        """What there is by now, or was when ``one_reading`` began; of a damaged ledger all is read again next time, since part of it was added up wrong."""
        with self._lock:
            if self._held:
                yield self._history
                return
            try:
                with self._database.understood():
                    self._history = caught_up(self._history, self._database)
                    yield self._history
            except LedgerDamaged:
                self._history = History()
                raise


def track_record(history: History, scope: Scope) -> TrackRecord:
    """The record of a scope, of what ``history`` holds."""
    of_models = history.sums(scope.origin, Grain.MODELS)
    of_calls = history.sums(scope.origin, Grain.FINE if scope.symbols else Grain.CALLS)
    cells, timing = (Selection.of(history, scope, each) for each in (of_models.cells, of_models.bins))
    calls, bins = (Selection.of(history, scope, each) for each in (of_calls.cells, of_calls.bins))
    fewest, fewest_timing = _fewest(cells, timing, calls, bins)
    of_timeframe = Tally(fewest.sums, fewest.part("timeframe"), len(TIMEFRAMES), fewest.blocks(fewest.block_days()))
    misses, hits = extremes_of(history, scope, EXTREMES)
    return TrackRecord(
        scope=scope,
        seq=history.seq,
        unjudged=history.unjudged[scope.origin],
        late=late_in(history, scope),
        whole=_whole(fewest, fewest_timing),
        slices={
            **{dimension: _slices(dimension, fewest, fewest_timing) for dimension in _OF_ANY},
            Dimension.SYMBOL: _slices(Dimension.SYMBOL, cells, timing),
            **{dimension: _slices(dimension, calls, None) for dimension in _OF_CALLS},
        },
        calibration=calibrations(bins),
        sequences=tuple(skill_sequences(of_timeframe, fewest.first_day, history.newest_ms[scope.origin])),
        reliance=timeframe_reliances(of_timeframe, alarm_level(history)),
        models=_models(cells, timing),
        misses=misses,
        hits=hits,
    )


def model_reliances(history: History, scope: Scope) -> list[tuple[ModelEntry, Reliance]]:
    """As Records.reliances, of what ``history`` holds."""
    cells = Selection.of(history, scope, history.sums(scope.origin, Grain.MODELS).cells)
    tally = Tally(cells.sums, cells.model, len(history.models), cells.blocks(cells.block_days()))
    together = zip(history.models, reliances(tally, alarm_level(history)), strict=True)
    return [(model, each) for model, each in together if each is not None]


def _fewest(cells: Selection, timing: Selection, calls: Selection, bins: Selection) -> tuple[Selection, Selection]:
    """Of two grains, which add up to the same, the one that is sooner gone through, and its forecasts of a move."""
    if len(cells) <= len(calls):
        return cells, timing
    return calls, bins.only("question", QUESTIONS.index(Question.TIMING))


# ---------------------------------------------------------------- slices


def _whole(cells: Selection, timing: Selection) -> Slice:
    group, block = np.zeros_like(cells.day), cells.blocks(cells.usual_block_days())
    errors = calibration_errors(timing, np.zeros_like(timing.day), 1)
    return slices_of(groups_of(cells, group, ["all"], block, errors))[0]


def _slices(dimension: Dimension, cells: Selection, timing: Selection | None) -> tuple[Slice, ...]:
    """``timing`` are the forecasts of a move; None where there are no bins that tell signals apart so."""
    group, names = cells.groups(dimension, cells.first_day)
    errors = None
    if timing is not None:
        errors = calibration_errors(timing, timing.groups(dimension, cells.first_day)[0], len(names))
    days = cells.block_days() if dimension is Dimension.TIMEFRAME else cells.usual_block_days()
    found = slices_of(groups_of(cells, group, names, cells.blocks(days), errors))
    return tuple(each for each in found if each.signals)


# ---------------------------------------------------------------- models


def _models(cells: Selection, timing: Selection) -> tuple[ModelRecord, ...]:
    """Of every model with a signal, the one that fell farthest first, those of which that cannot be said last."""
    models = cells.history.models
    names = [model.model_version for model in models]
    errors = calibration_errors(timing, timing.model, len(models))
    groups = groups_of(cells, cells.model, names, cells.blocks(cells.block_days()), errors)
    figures, tests = slices_of(groups), [_tested(model) for model in models]
    columns = (
        reliances(groups.tally, alarm_level(cells.history)),
        tests,
        accuracy_falls(figures, tests),
        skill_falls(groups.tally, tests),
    )
    found = [
        ModelRecord(model.series, model.model_version, each, *row)
        for model, each, *row in zip(models, figures, *columns, strict=True)
        if each.signals
    ]
    return tuple(sorted(found, key=_fallen, reverse=True))


def _fallen(record: ModelRecord) -> float:
    return -np.inf if record.skill_fall is None else record.skill_fall.deviations


def _tested(model: ModelEntry) -> Tested | None:
    figures = {name: getattr(model, f"test_{name}") for name in Tested.__slots__}
    return None if None in figures.values() else Tested(**figures)
