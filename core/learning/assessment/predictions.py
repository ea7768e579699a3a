"""What experiments and published models predict on a test period, coin by coin, and of which coins that can be judged."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.linear_model import LogisticRegression

from core.domain import LABEL_TO_DIRECTION, Timeframe
from core.errors import CandorError
from core.learning.assessment.one_forest import OneForest, OneForestExperiment, learn_one_forest
from core.learning.assessment.usual_recipe import TREES, predict_usual
from core.learning.coin_model import own_network, predict_published
from core.learning.datasets import (
    LEARNED_FROM,
    Fold,
    TooLittleHistory,
    read_parquet,
    require_enough_history,
    write_parquet,
)
from core.learning.experiment import Experiment, Learned
from core.learning.kept import learn_once
from core.learning.network import logits_of
from core.learning.recipes import HeldOut, TreesRecipe
from core.learning.sources import Sources
from core.learning.trees import examples
from core.learning.windows import TrainingData, Windows, windows_of
from core.model.barriers import HORIZON_CANDLES
from core.model.metrics import ModelMetrics
from core.model.probabilities import calibrated
from core.model.registry import ModelRegistry
from core.model.scaling import Scaling
from core.model.scores import CLASSES
from core.wording.sentences import problem_sentence

OWN_LAYER = "test, own layer"
NEXT_PERIOD = "test of the next fold"

_ALL_BUT_IMPOSSIBLE = -30.0  # logit of a class that never happened in training


def predict_once(experiment: Experiment, sources: Sources, learned_file: Path, file: Path) -> None:
    """Write what an experiment predicts to ``file``, unless it can be read there already."""
    if recall_predictions(file) is None:
        write_parquet(predict(experiment, sources, learned_file), file)


def recall_predictions(file: Path) -> pd.DataFrame | None:
    """What ``predict`` returned; None where nothing is kept, or where it cannot be read and must be made anew."""
    try:
        found = read_parquet(file)
    except (CandorError, OSError):
        return None
    return found if found.attrs.keys() >= {"length", "temperature"} else None


def predict(experiment: Experiment, sources: Sources, learned_file: Path) -> pd.DataFrame:
    """Predictions of every coin with enough history: symbol, open_time, split, label, block, SHORT, NO_TRADE, LONG.

    Networks that were stopped early predict three times: as the network all coins share, in the split OWN_LAYER with
    each coin's own last layer, and in the split NEXT_PERIOD the shared network on the test period of the next fold, which
    tells how soon a model grows old. The frame's attrs hold "length" and "temperature".
    """
    torch.set_num_threads(1)
    recipe = experiment.recipe
    coins = judged(experiment.coins(sources), experiment.timeframe, recipe.held_out)
    if experiment.learner == "usual":
        return _by_the_usual_recipe(coins, experiment)
    learned = _learned(experiment, sources, learned_file)
    parts = []
    for symbol, dataset in coins.items():
        windows = windows_of([dataset], ["test"], learned.scaling)
        parts.append(prediction_rows(symbol, dataset, calibrated(learned.logits(windows), learned.temperature)))
        if isinstance(learned, Learned) and experiment.learner == "network" and experiment.follow is None:
            logits = logits_of(own_network(learned, dataset, recipe), windows)
            own = prediction_rows(symbol, dataset, calibrated(logits, learned.temperature))
            parts.append(own.assign(split=OWN_LAYER))
    if isinstance(learned, Learned) and experiment.learner == "network" and experiment.follow is None:
        parts += _next_period(experiment, sources, learned, coins)
    frame = pd.concat(parts, ignore_index=True)
    frame.attrs = {"length": learned.length, "temperature": learned.temperature}
    return frame


def _by_the_usual_recipe(coins: Mapping[str, pd.DataFrame], experiment: Experiment) -> pd.DataFrame:
    parts = [predict_usual(symbol, each, experiment.timeframe, experiment.fold) for symbol, each in coins.items()]
    frame = pd.concat(parts, ignore_index=True)
    frame.attrs = {"length": TREES, "temperature": 1.0}
    return frame


def _next_period(
    experiment: Experiment, sources: Sources, learned: Learned[Any], coins: Collection[str]
) -> Iterator[pd.DataFrame]:
    """What a network predicts of the period after its own, of those coins; nothing of the last fold's."""
    for fold in sources.folds(experiment.recipe):
        if fold.number == experiment.fold.number + 1:
            for symbol, dataset in sources.coins(fold).items():
                if symbol in coins:
                    windows = windows_of([dataset], ["test"], learned.scaling)
                    predicted = calibrated(learned.logits(windows), learned.temperature)
                    yield prediction_rows(symbol, dataset, predicted).assign(split=NEXT_PERIOD)


def _learned(experiment: Experiment, sources: Sources, learned_file: Path) -> Learned[Any] | Logistic | OneForest:
    """Only what publication may need is kept in ``learned_file``."""
    if isinstance(experiment, OneForestExperiment):
        return learn_one_forest(experiment.training_data(sources), experiment.recipe, experiment.seed)
    if experiment.learner == "logistic":
        return learn_logistic(experiment.training_data(sources), experiment.recipe.trees, experiment.seed)
    return learn_once(experiment, sources, learned_file)


def judged(coins: Mapping[str, pd.DataFrame], timeframe: Timeframe, held_out: HeldOut) -> dict[str, pd.DataFrame]:
    """Those coins that have enough history for a model of their own; TooLittleHistory where none has."""
    enough = {}
    for symbol, dataset in coins.items():
        try:
            require_enough_history(dataset, timeframe, held_out)
            enough[symbol] = dataset
        except TooLittleHistory:
            continue
    if not enough:
        raise TooLittleHistory(f"no coin has enough {timeframe} history to be trained and judged.")
    return enough


def prediction_rows(symbol: str, dataset: pd.DataFrame, predicted: np.ndarray) -> pd.DataFrame:
    """One row per labelled candle of the test period, in the columns ``predict`` returns."""
    rows = dataset.loc[dataset["split"] == "test", ["open_time", "label", "block"]]
    columns: dict[str, Any] = {name: predicted[:, n].astype(np.float32) for n, name in LABEL_TO_DIRECTION.items()}
    return rows.assign(symbol=symbol, split="test", **columns)


# ---------------------------------------------------------------- of a logistic regression


@dataclass(frozen=True, slots=True)
class Logistic:
    """A multinomial logistic regression, in the form of core.learning.experiment.Learned."""

    model: LogisticRegression
    scaling: Scaling
    temperature: float = 1.0

    @property
    def length(self) -> int:
        """Iterations it took."""
        return int(self.model.n_iter_[0])

    def logits(self, windows: Windows) -> np.ndarray:
        """float64 (windows, 3)."""
        logits = np.full((len(windows), CLASSES), _ALL_BUT_IMPOSSIBLE)
        if len(windows):
            logits[:, self.model.classes_] = self.model.predict_log_proba(windows.newest())
        return logits


def learn_logistic(data: TrainingData, recipe: TreesRecipe, seed: int) -> Logistic:
    """On the same examples as the trees."""
    return Logistic(fit_logistic(data.windows(LEARNED_FROM), recipe, seed), data.scaling)


def fit_logistic(windows: Windows, recipe: TreesRecipe, seed: int) -> LogisticRegression:
    return LogisticRegression(max_iter=500).fit(*examples(windows, recipe, seed, mirror=True))


# ---------------------------------------------------------------- of published models


@dataclass(frozen=True, slots=True)
class Published:
    """Test predictions of the published models in the columns of ``predict``, and their records.

    ``left_out`` says which coins could not be judged fairly, and why.
    """

    predictions: pd.DataFrame
    metrics: Mapping[str, ModelMetrics]
    left_out: Mapping[str, str]


def predict_with_published(
    models: Path, datasets: Mapping[str, pd.DataFrame], timeframe: Timeframe, fold: Fold, anew: pd.DataFrame
) -> Published:
    """What each coin's published model says about the test period of its dataset.

    A model that was trained on after its test would be judged on what it knows: ``anew`` speaks in its place, what the
    recipe's models predict that have learned until the test.
    """
    torch.set_num_threads(1)
    registry = ModelRegistry(models)
    parts, metrics, left_out = [], {}, {}
    for symbol, dataset in datasets.items():
        status = registry.status(symbol, timeframe)
        if status.state != "available" or status.metrics is None:
            left_out[symbol] = str(problem_sentence(status.problem)) if status.problem else "no model"
            continue
        learned_until = status.metrics.tested_periods.validation.to + timeframe.duration * (HORIZON_CANDLES + 1)
        if learned_until.timestamp() * 1000 > fold.test:
            left_out[symbol] = (
                f"the published model has learned from candles until {learned_until:%Y-%m-%d %H:%M} UTC, "
                "which is after the test period begins; it would be judged on what it knows"
            )
            continue
        if status.metrics.tested_as is None:
            parts.append(prediction_rows(symbol, dataset, predict_published(registry.get(symbol, timeframe), dataset)))
        elif not (own := anew[anew["symbol"] == symbol]).empty:
            parts.append(own.assign(split="test"))
        else:
            left_out[symbol] = (
                "the published model was trained on after its test, and what was tested was not made anew"
            )
            continue
        metrics[symbol] = status.metrics
    return Published(pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(), metrics, left_out)
