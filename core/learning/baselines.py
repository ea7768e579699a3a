"""What the network is measured against: models that see only the newest candle's features.

They learn from the same candles with the same treatment (standardised, clipped, half of the charts mirrored), so
that a difference is owed to the kind of model.
"""

from __future__ import annotations

from collections.abc import Callable

import lightgbm
import numpy as np
from sklearn.linear_model import LogisticRegression

from core.learning.evaluation import CLASSES
from core.learning.pool import DIRECTIONAL, Windows

BOOSTING_ROUNDS = 250
"""At most; a rehearsal finds how many of them are good."""

_PATIENCE = 20  # rounds without a better validation loss
_ENOUGH_ROWS = 500_000
"""Neighbouring candles share most of their future: of three million, every sixth taught trees as much as all did."""

_BOOSTING = {
    "objective": "multiclass",
    "num_class": CLASSES,
    "learning_rate": 0.1,
    "num_leaves": 31,
    "min_data_in_leaf": 200,
    "bagging_fraction": 0.5,
    "bagging_freq": 1,
    "num_threads": 1,
    "deterministic": True,
    "force_col_wise": True,
    "verbosity": -1,
}


def newest_features(windows: Windows) -> np.ndarray:
    """float32 (windows, 15): the last row of each window."""
    return windows.rows[windows.ends]


def rehearse_boosting(
    train: Windows, look: Windows, rounds: int, seed: int, mirror: bool, after_rounds: Callable[[int], None]
) -> tuple[lightgbm.Booster, int]:
    """Gradient-boosted trees that learned from ``train``, and how many rounds of them were best on ``look``."""
    watched = lightgbm.Dataset(newest_features(look), look.labels)
    return _boost(train, rounds, seed, mirror, after_rounds, watched)


def finish_boosting(
    windows: Windows, rounds: int, seed: int, mirror: bool, after_rounds: Callable[[int], None]
) -> lightgbm.Booster:
    """Trees on all of ``windows``, as many as a rehearsal found to be good."""
    return _boost(windows, rounds, seed, mirror, after_rounds, None)[0]


def _boost(
    windows: Windows,
    rounds: int,
    seed: int,
    mirror: bool,
    after_rounds: Callable[[int], None],
    watched: lightgbm.Dataset | None,
) -> tuple[lightgbm.Booster, int]:
    def report(_: lightgbm.callback.CallbackEnv) -> None:
        after_rounds(1)

    booster = lightgbm.train(
        _BOOSTING | {"seed": seed},
        lightgbm.Dataset(*_examples(windows, seed, mirror)),
        num_boost_round=rounds,
        valid_sets=[] if watched is None else [watched],
        callbacks=[report, *([] if watched is None else [lightgbm.early_stopping(_PATIENCE, verbose=False)])],
    )
    best = booster.best_iteration if booster.best_iteration > 0 else booster.current_iteration()
    return booster, best


def boosted_logits(booster: lightgbm.Booster, windows: Windows, rounds: int) -> np.ndarray:
    """float64 (windows, 3)."""
    if not len(windows):
        return np.empty((0, CLASSES))
    raw = booster.predict(newest_features(windows), raw_score=True, num_iteration=rounds, num_threads=1)
    return np.asarray(raw, dtype=np.float64)


def fit_logistic(windows: Windows, seed: int) -> LogisticRegression:
    """A multinomial logistic regression."""
    return LogisticRegression(max_iter=500).fit(*_examples(windows, seed, mirror=True))


def logistic_logits(model: LogisticRegression, windows: Windows) -> np.ndarray:
    """float64 (windows, 3); a class that never happened in training is all but impossible."""
    logits = np.full((len(windows), CLASSES), -30.0)
    if len(windows):
        logits[:, model.classes_] = model.predict_log_proba(newest_features(windows))
    return logits


def _examples(windows: Windows, seed: int, mirror: bool) -> tuple[np.ndarray, np.ndarray]:
    """Features and labels of enough evenly spread candles.

    With ``mirror`` every other chart, by lot, is turned upside down as in the network's training.
    """
    stride = max(1, len(windows) // _ENOUGH_ROWS)
    features, labels = windows.rows[windows.ends[::stride]], windows.labels[::stride]
    if not mirror:
        return features, labels
    turned = np.random.default_rng(seed).random(len(labels)) < 0.5
    features[np.ix_(turned, DIRECTIONAL)] *= -1
    return features, np.where(turned, CLASSES - 1 - labels, labels)
