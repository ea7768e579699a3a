"""The signals of a ledger as arrays, with what became of each, and their sums in cells: what every record is made of.

It holds what was read up to entry ``seq`` and is extended by what is entered later. Nothing here knows of a database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum

import numpy as np

from core.domain import Direction, Series, Timeframe
from core.findings import Verdict
from core.journal.cells import Cells, added_up, names_of, without
from core.journal.columns import Columns
from core.journal.entries import ModelEntry
from core.journal.track_record import Question
from core.journal.vocabulary import Origin
from core.model.promises import bin_of
from core.model.scores import DAY_MS, bands_of, entropies, question_losses

DIRECTIONS, ORIGINS, QUESTIONS, TIMEFRAMES = tuple(Direction), tuple(Origin), tuple(Question), tuple(Timeframe)
SHORT, NO_TRADE, LONG = range(3)
"""Labels, and the places of probabilities, in the order of Direction."""

VERDICTS = (*(verdict.value for verdict in Verdict), "other")
"""What a signal's verdict can be; ``other`` is what later programs have no name for."""

OPEN = -1
"""The label of a signal that is not resolved."""

MINUTES_A_DAY = DAY_MS // 60_000


class Measure(IntEnum):
    """What is added up over the signals of a cell; all but SIGNALS over the resolved ones."""

    SIGNALS = 0
    RESOLVED = 1
    CAME_SHORT = 2
    CAME_LONG = 3
    P_MOVE = 4
    RIGHT = 5
    CONFIDENCE = 6
    LOSS = 7
    TIMING_LOSS = 8
    SIDE_LOSS = 9
    ENTROPY = 10
    BRIER = 11
    CALLED = 12
    """A side was called, and a barrier was touched."""
    CALLED_RIGHT = 13
    CALLED_SURE = 14
    """The probability of the side called, given a move."""
    CALLED_LONG = 15
    """A side was called, and the upper barrier was touched."""
    REACHED = 16
    """The target was reached, and the model had said in how many minutes that is usual."""
    REACHED_IN_TIME = 17
    REACHED_MINUTES = 18
    PROMISED_MINUTES = 19
    TRADED = 20
    """A side was called, whatever happened: with this result in R."""
    R = 21
    BASE_LOSS = 22
    """Of the class frequencies that the model was given by its training."""
    BASE_TIMING_LOSS = 23
    BASE_SIDE_LOSS = 24
    CAME = 25
    TESTED = 26
    """The model was tested, with this accuracy."""
    TESTED_ACCURACY = 27


class Grain(Enum):
    """What the cells of a kind do not tell apart."""

    FINE = ()
    MODELS = ("direction", "verdict")
    CALLS = ("model",)


class BinMeasure(IntEnum):
    """What is added up over the forecasts of a bin."""

    N = 0
    FORECAST = 1
    CAME = 2


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """New signals as arrays of one length, in the order of ``seq``.

    ``model_seq`` is the entry of their model, 0 where it has none; ``direction``, ``origin`` and ``verdict`` are places
    in DIRECTIONS, ORIGINS and VERDICTS.
    """

    seq: np.ndarray
    open_minute: np.ndarray
    model_seq: np.ndarray
    direction: np.ndarray
    origin: np.ndarray
    verdict: np.ndarray
    p_short: np.ndarray
    p_no_trade: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What became of signals, as arrays of one length, no signal twice: ``label`` and, NaN where no side was called, ``r``.

    ``candles`` is how many it took until the touch.
    """

    signal_seq: np.ndarray
    label: np.ndarray
    candles: np.ndarray
    r: np.ndarray


class History:
    """All signals up to entry ``seq`` whose model is described, and the cells that they add up to. Not thread-safe.

    ``unjudged`` counts the other signals, by origin.
    """

    def __init__(self) -> None:
        self.seq = 0
        self.models: list[ModelEntry] = []
        self.unjudged = dict.fromkeys(Origin, 0)
        self.cells = {(origin, grain): Cells(len(Measure)) for origin in Origin for grain in Grain}
        self.bins = {origin: Cells(len(BinMeasure)) for origin in Origin}
        self.signals = Columns(_COLUMNS)
        self.usual = np.empty((0, 3))
        """The class frequencies that each of ``models`` was given by its training."""
        self._model_seqs = np.empty(0, dtype=np.int64)
        self._timeframe = np.empty(0, dtype=np.int64)
        self._promised = np.empty((0, 3))
        self._tested = np.empty(0)

    def series(self) -> list[Series]:
        """That of each model."""
        return [model.series for model in self.models]

    def describe(self, models: Mapping[int, ModelEntry]) -> None:
        """Learn of models, by the number of their entry; before their signals are added."""
        if models:
            self.models += models.values()
            self._model_seqs = np.concatenate([self._model_seqs, list(models)])
            self.usual = np.array([_usual(model) for model in self.models])
            self._timeframe = np.array([TIMEFRAMES.index(series.timeframe) for series in self.series()])
            self._promised = np.array([_promised(model) for model in self.models], dtype=np.float64)
            self._tested = np.array([model.test_accuracy for model in self.models], dtype=np.float64)

    def add(self, signals: Signals, outcomes: Sequence[Outcomes], seq: int) -> None:
        """Add what was entered after ``self.seq`` up to ``seq``; outcomes in the order in which they stand."""
        self._add_signals(signals)
        for some in outcomes:
            self._resolve(some)
        self.seq = seq

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        """As issued, (rows, 3)."""
        short, quiet = self.signals["p_short"][rows], self.signals["p_no_trade"][rows]
        return np.stack([short, quiet, 1 - short - quiet], axis=1)

    def _add_signals(self, new: Signals) -> None:
        known = np.isin(new.model_seq, self._model_seqs)
        for place, origin in enumerate(ORIGINS):
            self.unjudged[origin] += int((new.origin[~known] == place).sum())
        n, before = int(known.sum()), len(self.signals)
        told = {name: getattr(new, name)[known] for name in Signals.__slots__ if name != "model_seq"}
        model = np.searchsorted(self._model_seqs, new.model_seq[known])
        nothing = {
            "label": np.full(n, OPEN),
            "candles": np.zeros(n),
            "loss": np.full(n, np.nan),
            "r": np.full(n, np.nan),
        }
        self.signals.add({**told, "model": model, **nothing})
        rows = np.arange(before, before + n)
        self._add_up(rows, np.ones((1, n)), Measure.SIGNALS)

    def _resolve(self, new: Outcomes) -> None:
        seqs = self.signals["seq"]
        rows = np.searchsorted(seqs, new.signal_seq)
        known = rows < len(seqs)
        known[known] = seqs[rows[known]] == new.signal_seq[known]
        rows = rows[known]
        label, p = new.label[known], self.probabilities(rows)
        losses = question_losses(p, label)
        self._count(rows[self.signals["label"][rows] != OPEN], -1.0)
        told = {"label": label, "candles": new.candles[known], "r": new.r[known], "loss": losses[:, 0]}
        for name, values in told.items():
            self.signals[name][rows] = values
        self._count(rows, 1.0)

    def _count(self, rows: np.ndarray, times: float) -> None:
        """Add what became of signals to their cells, or take it away again."""
        if len(rows):
            label, p = self.signals["label"][rows].astype(np.int64), self.probabilities(rows)
            measured = np.stack([*self._measured(rows, label, p), *self._compared(rows, label)])
            self._add_up(rows, times * measured, Measure.RESOLVED)
            self._count_bins(rows, label, p, times)

    def _add_up(self, rows: np.ndarray, values: np.ndarray, first: Measure) -> None:
        """Add these measures of signals, from ``first`` on, to their cells of every grain."""
        names = self._names(rows)
        for origin, inside in self._by_origin(rows):
            fine, sums = added_up(names[inside], values[:, inside])
            for grain in Grain:
                self.cells[origin, grain].add(*added_up(without(fine, grain.value), sums), first)

    def _by_origin(self, rows: np.ndarray) -> Iterator[tuple[Origin, np.ndarray]]:
        """Which of these signals are of each origin, bool (rows,)."""
        for place, origin in enumerate(ORIGINS):
            yield origin, self.signals["origin"][rows] == place

    # ------------------------------------------------------------ what is added up

    def _measured(self, rows: np.ndarray, label: np.ndarray, p: np.ndarray) -> Iterator[np.ndarray]:
        """Every Measure from RESOLVED to R, one array each."""
        called = self.signals["direction"][rows]
        happened = p[np.arange(len(p)), label]
        yield np.ones(len(rows))
        yield label == SHORT
        yield label == LONG
        yield 1 - p[:, NO_TRADE]
        yield called == label
        yield p.max(axis=1)
        yield from question_losses(p, label).T
        yield entropies(p)
        yield (p**2).sum(axis=1) - 2 * happened + 1
        yield from _sides(called, label, p)
        yield from self._times_to_target(rows, called, label)
        r = self.signals["r"][rows]
        yield ~np.isnan(r)
        yield np.nan_to_num(r)

    def _compared(self, rows: np.ndarray, label: np.ndarray) -> Iterator[np.ndarray]:
        """Every Measure after R: what the signals are judged by."""
        model = self.signals["model"][rows]
        yield from question_losses(self.usual[model], label).T
        yield label != NO_TRADE
        yield ~np.isnan(self._tested[model])
        yield np.nan_to_num(self._tested[model])

    def _times_to_target(self, rows: np.ndarray, called: np.ndarray, label: np.ndarray) -> Iterator[np.ndarray]:
        model = self.signals["model"][rows]
        minutes = self.signals["candles"][rows] * _MINUTES[self._timeframe[model]]
        promised = self._promised[model, called]
        reached = (called == label) & ~np.isnan(promised)
        yield reached
        yield reached & (minutes <= promised)
        yield np.where(reached, minutes, 0)
        yield np.where(reached, promised, 0)

    def _count_bins(self, rows: np.ndarray, label: np.ndarray, p: np.ndarray, times: float) -> None:
        speaker = self._speaker(rows)
        for question, forecast, true, asked in _forecasts(self.signals["direction"][rows], label, p):
            place = np.asarray(QUESTIONS.index(question))
            parts = {"question": place, "bin": bin_of(forecast)}
            values = np.stack([np.ones(len(rows)), forecast, true])
            names, values = names_of({**speaker, **parts}), times * values
            for origin, inside in self._by_origin(rows):
                chosen = asked & inside
                self.bins[origin].add(*added_up(names[chosen], values[:, chosen]))

    def _names(self, rows: np.ndarray) -> np.ndarray:
        """The name of each signal's cell."""
        usual_quiet = self.usual[self.signals["model"][rows], NO_TRADE]
        band = bands_of(1 - self.signals["p_no_trade"][rows], 1 - usual_quiet)
        said = {name: self.signals[name][rows] for name in ("direction", "verdict")}
        return names_of({**self._speaker(rows), **said, "band": band})

    def _speaker(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Of each signal the parts of a cell's name that say who gave it, and on which day."""
        day = self.signals["open_minute"][rows] // MINUTES_A_DAY
        model = self.signals["model"][rows]
        return {"day": day, "timeframe": self._timeframe[model], "model": model}


_MINUTES = np.array([timeframe.minutes for timeframe in TIMEFRAMES])
_COLUMNS: Mapping[str, str] = {
    "seq": "int64",
    "open_minute": "int64",
    "model": "int32",
    "direction": "int8",
    "origin": "int8",
    "verdict": "int8",
    "p_short": "float64",
    "p_no_trade": "float64",
    "label": "int8",
    "candles": "int16",
    "loss": "float64",
    "r": "float64",
}


def _sides(called: np.ndarray, label: np.ndarray, p: np.ndarray) -> Iterator[np.ndarray]:
    asked = (called != NO_TRADE) & (label != NO_TRADE)
    sides = p[:, SHORT] + p[:, LONG]
    sure = np.where(called == LONG, p[:, LONG], p[:, SHORT]) / np.where(sides > 0, sides, 1)
    yield asked
    yield asked & (called == label)
    yield np.where(asked, sure, 0)
    yield asked & (label == LONG)


def _forecasts(
    called: np.ndarray, label: np.ndarray, p: np.ndarray
) -> Iterator[tuple[Question, np.ndarray, np.ndarray, np.ndarray]]:
    """Of each question the forecasts, whether they came true, and of which signals it can be asked."""
    came, sides = label != NO_TRADE, p[:, SHORT] + p[:, LONG]
    up = p[:, LONG] / np.where(sides > 0, sides, 1)
    everything = np.ones(len(label), dtype=bool)
    yield Question.WHOLE, p.max(axis=1), called == label, everything
    yield Question.TIMING, 1 - p[:, NO_TRADE], came, everything
    yield Question.SIDE, np.maximum(up, 1 - up), np.where(up >= 0.5, label == LONG, label == SHORT), came


def _usual(model: ModelEntry) -> tuple[float, float, float]:
    return model.climatology_short, model.climatology_no_trade, model.climatology_long


def _promised(model: ModelEntry) -> tuple[float | None, None, float | None]:
    """In how many minutes the target of each direction is usually reached; NO_TRADE has none."""
    return model.minutes_to_target_short, None, model.minutes_to_target_long
