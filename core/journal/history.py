"""The signals of a ledger as arrays, with what became of each, and their sums in cells: what every record is made of.

It holds what was read up to entry ``seq`` and is extended by what is entered later. Nothing here knows of a database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from core.domain import Direction, Series
from core.findings import Verdict
from core.journal.cells import Cells, added_up, names_of, part_of, without
from core.journal.columns import Columns
from core.journal.entries import ModelEntry
from core.journal.measures import NO_TRADE, TIE, BinMeasure, Measure, Resolved, forecasts, labels_of, measured
from core.journal.slices import Question
from core.journal.speakers import TIMEFRAMES, Speakers
from core.journal.vocabulary import Origin
from core.model.promises import bin_of
from core.model.scores import DAY_MS, bands_of, question_losses

DIRECTIONS, ORIGINS, QUESTIONS = tuple(Direction), tuple(Origin), tuple(Question)
VERDICTS = (*(verdict.value for verdict in Verdict), "other")
"""What a signal's verdict can be; ``other`` is what later programs have no name for."""

OPEN = -1
"""What happened to a signal that is not resolved."""

MINUTE_MS = 60_000
MINUTES_A_DAY = DAY_MS // MINUTE_MS


class Grain(Enum):
    """What sums of a kind do not tell apart."""

    FINE = ()
    """Of these there are so many that they are counted only once somebody asks for them."""
    MODELS = ("direction", "verdict", "band")
    CALLS = ("model",)


_BINS: Mapping[Grain, Collection[Question]] = {
    Grain.FINE: QUESTIONS,
    Grain.MODELS: (Question.TIMING,),
    Grain.CALLS: QUESTIONS,
}
"""The questions whose forecasts are counted; nobody asks a single model's for the others."""

COUNTED_TOGETHER = 50_000
"""So many signals are counted at once, which bounds the memory that it takes."""


class Sums:
    """What the signals of one origin add up to: ``cells`` of every Measure, ``bins`` of every BinMeasure."""

    def __init__(self) -> None:
        self.cells = Cells(len(Measure))
        self.bins = Cells(len(BinMeasure))


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """New signals as arrays of one length, in the order of ``seq``.

    ``model_seq`` is the entry of their model, 0 where it has none; ``direction``, ``origin`` and ``verdict`` are places
    in DIRECTIONS, ORIGINS and VERDICTS, ``late`` is 1 where one came late (core.journal.lateness), else 0.
    """

    seq: np.ndarray
    open_minute: np.ndarray
    model_seq: np.ndarray
    direction: np.ndarray
    origin: np.ndarray
    verdict: np.ndarray
    late: np.ndarray
    p_short: np.ndarray
    p_no_trade: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What became of signals, as arrays of one length, no signal twice: ``happened`` and, NaN where no side was called, ``r``.

    ``happened`` is one of core.journal.measures, ``candles`` how many it took until the touch.
    """

    signal_seq: np.ndarray
    happened: np.ndarray
    candles: np.ndarray
    r: np.ndarray


class History:
    """All signals up to entry ``seq`` whose model is described, and the cells that they add up to. Not thread-safe.

    Late ones are in no cell. ``unjudged`` counts the signals whose model is not described, by origin; ``newest_ms`` is when
    the newest candle of a signal opened, Unix milliseconds.
    """

    def __init__(self) -> None:
        self.seq = 0
        self._speakers = Speakers()
        self.unjudged = dict.fromkeys(Origin, 0)
        self.newest_ms = dict.fromkeys(Origin, 0)
        self.signals = Columns(_COLUMNS)
        self._sums = {grain: {origin: Sums() for origin in Origin} for grain in (Grain.MODELS, Grain.CALLS)}

    def sums(self, origin: Origin, grain: Grain) -> Sums:
        """What the signals of an origin add up to."""
        if grain not in self._sums:
            self._sums[grain] = {each: Sums() for each in Origin}
            self._count_all(grain)
        return self._sums[grain][origin]

    @property
    def models(self) -> Sequence[ModelEntry]:
        return self._speakers.models

    def series(self) -> list[Series]:
        """That of each model."""
        return [model.series for model in self.models]

    def describe(self, models: Mapping[int, ModelEntry]) -> None:
        """Learn of models, by the number of their entry; before their signals are added."""
        if models:
            self._speakers = self._speakers.and_of(models)

    def add(self, signals: Signals, outcomes: Sequence[Outcomes], seq: int) -> None:
        """Add what was entered after ``self.seq`` up to ``seq``; outcomes in the order in which they stand."""
        self._add_signals(signals)
        for some in outcomes:
            self._resolve(some)
        self.seq = seq

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        """As issued, (rows, 3); each class lies together in memory, which makes sums over the classes fast."""
        short, quiet = self.signals["p_short"][rows], self.signals["p_no_trade"][rows]
        return np.stack([short, quiet, 1 - short - quiet]).T

    def _add_signals(self, new: Signals) -> None:
        known = np.isin(new.model_seq, self._speakers.seq)
        for place, origin in enumerate(ORIGINS):
            of_origin = new.origin == place
            self.unjudged[origin] += int((of_origin & ~known).sum())
            newest = new.open_minute[of_origin].max(initial=0) * MINUTE_MS
            self.newest_ms[origin] = max(self.newest_ms[origin], int(newest))
        n, before = int(known.sum()), len(self.signals)
        columns = {name: getattr(new, name)[known] for name in Signals.__slots__ if name != "model_seq"}
        model = np.searchsorted(self._speakers.seq, new.model_seq[known])
        nothing = {
            "happened": np.full(n, OPEN),
            "candles": np.zeros(n),
            "loss": np.full(n, np.nan),
            "r": np.full(n, np.nan),
        }
        self.signals.add({**columns, "model": model, **nothing})
        self._count_signals(np.arange(before, before + n), self._sums)

    def _resolve(self, new: Outcomes) -> None:
        seqs = self.signals["seq"]
        rows = np.searchsorted(seqs, new.signal_seq)
        known = rows < len(seqs)
        known[known] = seqs[rows[known]] == new.signal_seq[known]
        rows = rows[known]
        happened, p, before = new.happened[known], self.probabilities(rows), self.signals["happened"][rows]
        losses, corrected = question_losses(p, labels_of(happened)), before != OPEN
        old_losses = question_losses(p[corrected], labels_of(before[corrected]))
        self._count(rows[corrected], p[corrected], old_losses, -1.0, self._sums)
        columns = {"happened": happened, "candles": new.candles[known], "r": new.r[known], "loss": losses[:, 0]}
        for name, values in columns.items():
            self.signals[name][rows] = values
        self._count(rows, p, losses, 1.0, self._sums)

    # ------------------------------------------------------------ what is added up

    def _in_time(self, rows: np.ndarray) -> np.ndarray:
        return self.signals["late"][rows] == 0

    def _count_signals(self, rows: np.ndarray, grains: Collection[Grain]) -> None:
        rows = rows[self._in_time(rows)]
        names = names_of(self._speaker(rows) | self._call(rows))
        self._add_up(names, [np.ones(len(rows))], Measure.SIGNALS, 1.0, grains)

    def _count(
        self, rows: np.ndarray, p: np.ndarray, losses: np.ndarray, times: float, grains: Collection[Grain]
    ) -> None:
        """Add what became of signals to their sums, or take it away again."""
        in_time = self._in_time(rows)
        rows, p, losses = rows[in_time], p[in_time], losses[in_time]
        if len(rows):
            call, speaker = self._call(rows), names_of(self._speaker(rows))
            resolved = self._resolved(rows, call, p, losses)
            self._add_up(speaker | names_of(call), list(measured(resolved)), Measure.RESOLVED, times, grains)
            self._add_forecasts(speaker, resolved, times, grains)

    def _count_all(self, grain: Grain) -> None:
        """Count all signals in a grain that nobody has asked for before."""
        for begin in range(0, len(self.signals), COUNTED_TOGETHER):
            rows = np.arange(begin, min(begin + COUNTED_TOGETHER, len(self.signals)))
            self._count_signals(rows, [grain])
            rows = rows[self.signals["happened"][rows] != OPEN]
            p = self.probabilities(rows)
            self._count(rows, p, question_losses(p, labels_of(self.signals["happened"][rows])), 1.0, [grain])

    def _resolved(
        self, rows: np.ndarray, call: Mapping[str, np.ndarray], p: np.ndarray, losses: np.ndarray
    ) -> Resolved:
        columns = {name: self.signals[name][rows] for name in ("happened", "model", "candles", "r")}
        model, label = columns["model"], labels_of(columns["happened"]).astype(np.int64)
        return Resolved(
            called=call["direction"],
            band=call["band"],
            usual_move=1 - self._speakers.usual[model, NO_TRADE],
            label=label,
            tie=columns["happened"] == TIE,
            p=p,
            losses=losses,
            usual_losses=self._speakers.usual_losses[model, label],
            minutes=columns["candles"] * _MINUTES[self._speakers.timeframe[model]],
            promised=self._speakers.promised[model, call["direction"]],
            r=columns["r"],
            tested=self._speakers.tested[model],
        )

    def _add_up(
        self,
        names: np.ndarray,
        values: Collection[np.ndarray],
        first: Measure,
        times: float,
        grains: Collection[Grain],
    ) -> None:
        """Add these measures of signals, from ``first`` on, to the cells of these names.

        What is added up in the finest cells is soon added up in coarser ones: signals are gone through once.
        """
        fine, fine_sums = added_up(names, values)
        for grain in grains:
            for origin, found, sums in _by_origin(without(fine, grain.value), fine_sums):
                self._sums[grain][origin].cells.add(found, times * sums, first)

    def _add_forecasts(self, speaker: np.ndarray, resolved: Resolved, times: float, grains: Collection[Grain]) -> None:
        for place, question in enumerate(QUESTIONS):
            forecast, true, asked = forecasts(resolved, question)
            names = (speaker | names_of({"question": np.asarray(place), "bin": bin_of(forecast)}))[asked]
            values: Collection[np.ndarray] = [np.ones(len(names)), forecast[asked], true[asked]]
            counted = [grain for grain in grains if question in _BINS[grain]]
            if len(counted) > 1:
                names, values = added_up(names, values)
            for grain in counted:
                for origin, found, sums in _by_origin(without(names, grain.value), values):
                    self._sums[grain][origin].bins.add(found, times * sums)

    def _call(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Of each signal the parts of a cell's name that say what it said."""
        return {**{name: self.signals[name][rows] for name in ("direction", "verdict")}, "band": self._band(rows)}

    def _band(self, rows: np.ndarray) -> np.ndarray:
        usual_quiet = self._speakers.usual[self.signals["model"][rows], NO_TRADE]
        return bands_of(1 - self.signals["p_no_trade"][rows], 1 - usual_quiet)

    def _speaker(self, rows: np.ndarray) -> dict[str, np.ndarray]:
        """Of each signal the parts of a cell's name that say who gave it, and on which day."""
        day = self.signals["open_minute"][rows] // MINUTES_A_DAY
        model = self.signals["model"][rows]
        return {
            "origin": self.signals["origin"][rows],
            "day": day,
            "timeframe": self._speakers.timeframe[model],
            "model": model,
        }


def _by_origin(names: np.ndarray, values: Collection[np.ndarray]) -> Iterator[tuple[Origin, np.ndarray, np.ndarray]]:
    """Each name of an origin once, ascending, and the sums of its ``values``, (measures, names)."""
    found, sums = added_up(names, values)
    ends = np.searchsorted(part_of(found, "origin"), range(len(ORIGINS) + 1))
    for origin, begin, end in zip(ORIGINS, ends, ends[1:], strict=False):
        yield origin, found[begin:end], sums[:, begin:end]


_MINUTES = np.array([timeframe.minutes for timeframe in TIMEFRAMES])
_COLUMNS: Mapping[str, str] = {
    "seq": "int64",
    "open_minute": "int64",
    "model": "int32",
    "direction": "int8",
    "origin": "int8",
    "verdict": "int8",
    "late": "int8",
    "p_short": "float64",
    "p_no_trade": "float64",
    "happened": "int8",
    "candles": "int16",
    "loss": "float64",
    "r": "float64",
}
