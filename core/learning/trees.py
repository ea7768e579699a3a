"""Gradient-boosted trees that all coins of a timeframe share: grown by LightGBM, kept as the plain arrays of serving.

They see only the newest candle's features. They learn from the same candles as the network (at 1d the network learns
from 4h candles besides) with the same treatment: standardised and clipped. One forest is grown for each of the two
questions of core.model.pool, that of the side on the candles after which a barrier was touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import lightgbm
import numpy as np
from scipy.special import expit

from core.domain import DIRECTION_TO_LABEL
from core.learning.recipes import TreesRecipe
from core.learning.validation import longest_good
from core.learning.windows import DIRECTIONAL, Windows
from core.model.features import FEATURES
from core.model.pool import three_logits
from core.model.scores import CLASSES
from core.model.trees import MOST_LEAVES, BoostedTrees, Forest

Question = Literal["timing", "side"]

_LONG, _NO_TRADE = DIRECTION_TO_LABEL["LONG"], DIRECTION_TO_LABEL["NO_TRADE"]


@dataclass(frozen=True, slots=True)
class Grown:
    """The forest of one question as it was grown: LightGBM's, of which the first ``rounds`` count."""

    booster: lightgbm.Booster
    rounds: int

    def logits(self, windows: Windows) -> np.ndarray:
        """float64 (windows,)."""
        return raw_logits(self.booster, windows, 0, self.rounds)


def grow_with_early_stopping(
    question: Question, train: Windows, validation: Windows, recipe: TreesRecipe, seed: int
) -> Grown:
    """Grow a forest on ``train``, as many rounds as ``validation`` leaves standing: see core.learning.validation."""
    most = recipe.rounds if question == "timing" else recipe.side_rounds
    booster = _boost(question, train, recipe, most, seed)
    asked = validation.where(asked_of(question, validation.labels))
    if not len(asked):
        return Grown(booster, most)
    checks, logits = {}, np.zeros(len(asked))
    for start in range(0, most, recipe.check_every):
        end = min(start + recipe.check_every, most)
        logits += raw_logits(booster, asked, start, end - start)
        checks[end] = _losses(logits, is_true(question, asked.labels))
    return Grown(booster, longest_good(checks, asked.blocks))


def grow(question: Question, windows: Windows, recipe: TreesRecipe, rounds: int, seed: int) -> Grown:
    """So many rounds of one question's trees on all of ``windows``."""
    return Grown(_boost(question, windows, recipe, rounds, seed), rounds)


def questions(recipe: TreesRecipe, labels: np.ndarray) -> tuple[Question, ...]:
    """What a recipe's trees are to answer; not which side, where ``labels`` never tell of any."""
    return ("timing", "side") if recipe.side_rounds and asked_of("side", labels).any() else ("timing",)


def logits_of_trees(trees: BoostedTrees, windows: Windows) -> np.ndarray:
    """float64 (windows, 3), as if trees spoke alone: where they do not answer which side, both are alike."""
    rows = windows.newest()
    side = trees.side_logits(rows)
    return three_logits(trees.timing.logits(rows), np.zeros(len(rows)) if side is None else side)


def asked_of(question: Question, labels: np.ndarray) -> np.ndarray:
    """Of which candles a question is asked: the side of those after which a barrier was touched."""
    return np.full(len(labels), True) if question == "timing" else labels != _NO_TRADE


def is_true(question: Question, labels: np.ndarray) -> np.ndarray:
    """What happened where a question is asked: whether a barrier was touched; whether it was LONG's."""
    return labels != _NO_TRADE if question == "timing" else labels == _LONG


def _losses(logits: np.ndarray, happened: np.ndarray) -> np.ndarray:
    """Log loss of each candle in nats."""
    return -np.log(np.maximum(expit(np.where(happened, logits, -logits)), 1e-12))


def _boost(question: Question, windows: Windows, recipe: TreesRecipe, rounds: int, seed: int) -> lightgbm.Booster:
    features, labels = examples(
        windows, recipe, seed, recipe.mirror_timing if question == "timing" else recipe.mirror_side
    )
    asked = asked_of(question, labels)
    objective = {"objective": "binary"}
    return boosted(objective, features[asked], is_true(question, labels[asked]), recipe, rounds, seed, len(labels))


def boosted(
    objective: Mapping[str, Any],
    features: np.ndarray,
    labels: np.ndarray,
    recipe: TreesRecipe,
    rounds: int,
    seed: int,
    spread: int,
) -> lightgbm.Booster:
    """The same booster every time, for LightGBM's ``objective`` and its parameters; ``spread`` counts the candles that rows are of."""
    return lightgbm.train(
        {
            **objective,
            "learning_rate": recipe.learning_rate,
            "num_leaves": recipe.leaves,
            "max_depth": recipe.depth,
            "min_data_in_leaf": min(recipe.rows_per_leaf, spread // 50),
            "feature_fraction": recipe.feature_share,
            "lambda_l2": recipe.penalty,
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
    )


def raw_logits(booster: lightgbm.Booster, windows: Windows, first: int, rounds: int) -> np.ndarray:
    """What ``rounds`` rounds from the ``first`` on add to the logits, float64 (windows,), or (windows, classes) of several."""
    if not len(windows):
        classes = booster.num_model_per_iteration()
        return np.empty((0, classes) if classes > 1 else 0)
    raw = booster.predict(windows.newest(), raw_score=True, start_iteration=first, num_iteration=rounds, num_threads=1)
    return np.asarray(raw, dtype=np.float64)


def examples(windows: Windows, recipe: TreesRecipe, seed: int, mirror: bool) -> tuple[np.ndarray, np.ndarray]:
    """Newest features and labels of enough evenly spread candles.

    With ``mirror`` every other chart, by lot, is turned upside down as in the network's training.
    """
    spread = windows.every(max(1, len(windows) // recipe.enough_rows))
    features, labels = spread.newest(), spread.labels
    if not mirror:
        return features, labels
    turned = np.random.default_rng(seed).random(len(labels)) < 0.5
    features[np.ix_(turned, DIRECTIONAL)] *= -1
    return features, np.where(turned, CLASSES - 1 - labels, labels)


# ---------------------------------------------------------------- as plain arrays


@dataclass(slots=True)
class _Tree:
    """Leaves from left to right, and the splits in any order: feature, threshold, first and last leaf to the left."""

    values: list[float] = field(default_factory=list)
    splits: list[tuple[int, float, int, int]] = field(default_factory=list)

    def take(self, node: dict[str, Any]) -> None:
        """Add what LightGBM's dump says of a node and of all below it."""
        if "leaf_value" in node:
            if "leaf_coeff" in node:
                raise ValueError("the booster's leaves are linear models; expected numbers")
            self.values.append(node["leaf_value"])
            return
        if node["decision_type"] != "<=" or node["missing_type"] != "None":
            raise ValueError(
                f"a split tests {node['decision_type']!r} with missing values {node['missing_type']!r}; expected '<=' and 'None'"
            )
        first = len(self.values)
        self.take(node["left_child"])
        self.splits.append((node["split_feature"], node["threshold"], first, len(self.values) - 1))
        self.take(node["right_child"])


def trees_of(grown: Mapping[Question, Grown]) -> BoostedTrees:
    """What serves, of the forests as they were grown."""
    return BoostedTrees(**{question: forest_of(each.booster, each.rounds) for question, each in grown.items()})


def forest_of(booster: lightgbm.Booster, rounds: int) -> Forest:
    """The first ``rounds`` rounds of a booster of one score; every row ends in the same leaves as there.

    ValueError for a booster that does what these arrays cannot say: other features or more scores, categories, missing
    values, linear leaves, too many of them. UnusableModel for one that is larger than serving accepts.
    """
    dumped = booster.dump_model(num_iteration=rounds)
    shape = dumped["max_feature_idx"] + 1, dumped["num_tree_per_iteration"]
    if shape != (len(FEATURES), 1) or dumped["average_output"]:
        raise ValueError(
            f"the booster reads {shape[0]} features into {shape[1]} scores (averaged: {dumped['average_output']}); "
            f"expected {len(FEATURES)}, 1 and False"
        )
    trees = [_Tree() for _ in dumped["tree_info"]]
    for tree, described in zip(trees, dumped["tree_info"], strict=True):
        tree.take(described["tree_structure"])
    leaves = np.array([len(tree.values) for tree in trees])
    if leaves.max() > MOST_LEAVES:
        raise ValueError(f"a tree of the booster has {leaves.max()} leaves; expected at most {MOST_LEAVES}")
    splits = np.array([split for tree in trees for split in tree.splits], dtype=np.float64).reshape(-1, 4)
    features, thresholds, first, last = splits.T
    return Forest(
        leaves=leaves.astype(np.uint8),
        values=np.array([value for tree in trees for value in tree.values], dtype=np.float32),
        features=features.astype(np.uint8),
        thresholds=_not_above(thresholds),
        first=first.astype(np.uint8),
        last=last.astype(np.uint8),
    )


def _not_above(thresholds: np.ndarray) -> np.ndarray:
    """The largest float32 that is not above each float64: a float32 is at most the one exactly if at most the other."""
    bounds = np.finfo(np.float32)
    nearest = np.clip(thresholds, bounds.min, bounds.max).astype(np.float32)
    return np.where(nearest > thresholds, np.nextafter(nearest, np.float32(-np.inf)), nearest)
