"""The ensemble: a network and gradient-boosted trees that speak together, with weights from the validation period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from core.learning.network import fit_temperature, log_loss, logits_of, probabilities
from core.learning.trees import newest_features
from core.learning.windows import Windows
from core.model.network import CnnLstm
from core.model.pool import pooled_logits
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
        return probabilities(self.logits(network, trees), self.temperature)


def fit_blend(network: np.ndarray, trees: np.ndarray, labels: np.ndarray, blocks: np.ndarray) -> Blend:
    """Weights from candles that neither has learned from: halfway between those with the smallest log loss and equal ones.

    Fitted shares jump between all and nothing from one period to the next, and on earlier periods plain halves were
    better than they (as forecasters often find: Stock and Watson, Combination forecasts of output growth, 2004).
    ``network`` and ``trees`` are logits (n, 3), ``blocks`` as of core.learning.datasets. The share is a whole
    percentage, since no validation period knows it better.
    """

    def loss(share: float) -> float:
        return log_loss(Blend(share, 1).logits(network, trees), labels)

    fitted = float(minimize_scalar(loss, bounds=(0, 1), method="bounded").x)
    share = round((fitted + 0.5) / 2, 2)
    return Blend(share, fit_temperature(Blend(share, 1).logits(network, trees), labels, blocks))


def predict(network: CnnLstm, trees: BoostedTrees | None, blend: Blend, windows: Windows) -> np.ndarray:
    """Calibrated probabilities (windows, 3) of a model: a network alone, or with trees that see the newest candle."""
    logits = logits_of(network, windows)
    return blend(logits, logits if trees is None else trees.logits(newest_features(windows)))
