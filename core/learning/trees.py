"""Gradient-boosted trees that all coins of a timeframe share; they see only the newest candle's features.

They learn from the same candles as the network (at 1d the network learns from 4h candles besides) with the same
treatment: standardised, clipped, half of the charts mirrored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import lightgbm
import numpy as np

from core.domain import Timeframe
from core.learning.evaluation import CLASSES
from core.learning.network import longest_good, losses
from core.learning.windows import DIRECTIONAL, Windows

_ENOUGH_ROWS = 500_000
"""Neighbouring candles share most of their future: of three million, every sixth taught trees as much as all did."""


@dataclass(frozen=True, slots=True)
class Boosting:
    """How one timeframe's trees are grown; chosen on periods before the test period.

    ``rounds`` is how many there are if validation does not clearly prefer fewer; each is one tree per class.
    """

    rounds: int
    learning_rate: float = 0.05
    leaves: int = 8
    depth: int = 4
    rows_per_leaf: int = 500  # at least; a fiftieth of all rows where these are few
    feature_share: float = 0.7  # of features that each tree may use
    penalty: float = 5.0  # L2, on the leaves
    mirror: bool = True
    check_every: int = 5  # rounds between two looks at the validation loss


BOOSTINGS = {
    Timeframe.M15: Boosting(
        rounds=100, learning_rate=0.1, leaves=31, depth=6, rows_per_leaf=200, feature_share=1, penalty=0
    ),
    Timeframe.H1: Boosting(
        rounds=50, learning_rate=0.1, leaves=31, depth=6, rows_per_leaf=200, feature_share=1, penalty=0
    ),
    # Few independent candles: smaller trees that learn more slowly, and at 1d very few of them.
    Timeframe.H4: Boosting(rounds=100),
    Timeframe.D1: Boosting(rounds=25, rows_per_leaf=3000),
}


@dataclass(frozen=True, slots=True)
class Growth:
    """Trees as they were grown: LightGBM's, of which the first ``rounds`` count."""

    booster: lightgbm.Booster
    rounds: int

    def logits(self, windows: Windows) -> np.ndarray:
        """float64 (windows, 3)."""
        return _logits(self.booster, windows, 0, self.rounds)


def rehearse_boosting(
    train: Windows, look: Windows, boosting: Boosting, seed: int, after_rounds: Callable[[int], None] = lambda n: None
) -> Growth:
    """Grow trees on ``train``, as many as ``look`` leaves standing: see core.learning.network.longest_good.

    ``after_rounds`` hears how many rounds were done since it was last told.
    """
    booster = _boost(train, boosting, boosting.rounds, seed, after_rounds)
    looks, logits = {}, np.zeros((len(look), CLASSES))
    for start in range(0, boosting.rounds, boosting.check_every):
        end = min(start + boosting.check_every, boosting.rounds)
        logits += _logits(booster, look, start, end - start)
        looks[end] = losses(logits, look.labels)
    return Growth(booster, longest_good(looks, look.blocks))


def finish_boosting(
    windows: Windows, boosting: Boosting, rounds: int, seed: int, after_rounds: Callable[[int], None] = lambda n: None
) -> Growth:
    """Trees on all of ``windows``, as many rounds as a rehearsal found to be good."""
    return Growth(_boost(windows, boosting, rounds, seed, after_rounds), rounds)


def _boost(
    windows: Windows, boosting: Boosting, rounds: int, seed: int, after_rounds: Callable[[int], None]
) -> lightgbm.Booster:
    def report(_: lightgbm.callback.CallbackEnv) -> None:
        after_rounds(1)

    features, labels = examples(windows, seed, boosting.mirror)

    return lightgbm.train(
        {
            "objective": "multiclass",
            "num_class": CLASSES,
            "learning_rate": boosting.learning_rate,
            "num_leaves": boosting.leaves,
            "max_depth": boosting.depth,
            "min_data_in_leaf": min(boosting.rows_per_leaf, len(labels) // 50),
            "feature_fraction": boosting.feature_share,
            "lambda_l2": boosting.penalty,
            "bagging_fraction": 0.5,
            "bagging_freq": 1,
            "num_threads": 1,
            "deterministic": True,
            "force_col_wise": True,
            "verbosity": -1,
            "seed": seed,
        },
        lightgbm.Dataset(features, labels),
        num_boost_round=rounds,
        callbacks=[report],
    )


def _logits(booster: lightgbm.Booster, windows: Windows, first: int, rounds: int) -> np.ndarray:
    """What ``rounds`` rounds from the ``first`` on add to the logits, float64 (windows, 3)."""
    if not len(windows):
        return np.empty((0, CLASSES))
    features = newest_features(windows)
    raw = booster.predict(features, raw_score=True, start_iteration=first, num_iteration=rounds, num_threads=1)
    return np.asarray(raw, dtype=np.float64)


def newest_features(windows: Windows) -> np.ndarray:
    """float32 (windows, 15): the last row of each window."""
    return windows.rows[windows.ends]


def examples(windows: Windows, seed: int, mirror: bool) -> tuple[np.ndarray, np.ndarray]:
    """Newest features and labels of enough evenly spread candles.

    With ``mirror`` every other chart, by lot, is turned upside down as in the network's training.
    """
    stride = max(1, len(windows) // _ENOUGH_ROWS)
    features, labels = windows.rows[windows.ends[::stride]], windows.labels[::stride]
    if not mirror:
        return features, labels
    turned = np.random.default_rng(seed).random(len(labels)) < 0.5
    features[np.ix_(turned, DIRECTIONAL)] *= -1
    return features, np.where(turned, CLASSES - 1 - labels, labels)
