"""Forests of random trees of any size, for measuring and testing: time and laws do not depend on what it learned."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.model.features import FEATURES
from core.model.scaling import FEATURE_CLIP
from core.model.trees import BoostedTrees, Forest

_LEAF_SIZE = 0.02  # of a leaf: with some hundred rounds logits come out of ordinary size


def made_trees(rounds: int, leaves: int = 31, thresholds: int = 255, seed: int = 0) -> BoostedTrees:
    """A forest for each question; see made_forest."""
    timing, side = (made_forest(rounds, leaves, thresholds, 2 * seed + n) for n in range(2))
    return BoostedTrees(timing, side)


def made_forest(rounds: int, leaves: int = 31, thresholds: int = 255, seed: int = 0) -> Forest:
    """Trees of ``leaves`` leaves each, with so many thresholds per feature; the same for the same arguments."""
    rng = np.random.default_rng(seed)
    cuts = rng.normal(size=(len(FEATURES), thresholds)).clip(-FEATURE_CLIP, FEATURE_CLIP).astype(np.float32)
    splits = [split for _ in range(rounds) for split in _splits(0, leaves - 1, rng)]
    features = rng.integers(len(FEATURES), size=len(splits), dtype=np.uint8)
    return Forest(
        leaves=np.full(rounds, leaves, dtype=np.uint8),
        values=rng.normal(0, _LEAF_SIZE, rounds * leaves).astype(np.float32),
        features=features,
        thresholds=cuts[features, rng.integers(thresholds, size=len(splits))],
        first=np.array([first for first, _ in splits], dtype=np.uint8),
        last=np.array([last for _, last in splits], dtype=np.uint8),
    )


def _splits(first: int, last: int, rng: np.random.Generator) -> Iterator[tuple[int, int]]:
    """The leaves to the left of each split of a random tree over the leaves ``first`` to ``last``."""
    if first == last:
        return
    middle = int(rng.integers(first, last))
    yield first, middle
    yield from _splits(first, middle, rng)
    yield from _splits(middle + 1, last, rng)
