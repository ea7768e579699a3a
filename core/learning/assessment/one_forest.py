"""One forest of three classes: what the trees were before timing and side were parted, to measure what parting them gains.

It grows on the same candles with the same treatment as the two forests of core.learning.trees, early stopping and temperature
included, but every other chart is mirrored for both questions at once. It is never published.
"""

from __future__ import annotations

from dataclasses import dataclass

import lightgbm
import numpy as np

from core.learning.datasets import LEARNED_FROM
from core.learning.experiment import Experiment
from core.learning.recipes import Recipe, TreesRecipe
from core.learning.trees import boosted, examples, raw_logits
from core.learning.validation import fit_temperature, longest_good, losses
from core.learning.windows import TrainingData, Windows
from core.model.scaling import Scaling
from core.model.scores import CLASSES


@dataclass(frozen=True, slots=True)
class OneForestExperiment(Experiment):
    """An experiment whose trees answer both questions as one, in as many rounds as the recipe has for timing."""

    @property
    def weight(self) -> int:
        return 2 * CLASSES * self.recipe.trees.rounds


@dataclass(frozen=True, slots=True)
class OneForest:
    """A booster of three classes, in the form of core.learning.experiment.Learned; ``length`` counts its rounds."""

    booster: lightgbm.Booster
    length: int
    scaling: Scaling
    temperature: float

    def logits(self, windows: Windows) -> np.ndarray:
        """float64 (windows, 3)."""
        return raw_logits(self.booster, windows, 0, self.length)


def learn_one_forest(data: TrainingData, recipe: Recipe, seed: int) -> OneForest:
    """As many rounds as validation leaves standing, grown once more on training and validation together."""
    validation, trees = data.validation, recipe.trees
    early = _boost(data.windows(["train"]), trees, trees.rounds, seed)
    rounds = _longest_good(early, validation, trees)
    temperature = fit_temperature(
        raw_logits(early, validation, 0, rounds), validation.labels, validation.blocks, recipe.temperature_bounds
    )
    return OneForest(_boost(data.windows(LEARNED_FROM), trees, rounds, seed), rounds, data.scaling, temperature)


def _longest_good(booster: lightgbm.Booster, validation: Windows, recipe: TreesRecipe) -> int:
    checks, logits = {}, np.zeros((len(validation), CLASSES))
    for start in range(0, recipe.rounds, recipe.check_every):
        end = min(start + recipe.check_every, recipe.rounds)
        logits += raw_logits(booster, validation, start, end - start)
        checks[end] = losses(logits, validation.labels)
    return longest_good(checks, validation.blocks)


def _boost(windows: Windows, recipe: TreesRecipe, rounds: int, seed: int) -> lightgbm.Booster:
    features, labels = examples(windows, recipe, seed, mirror=True)
    objective = {"objective": "multiclass", "num_class": CLASSES}
    return boosted(objective, features, labels, recipe, rounds, seed, len(labels))
