"""Which experiments it takes to measure one timeframe: baselines and the recipe on every fold, ablations on the last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from core.domain import Timeframe
from core.learning.assessment import predictions
from core.learning.assessment.one_forest import OneForestExperiment
from core.learning.datasets import Fold
from core.learning.experiment import Experiment, Learner
from core.learning.kept import Kept, recall
from core.learning.recipes import Recipe
from core.learning.sources import Sources
from core.learning.validation import Validation

LOGISTIC, BOOSTED, SHARED = "logistic regression", "LightGBM", "CNN-LSTM, shared by all coins"
SHUFFLED = "LightGBM on shuffled labels"
ONE_PART = "LightGBM of three classes (one part)"
MIRRORED_TREES, UNMIRRORED_TREES = "LightGBM, timing mirrored too", "LightGBM without mirroring"
USUAL = "the usual recipe"
"""Each coin alone: see core.learning.assessment.usual_recipe."""
TIME_FEATURES = ("season1", "wk_ahead", "tod_sin", "tod_cos")
SEEDS = 3

_LEARNERS: Mapping[str, Learner] = {SHARED: "network", BOOSTED: "trees", LOGISTIC: "logistic"}


@dataclass(frozen=True)
class Plan:
    """The experiments of one timeframe, and where they are kept."""

    sources: Sources
    recipe: Recipe
    seed: int
    store: Kept

    @property
    def timeframe(self) -> Timeframe:
        return self.sources.timeframe

    @cached_property
    def folds(self) -> tuple[Fold, ...]:
        """The last is that of the published models."""
        return self.sources.folds(self.recipe)

    def trainings(self) -> dict[tuple[str, int], Experiment]:
        """Everything that needs no other experiment, by name and number of its fold."""
        found = {
            (name, fold.number): Experiment(self.timeframe, fold, learner, self.recipe, self.seed)
            for fold in self.folds
            for name, learner in _LEARNERS.items()
        }
        last = self.folds[-1].number
        trees = found[BOOSTED, last]
        found[ONE_PART, last] = OneForestExperiment(self.timeframe, self.folds[-1], "trees", self.recipe, self.seed)
        found[SHUFFLED, last] = replace(trees, shuffled=True)
        found[MIRRORED_TREES, last] = replace(trees, recipe=self._with_trees(mirror_timing=True))
        if self.recipe.trees.side_rounds:
            found[UNMIRRORED_TREES, last] = replace(trees, recipe=self._with_trees(mirror_side=False))
        found[USUAL, last] = replace(trees, learner="usual")
        return found

    def _with_trees(self, **changes: bool) -> Recipe:
        return replace(self.recipe, trees=replace(self.recipe.trees, **changes))

    def ablations(self) -> dict[tuple[str, int], Experiment]:
        """Networks with one thing changed; each takes steps and temperature from the network it is compared with.

        Empty as long as that network is not there.
        """
        last = self.folds[-1].number
        network = self.trainings()[SHARED, last]
        predicted = self.predictions(network)
        if predicted is None:
            return {}
        network = replace(network, follow=(predicted.attrs["length"], predicted.attrs["temperature"]))
        found = {f"seed {seed}": replace(network, seed=seed) for seed in range(self.seed + 1, self.seed + SEEDS)}
        besides = (*self.sources.more, *self.sources.other)
        if any(file.spot for file in besides):
            found["without spot history"] = replace(network, spot=False)
        if any(file.shifts != (0,) for file in besides):
            found["without candles that open at other times"] = replace(network, shifted=False)
        found[f"without time features ({', '.join(TIME_FEATURES)})"] = replace(network, hidden=TIME_FEATURES)
        apart = self.recipe.network.mirrored_timing == 0
        other = "timing from mirrored charts, too" if apart else "timing from charts as they are alone"
        for name, changes in ((other, {"mirrored_timing": float(apart)}), ("without mirroring", {"mirror": False})):
            recipe = replace(self.recipe, network=replace(self.recipe.network, **changes))
            found[name] = replace(network, recipe=recipe)
        return {(name, last): experiment for name, experiment in found.items()}

    # ------------------------------------------------------------ what is kept of them

    @cached_property
    def _sources_fingerprint(self) -> str:
        return self.sources.fingerprint()

    def learned_file(self, experiment: Experiment) -> Path:
        return self.store.file(experiment, self._sources_fingerprint)

    def predictions_file(self, experiment: Experiment) -> Path:
        return self.store.file(experiment, self._sources_fingerprint, predictions.__name__, "parquet")

    def is_kept(self, experiment: Experiment) -> bool:
        """Whether nothing needs to be trained for it."""
        return self.predictions_file(experiment).is_file() or self.learned_file(experiment).is_file()

    def predictions(self, experiment: Experiment) -> pd.DataFrame | None:
        """What an experiment predicted; None where it failed."""
        return predictions.recall_predictions(self.predictions_file(experiment))

    def knows_sides(self, trees: Experiment) -> bool:
        """Whether the trees of an experiment answer which side."""
        learned = recall(self.learned_file(trees))
        return learned is not None and learned.model.side is not None

    def validation(self, experiment: Experiment) -> Validation | None:
        """What its early-stopped training predicts of the validation period; None where it failed."""
        learned = recall(self.learned_file(experiment))
        return None if learned is None else learned.validation
