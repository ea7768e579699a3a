"""Two models that speak as one: a logarithmic opinion pool.

The pooled probabilities are the weighted geometric mean of both, scaled to sum to 1 (Genest & Zidek, Combining
probability distributions: a critique and an annotated bibliography, 1986). Weighing logits gives the same, since adding
a number to all logits of a candle changes no probability.
"""

from __future__ import annotations

import numpy as np


def pooled_logits(network: np.ndarray, trees: np.ndarray, network_share: float | np.ndarray) -> np.ndarray:
    """Logits (n, 3) of both together, out of those of each; the network weighs ``network_share`` (0 to 1; or (n, 1))."""
    return network_share * network + (1 - network_share) * trees
