"""Experiments: one training with one thing said about it, and its predictions of candles it has not learned from.

An experiment sees the candles that are closed when its fold ends, of all coins together. What it predicts is kept
under a fingerprint of everything that decides it, so that an interrupted evaluation goes on where it stopped and
never shows the figures of other candles or other code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import torch

from core.domain import LABEL_TO_DIRECTION, Timeframe
from core.learning.assessment.baselines import fit_logistic, logistic_logits
from core.learning.assessment.leakage import shuffle_labels
from core.learning.datasets import (
    LEARNED_FROM,
    TooLittleHistory,
    require_enough_history,
    write_parquet,
)
from core.learning.fingerprint import code_digest
from core.learning.folds import Fold
from core.learning.kept import finish_shared, rehearse_shared
from core.learning.network import Recipe, fit_last_layer, fit_temperature, logits_of, probabilities
from core.learning.shared_trees import finish_trees, rehearse_trees
from core.learning.sources import CandleFile, Lessons
from core.learning.trees import Boosting
from core.learning.windows import Windows, windows_of

Learner = Literal["cnn-lstm", "lightgbm", "logistic"]
AfterSteps = Callable[[int], None]
Logits = Callable[[Windows], np.ndarray]

OWN_LAYER = "test, own layer"
TIME_FEATURES = ("season1", "wk_ahead", "tod_sin", "tod_cos")
PREDICTION_COLUMNS = list(LABEL_TO_DIRECTION.values())

_LOGISTIC_STEPS = 50  # a logistic regression takes about as long as so many steps of a network


@dataclass(frozen=True, slots=True)
class Material:
    """The candle files of one timeframe; ``more`` and ``other`` as in core.learning.sources.Pool."""

    timeframe: Timeframe
    candles: tuple[CandleFile, ...]
    more: tuple[CandleFile, ...] = ()
    other: tuple[CandleFile, ...] = ()

    def digest(self) -> str:
        """Changes with any candle and with any code or library that turns candles into predictions."""
        digest = hashlib.sha256(code_digest().encode())
        for file in (*self.candles, *self.more, *self.other):
            digest.update(file.fingerprint())
        return digest.hexdigest()

    def coins(self, fold: Fold) -> dict[str, pd.DataFrame]:
        """The dataset of each coin that has candles by then, cut as ``fold`` says and ending where it ends."""
        return {f.symbol: dataset for f in self.candles for dataset in f.datasets(fold.cuts, fold.end)}

    def lessons(self, fold: Fold, coins: Sequence[pd.DataFrame], spot: bool, shifted: bool) -> Lessons:
        """What is learned from in ``fold``, with or without spot history and candles that open at other times."""
        more, other = (
            [
                dataset
                for file in files
                if (spot or not file.spot) and (shifted or 0 in file.shifts)
                for dataset in (file if shifted else replace(file, shifts=(0,))).datasets(fold.cuts, fold.end)
            ]
            for files in (self.more, self.other)
        )
        return Lessons(coins, more, other)


@dataclass(frozen=True, slots=True)
class Experiment:
    """A training and its conditions. ``hidden`` features are all zero; ``recipe`` is a network's, ``boosting`` that of trees.

    With ``follow``, (steps, temperature) of another experiment are used instead of a rehearsal of its own.
    """

    timeframe: Timeframe
    fold: Fold
    learner: Learner
    recipe: Recipe
    boosting: Boosting
    seed: int
    hidden: tuple[str, ...] = ()
    spot: bool = True
    shifted: bool = True
    shuffled: bool = False
    follow: tuple[int, float] | None = None

    @property
    def units(self) -> int:
        """How much work it is at most, in steps of a network."""
        if self.learner == "logistic":
            return _LOGISTIC_STEPS
        return (self.recipe.steps if self.learner == "cnn-lstm" else self.boosting.rounds) * (1 if self.follow else 2)

    def file(self, folder: Path, material_digest: str) -> Path:
        """Where its predictions are kept."""
        fingerprint = hashlib.sha256(f"{self!r} {material_digest}".encode()).hexdigest()[:16]
        return folder / f"{self.timeframe}-fold{self.fold.number}-{self.learner}-{fingerprint}.parquet"


def run(experiment: Experiment, material: Material, after_steps: AfterSteps) -> pd.DataFrame:
    """Predictions of every coin with enough history: symbol, open_time, split, label, block, SHORT, NO_TRADE, LONG.

    Rows of the test period come from a model that learned from training and validation, rows of the validation
    period from its rehearsal, which learned from training only; a learner without a rehearsal has none. Networks
    with a rehearsal have the test period twice: as the network all coins share, and, in the split OWN_LAYER, with
    each coin's own last layer. The frame's attrs hold "steps" and "temperature".
    """
    torch.set_num_threads(1)
    coins = material.coins(experiment.fold)
    lessons = material.lessons(experiment.fold, list(coins.values()), experiment.spot, experiment.shifted)
    lessons = _prepared(experiment, lessons)
    coins = dict(zip(coins, lessons.coins, strict=True))
    learned = _LEARNERS[experiment.learner](experiment, lessons, after_steps)
    parts = []
    for symbol, dataset in judged(coins, experiment.timeframe).items():
        for split, logits in (("validation", learned.rehearsed), ("test", learned.finished)):
            if logits is not None:
                predicted = probabilities(logits(windows_of([dataset], [split], learned.scaler)), learned.temperature)
                parts.append(prediction_rows(symbol, dataset, split, predicted))
        if learned.of_one_coin is not None:
            logits = learned.of_one_coin(windows_of([dataset], LEARNED_FROM, learned.scaler))
            predicted = probabilities(logits(windows_of([dataset], ["test"], learned.scaler)), learned.temperature)
            parts.append(prediction_rows(symbol, dataset, "test", predicted).assign(split=OWN_LAYER))
    frame = pd.concat(parts, ignore_index=True)
    frame.attrs = {"steps": learned.steps, "temperature": learned.temperature}
    return frame


def run_and_keep(experiment: Experiment, material: Material, file: Path, after_steps: AfterSteps) -> None:
    """Write what ``run`` says to ``file``, unless it is there already; reports all of its units in the end."""
    done = 0

    def count(steps: int) -> None:
        nonlocal done
        done += steps
        after_steps(steps)

    if not file.is_file():
        write_parquet(run(experiment, material, count), file)
    after_steps(experiment.units - done)


def judged(coins: dict[str, pd.DataFrame], timeframe: Timeframe) -> dict[str, pd.DataFrame]:
    """Those coins that have enough history for a model of their own."""
    enough = {}
    for symbol, dataset in coins.items():
        try:
            require_enough_history(dataset, timeframe)
            enough[symbol] = dataset
        except TooLittleHistory:
            continue
    if not enough:
        raise TooLittleHistory(f"no coin has enough {timeframe} history to be trained and judged.")
    return enough


def prediction_rows(symbol: str, dataset: pd.DataFrame, split: str, predicted: np.ndarray) -> pd.DataFrame:
    """One row per labelled candle of ``split``, in the columns ``run`` returns."""
    rows = dataset.loc[dataset["split"] == split, ["open_time", "label", "block"]]
    columns: dict[str, Any] = {name: predicted[:, n].astype(np.float32) for n, name in LABEL_TO_DIRECTION.items()}
    return rows.assign(symbol=symbol, split=split, **columns)


def _prepared(experiment: Experiment, lessons: Lessons) -> Lessons:
    """The lessons as ``experiment`` wants them: with other labels, or without some of the features."""
    rng = np.random.default_rng(experiment.seed)
    nothing = dict.fromkeys(experiment.hidden, np.float32(0))

    def prepared(datasets: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
        shuffled = [shuffle_labels(each, rng) if experiment.shuffled else each for each in datasets]
        return [each.assign(**nothing) for each in shuffled]

    return Lessons(prepared(lessons.coins), prepared(lessons.more), prepared(lessons.other))


# ---------------------------------------------------------------- learners


@dataclass(frozen=True, slots=True)
class _Learned:
    """Two stages of one learner as functions of windows to logits; ``rehearsed`` has not seen the validation period.

    ``of_one_coin`` makes a coin's own model out of the windows that coin is learned from.
    """

    rehearsed: Logits | None
    finished: Logits
    scaler: Any
    temperature: float
    steps: int
    of_one_coin: Callable[[Windows], Logits] | None = None


def _learn_network(experiment: Experiment, lessons: Lessons, after_steps: AfterSteps) -> _Learned:
    recipe, seed = experiment.recipe, experiment.seed
    if experiment.follow is not None:
        steps, temperature = experiment.follow
        finished = finish_shared(lessons, recipe, seed, steps, temperature, after_steps)
        return _Learned(None, partial(logits_of, finished.network), finished.scaler, temperature, steps)

    rehearsal = rehearse_shared(lessons, experiment.timeframe, recipe, seed, after_steps)
    finished = finish_shared(lessons, recipe, seed, rehearsal.steps, rehearsal.temperature, after_steps)

    def of_one_coin(windows: Windows) -> Logits:
        return partial(logits_of, fit_last_layer(finished.network, windows, recipe.pull))

    rehearsed_logits, finished_logits = (partial(logits_of, each.network) for each in (rehearsal, finished))
    return _Learned(
        rehearsed_logits, finished_logits, finished.scaler, finished.temperature, rehearsal.steps, of_one_coin
    )


def _learn_boosting(experiment: Experiment, lessons: Lessons, after_steps: AfterSteps) -> _Learned:
    rehearsal = rehearse_trees(lessons, experiment.boosting, experiment.seed, after_steps)
    finished = finish_trees(lessons, experiment.boosting, rehearsal.rounds, experiment.seed, after_steps)

    validation = lessons.validation
    temperature = fit_temperature(rehearsal.logits(validation), validation.labels, validation.blocks)
    return _Learned(rehearsal.logits, finished.logits, lessons.scaler, temperature, finished.rounds)


def _learn_logistic(experiment: Experiment, lessons: Lessons, after_steps: AfterSteps) -> _Learned:
    model = fit_logistic(lessons.windows(LEARNED_FROM), experiment.seed)
    return _Learned(None, partial(logistic_logits, model), lessons.scaler, 1.0, int(model.n_iter_[0]))


_LEARNERS: dict[Learner, Callable[[Experiment, Lessons, AfterSteps], _Learned]] = {
    "cnn-lstm": _learn_network,
    "lightgbm": _learn_boosting,
    "logistic": _learn_logistic,
}
