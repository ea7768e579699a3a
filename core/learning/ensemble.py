"""The ensemble: a network and gradient-boosted trees that speak together. The validation period says where, and how loud."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from core.learning.network import logits_of
from core.learning.validation import Validation, beyond_doubt, fit_temperature, log_loss, losses
from core.learning.windows import Windows
from core.model.network import CnnLstm
from core.model.pool import pooled_logits
from core.model.probabilities import calibrated
from core.model.trees import BoostedTrees


@dataclass(frozen=True, slots=True)
class Blend:
    """``share`` (0..1) is the weight of the network's logits, the rest that of the trees'."""

    share: float
    temperature: float

    def logits(self, network: np.ndarray, trees: np.ndarray) -> np.ndarray:
        """Logits (n, 3) out of those of both."""
        return pooled_logits(network, trees, self.share)

    def __call__(self, network: np.ndarray, trees: np.ndarray) -> np.ndarray:
        """Calibrated probabilities (n, 3) out of the logits of both."""
        return calibrated(self.logits(network, trees), self.temperature)


def predict(network: CnnLstm, trees: BoostedTrees | None, blend: Blend, windows: Windows) -> np.ndarray:
    """Calibrated probabilities (windows, 3) of a model: a network alone, or with trees that see the newest candle."""
    logits = logits_of(network, windows)
    return blend(logits, logits if trees is None else trees.logits(windows.newest()))


def fit_blend(network: Validation, trees: Validation, bounds: tuple[float, float]) -> Blend:
    """Weights halfway between those with the smallest log loss on the validation candles and equal ones.

    Fitted shares jump between all and nothing from one period to the next, and on earlier periods plain halves were
    better than they (as forecasters often find: Stock and Watson, Combination forecasts of output growth, 2004).
    The share is a whole percentage, since no validation period knows it better. ``bounds`` are the temperature's.
    """

    def loss(share: float) -> float:
        return log_loss(Blend(share, 1).logits(network.logits, trees.logits), network.labels)

    fitted = float(minimize_scalar(loss, bounds=(0, 1), method="bounded").x)
    share = round((fitted + 0.5) / 2, 2)
    logits = Blend(share, 1).logits(network.logits, trees.logits)
    return Blend(share, fit_temperature(logits, network.labels, network.blocks, bounds))


def choose_ensembles(network: Validation, trees: Validation, bounds: tuple[float, float]) -> dict[str, Blend]:
    """The blend of every coin that is to speak as an ensemble; the others speak as a network alone.

    One blend is fitted for all coins, and none is used where it is not better than both of its parts on all their
    candles together. A coin stays with its network alone only where that was better beyond doubt on the coin's own
    candles: on earlier periods, choosing by whatever was better lost more than it gained.
    """
    labels, blocks = network.labels, network.blocks
    blend = fit_blend(network, trees, bounds)
    blended = losses(blend.logits(network.logits, trees.logits) / blend.temperature, labels)
    alone = losses(network.logits / network.temperature, labels)
    trees_alone = losses(trees.logits / trees.temperature, labels)
    if blended.mean() >= min(alone.mean(), trees_alone.mean()):
        return {}
    coins = {str(coin): network.coins == coin for coin in np.unique(network.coins)}
    return {coin: blend for coin, own in coins.items() if not beyond_doubt(blended[own] - alone[own], blocks[own])}
