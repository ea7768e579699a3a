"""What the validation period has a say in: how long to train, which temperature to use, and who speaks as an ensemble.

It must be sure of it. A few weeks of a market often ask for what the weeks after punish, so nothing is changed for a gain
that could be luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from torch.nn import functional

from core.learning.evaluation import block_weights
from core.model.pool import pooled_logits, timing_and_side
from core.model.probabilities import calibrated

FEWEST_BLOCKS = 20
"""Blocks of time without which a temperature is not fitted: a bootstrap over five calls every eleventh noise sure."""


@dataclass(frozen=True, slots=True)
class Validation:
    """What an early-stopped training predicts of the validation candles of all coins in turn, which it has not seen.

    ``temperature`` is the one that its logits ask for.
    """

    coins: np.ndarray  # symbols (n,)
    labels: np.ndarray
    blocks: np.ndarray  # see core.model.scores.blocks_of
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


# ---------------------------------------------------------------- ensembles


@dataclass(frozen=True, slots=True)
class Blend:
    """What the network weighs in each question (0..1), the rest being the trees'; see core.model.pool."""

    timing_share: float
    side_share: float
    temperature: float

    def logits(self, network: np.ndarray, timing: np.ndarray, side: np.ndarray | None) -> np.ndarray:
        """Logits (n, 3) of the network's (n, 3) and the trees' timing and side (n,)."""
        return pooled_logits(network, timing, side, self.timing_share, self.side_share)

    def __call__(self, network: np.ndarray, timing: np.ndarray, side: np.ndarray | None) -> np.ndarray:
        """Calibrated probabilities (n, 3) of the same."""
        return calibrated(self.logits(network, timing, side), self.temperature)


def fit_blend(network: Validation, trees: Validation, trees_know_sides: bool, bounds: tuple[float, float]) -> Blend:
    """In each question weights halfway between those with the smallest log loss on validation candles and equal ones.

    Fitted shares jump between all and nothing from one period to the next, and on earlier periods plain halves were
    better than they (as forecasters often find: Stock and Watson, Combination forecasts of output growth, 2004).
    A share is a whole percentage, since no validation period knows it better. ``bounds`` are the temperature's.
    """
    timing, side = timing_and_side(trees.logits)

    def share(of_timing: bool) -> float:
        def loss(share: float) -> float:
            shares = (share, 1.0) if of_timing else (1.0, share)
            return log_loss(Blend(*shares, 1).logits(network.logits, timing, side), network.labels)

        fitted = float(minimize_scalar(loss, bounds=(0, 1), method="bounded").x)
        return round((fitted + 0.5) / 2, 2)

    shares = share(of_timing=True), share(of_timing=False) if trees_know_sides else 1.0
    logits = Blend(*shares, 1).logits(network.logits, timing, side)
    return Blend(*shares, fit_temperature(logits, network.labels, network.blocks, bounds))


def choose_ensemble(
    network: Validation, trees: Validation, trees_know_sides: bool, bounds: tuple[float, float]
) -> Blend | None:
    """The blend with which all coins speak; None where the network alone is better beyond doubt on their candles.

    One blend is fitted for all coins: on earlier periods, whatever chose for each coin by itself lost more than it
    gained.
    """
    blend = fit_blend(network, trees, trees_know_sides, bounds)
    blended = blend.logits(network.logits, *timing_and_side(trees.logits)) / blend.temperature
    lost = losses(blended, network.labels) - losses(network.logits / network.temperature, network.labels)
    return None if beyond_doubt(lost, network.blocks) else blend
