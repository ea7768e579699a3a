"""What the validation period has a say in: how long to train, and which temperature to use. It must be sure of it.

A few weeks of a market often ask for what the weeks after punish, so nothing is changed for a gain that could be luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from torch.nn import functional

from core.learning.evaluation import block_weights

FEWEST_BLOCKS = 20
"""Blocks of time without which a temperature is not fitted: a bootstrap over five calls every eleventh noise sure."""


@dataclass(frozen=True, slots=True)
class Validation:
    """What an early-stopped training predicts of the validation candles of all coins in turn, which it has not seen.

    ``temperature`` is the one that its logits ask for.
    """

    coins: np.ndarray  # symbols (n,)
    labels: np.ndarray
    blocks: np.ndarray  # see core.learning.datasets.blocks_of
    logits: np.ndarray  # (n, 3)
    temperature: float


def losses(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Cross-entropy of each candle in nats, shape (windows,)."""
    return functional.cross_entropy(torch.from_numpy(logits), torch.from_numpy(labels), reduction="none").numpy()


def log_loss(logits: np.ndarray, labels: np.ndarray) -> float:
    """Mean cross-entropy in nats."""
    return float(losses(logits, labels).mean())


def beyond_doubt(gains: np.ndarray, blocks: np.ndarray) -> bool:
    """Whether the sum of gains stays positive in 97.5 % of the resamples of whole blocks of time."""
    _, block = np.unique(blocks, return_inverse=True)
    per_block = np.bincount(block, weights=gains)
    return bool(np.percentile(block_weights(len(per_block)) @ per_block, 2.5) > 0)


def longest_good(checks: Mapping[int, np.ndarray], blocks: np.ndarray) -> int:
    """Early stopping: the longest training that no shorter one beats beyond doubt.

    ``checks`` holds each candle's validation loss by length of training. The length is part of the recipe. A few weeks
    of a market often prefer half of it, and the weeks after do not: over four earlier periods at 15m and at 1h, the
    last step was better than the one validation liked best. But whoever trains on a single coin may have too little
    for a long training, and then validation says so clearly.
    """
    shortest_first = sorted(checks)
    best = min(shortest_first, key=lambda length: checks[length].mean())
    return next(
        length
        for length in reversed(shortest_first)
        if length == best or not beyond_doubt(checks[length] - checks[best], blocks)
    )


def fit_temperature(logits: np.ndarray, labels: np.ndarray, blocks: np.ndarray, bounds: tuple[float, float]) -> float:
    """The temperature within ``bounds`` with the smallest log loss (Guo et al., 2017), or 1.

    A few weeks of a market can ask for a temperature that the next weeks punish: fitted on half of the
    validation period of 1h, it made the other half worse. So it must help beyond doubt, over FEWEST_BLOCKS at least.
    """
    if len(np.unique(blocks)) < FEWEST_BLOCKS:
        return 1.0
    found = float(minimize_scalar(lambda t: log_loss(logits / t, labels), bounds=bounds, method="bounded").x)
    sure = beyond_doubt(losses(logits, labels) - losses(logits / found, labels), blocks)
    return found if sure else 1.0
