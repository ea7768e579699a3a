"""Experiments: one training of what all coins of a timeframe share, on one fold, with one thing changed or none.

Training is the experiment on the last fold with nothing changed, plus publication; evaluation makes the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

import numpy as np
import pandas as pd
import torch
from sklearn.preprocessing import StandardScaler

from core.domain import Timeframe
from core.errors import CandorError
from core.learning.clock import Clock, fit_clock
from core.learning.datasets import LEARNED_FROM, Fold, with_shuffled_labels
from core.learning.network import logits_of, train_until, train_with_early_stopping
from core.learning.recipes import Recipe
from core.learning.sources import Sources
from core.learning.trees import grow, grow_with_early_stopping, logits_of_trees, questions, trees_of
from core.learning.validation import Validation, fit_temperature
from core.learning.windows import TrainingData, Windows, can_be_learned_from, scaling_of
from core.model.features import FEATURES
from core.model.network import CnnLstm
from core.model.novelty import NoveltyLimit, fit_novelty_limit
from core.model.scaling import Scaling
from core.model.trees import BoostedTrees

Learner = Literal["network", "trees", "logistic", "usual"]
"""``usual`` is what core.learning.assessment.usual_recipe does; it learns nothing that could be kept."""

Model = TypeVar("Model", CnnLstm, BoostedTrees)

_LOGISTIC_STEPS = 50  # a logistic regression takes about as long as so many steps of a network
_USUAL_STEPS = 1500  # as long as the usual recipe's hundreds of small trainings


class NothingToLearnFrom(CandorError):
    """No coin has a labelled candle in the training or the validation period."""

    code = "too_little_history"


@dataclass(frozen=True, slots=True)
class Experiment:
    """A training and its conditions; ``hidden`` features are all zero.

    With ``follow``, (steps, temperature) of another experiment are used instead of early stopping of its own.
    """

    timeframe: Timeframe
    fold: Fold
    learner: Learner
    recipe: Recipe
    seed: int
    hidden: tuple[str, ...] = ()
    spot: bool = True
    shifted: bool = True
    shuffled: bool = False
    follow: tuple[int, float] | None = None

    @property
    def weight(self) -> int:
        """How long it takes at most, in steps of a network."""
        if self.learner == "logistic":
            return _LOGISTIC_STEPS
        if self.learner == "usual":
            return _USUAL_STEPS
        trees = self.recipe.trees
        length = self.recipe.network.steps if self.learner == "network" else trees.rounds + trees.side_rounds
        return length * (1 if self.follow else 2)

    def coins(self, sources: Sources) -> dict[str, pd.DataFrame]:
        """The dataset of each coin, as the experiment wants it."""
        coins = sources.coins(self.fold)
        return dict(zip(coins, self._changed(coins.values(), np.random.default_rng(self.seed)), strict=True))

    def training_data(self, sources: Sources) -> TrainingData:
        """What is learned from: with other labels, or without some of the features or sources."""
        data = sources.training_data(self.fold, self.spot, self.shifted)
        rng = np.random.default_rng(self.seed)
        coins, more, other = (self._changed(each, rng) for each in (data.coins.values(), data.more, data.other))
        return TrainingData(dict(zip(data.coins, coins, strict=True)), more, other)

    def _changed(self, datasets: Iterable[pd.DataFrame], rng: np.random.Generator) -> list[pd.DataFrame]:
        nothing = dict.fromkeys(self.hidden, np.float32(0))
        shuffled = [with_shuffled_labels(each, rng) if self.shuffled else each for each in datasets]
        return [each.assign(**nothing) for each in shuffled]


@dataclass(frozen=True, slots=True)
class Learned(Generic[Model]):
    """What came of an experiment: a model that learned from training and validation, and what its inputs need.

    ``length`` is how many steps or rounds early stopping left, ``validation`` what the early-stopped training, which
    had not seen them, predicts of the validation candles; None for an experiment that followed another. ``novelty`` is a
    network's limit of what is familiar, ``clock`` what it is measured against.
    """

    model: Model
    scaler: StandardScaler
    temperature: float
    length: int
    validation: Validation | None = None
    novelty: NoveltyLimit | None = None
    clock: Clock | None = None

    @property
    def scaling(self) -> Scaling:
        return scaling_of(self.scaler)

    def logits(self, windows: Windows) -> np.ndarray:
        """float64 (windows, 3)."""
        if isinstance(self.model, BoostedTrees):
            return logits_of_trees(self.model, windows)
        return logits_of(self.model, windows)


def learn(experiment: Experiment, data: TrainingData) -> Learned[Any]:
    """Carry out an experiment; NothingToLearnFrom where there are no labelled candles."""
    torch.set_num_threads(1)  # one worker, one core; and sums always in the same order
    if not can_be_learned_from(data.coins.values()):
        raise NothingToLearnFrom(
            f"No coin has labelled {experiment.timeframe} candles in the training and the validation period; "
            "more candles of earlier history are needed."
        )
    return _learn_network(experiment, data) if experiment.learner == "network" else _learn_trees(experiment, data)


def _learn_network(experiment: Experiment, data: TrainingData) -> Learned[CnnLstm]:
    recipe, seed = experiment.recipe.network, experiment.seed
    if experiment.follow is not None:
        steps, temperature = experiment.follow
        network = train_until(steps, data.network_windows(LEARNED_FROM), recipe, seed)
        return Learned(network, data.scaler, temperature, steps)
    early = train_with_early_stopping(
        data.network_windows(["train"]), data.network_checks(recipe.check_windows), recipe, seed
    )
    validation = _validation(experiment, data, logits_of(early.network, data.validation))
    network = train_until(early.steps, data.network_windows(LEARNED_FROM), recipe, seed)
    novelty = _novelty_limit(data.coins, data.scaling)
    clock = fit_clock(data.coins, experiment.timeframe)
    return Learned(network, data.scaler, validation.temperature, early.steps, validation, novelty, clock)


def _learn_trees(experiment: Experiment, data: TrainingData) -> Learned[BoostedTrees]:
    recipe, seed = experiment.recipe.trees, experiment.seed
    train, validation, both = data.windows(["train"]), data.validation, data.windows(LEARNED_FROM)
    early = {
        question: grow_with_early_stopping(question, train, validation, recipe, seed)
        for question in questions(recipe, train.labels)
    }
    checked = _validation(experiment, data, logits_of_trees(trees_of(early), validation))
    grown = {question: grow(question, both, recipe, each.rounds, seed) for question, each in early.items()}
    return Learned(trees_of(grown), data.scaler, checked.temperature, early["timing"].rounds, checked)


def _validation(experiment: Experiment, data: TrainingData, logits: np.ndarray) -> Validation:
    windows = data.validation
    counts = [int((dataset["split"] == "validation").sum()) for dataset in data.coins.values()]
    temperature = fit_temperature(logits, windows.labels, windows.blocks, experiment.recipe.temperature_bounds)
    return Validation(np.repeat(list(data.coins), counts), windows.labels, windows.blocks, logits, temperature)


def _novelty_limit(coins: Mapping[str, pd.DataFrame], scaling: Scaling) -> NoveltyLimit:
    """Fitted on the training rows of all coins, set on their validation rows."""
    train, validation = (
        np.concatenate(
            [
                scaling.standardise(dataset.loc[dataset["split"] == split, list(FEATURES)].to_numpy(dtype=np.float64))
                for dataset in coins.values()
            ]
        )
        for split in ("train", "validation")
    )
    return fit_novelty_limit(train, validation)
