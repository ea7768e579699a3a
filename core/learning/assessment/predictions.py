"""What experiments predict on the test period of their fold, coin by coin, and of which coins that can be judged."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from core.domain import LABEL_TO_DIRECTION, Timeframe
from core.learning.assessment.baselines import Logistic, learn_logistic
from core.learning.coin_model import own_network
from core.learning.datasets import TooLittleHistory, require_enough_history, write_parquet
from core.learning.experiment import Experiment, Learned
from core.learning.kept import learn_once
from core.learning.network import logits_of
from core.learning.recipes import HeldOut
from core.learning.sources import Sources
from core.learning.windows import windows_of
from core.model.probabilities import calibrated

OWN_LAYER = "test, own layer"


def predict_once(experiment: Experiment, sources: Sources, learned_file: Path, file: Path) -> None:
    """Write what an experiment predicts to ``file``, unless it is there already."""
    if not file.is_file():
        write_parquet(predict(experiment, sources, learned_file), file)


def predict(experiment: Experiment, sources: Sources, learned_file: Path) -> pd.DataFrame:
    """Predictions of every coin with enough history: symbol, open_time, split, label, block, SHORT, NO_TRADE, LONG.

    Networks that were stopped early predict twice: as the network all coins share, and, in the split OWN_LAYER, with
    each coin's own last layer. The frame's attrs hold "length" and "temperature".
    """
    torch.set_num_threads(1)
    recipe = experiment.recipe
    coins = judged(experiment.coins(sources), experiment.timeframe, recipe.held_out)
    learned = _learned(experiment, sources, learned_file)
    parts = []
    for symbol, dataset in coins.items():
        windows = windows_of([dataset], ["test"], learned.scaling)
        parts.append(prediction_rows(symbol, dataset, calibrated(learned.logits(windows), learned.temperature)))
        if isinstance(learned, Learned) and experiment.learner == "network" and experiment.follow is None:
            logits = logits_of(own_network(learned, dataset, recipe.prior_strength), windows)
            own = prediction_rows(symbol, dataset, calibrated(logits, learned.temperature))
            parts.append(own.assign(split=OWN_LAYER))
    frame = pd.concat(parts, ignore_index=True)
    frame.attrs = {"length": learned.length, "temperature": learned.temperature}
    return frame


def _learned(experiment: Experiment, sources: Sources, learned_file: Path) -> Learned[Any] | Logistic:
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
