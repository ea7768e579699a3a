"""Trees that LightGBM grew, as the plain arrays that serving reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import lightgbm
import numpy as np

from core.learning.evaluation import CLASSES
from core.model.features import FEATURES
from core.model.trees import MOST_LEAVES, BoostedTrees


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


def trees_of(booster: lightgbm.Booster, rounds: int) -> BoostedTrees:
    """The first ``rounds`` rounds of a booster of three classes; every row ends in the same leaves as there.

    ValueError for a booster that does what these arrays cannot say: other features or classes, categories, missing
    values, linear leaves, too many of them. UnusableModel for one that is larger than serving accepts.
    """
    dumped = booster.dump_model(num_iteration=rounds)
    shape = dumped["max_feature_idx"] + 1, dumped["num_tree_per_iteration"]
    if shape != (len(FEATURES), CLASSES) or dumped["average_output"]:
        raise ValueError(
            f"the booster reads {shape[0]} features into {shape[1]} scores (averaged: {dumped['average_output']}); "
            f"expected {len(FEATURES)}, {CLASSES} and False"
        )
    trees = [_Tree() for _ in dumped["tree_info"]]
    for tree, described in zip(trees, dumped["tree_info"], strict=True):
        tree.take(described["tree_structure"])
    by_class = [tree for label in range(CLASSES) for tree in trees[label::CLASSES]]
    leaves = np.array([len(tree.values) for tree in by_class])
    if leaves.max() > MOST_LEAVES:
        raise ValueError(f"a tree of the booster has {leaves.max()} leaves; expected at most {MOST_LEAVES}")
    splits = np.array([split for tree in by_class for split in tree.splits], dtype=np.float64).reshape(-1, 4)
    features, thresholds, first, last = splits.T
    return BoostedTrees(
        leaves=leaves.reshape(CLASSES, -1).astype(np.uint8),
        values=np.array([value for tree in by_class for value in tree.values], dtype=np.float32),
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
