"""Two questions in three logits: is a barrier touched (timing), and which one where one is (side); and their pooling.

Of the logits zS, zN, zL of SHORT, NO_TRADE and LONG, timing is t = log(e^zS + e^zL) - zN and side is u = zL - zS, so that
P(move) = sigmoid(t) and P(LONG | move) = sigmoid(u). The log loss of three classes is exactly timing's plus side's.

Models that speak as one are pooled in each question: a logarithmic opinion pool, the weighted geometric mean of their
probabilities, scaled to sum to 1 (Genest & Zidek, Combining probability distributions: a critique and an annotated
bibliography, 1986).
"""

from __future__ import annotations

import numpy as np


def timing_and_side(logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Timing and side, each (n,), of logits (n, 3) in the order SHORT, NO_TRADE, LONG."""
    short, quiet, long = logits.T
    return np.logaddexp(short, long) - quiet, long - short


def three_logits(timing: np.ndarray, side: np.ndarray) -> np.ndarray:
    """Logits (n, 3) that have this timing and this side; NO_TRADE's is 0."""
    short = timing - np.logaddexp(0, side)
    return np.stack([short, np.zeros_like(short), short + side], axis=1)


def pooled_logits(
    network: np.ndarray,
    timing: np.ndarray,
    side: np.ndarray | None,
    timing_share: float | np.ndarray,
    side_share: float | np.ndarray,
) -> np.ndarray:
    """Logits (n, 3) of a network and trees together, of the network's (n, 3) and the trees' timing and side, each (n,).

    In each question the network weighs its share (0 to 1; or (n,)); where the trees have no ``side``, it answers alone.
    """
    own_timing, own_side = timing_and_side(network)
    return three_logits(
        timing_share * own_timing + (1 - timing_share) * timing,
        own_side if side is None else side_share * own_side + (1 - side_share) * side,
    )
