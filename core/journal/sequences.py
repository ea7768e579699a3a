"""How sure a mean is that somebody looks at every day: confidence sequences, which hold the truth at all times together.

Forecasts are compared as in Choe and Ramdas, "Comparing Sequential Forecasters" (Operations Research 72, 2024;
arXiv:2110.00115): by a confidence sequence for the mean difference of their scores so far, whatever market comes. Of the
two that they discuss this is the asymptotic one (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform
central limit theory and asymptotic confidence sequences", Annals of Statistics 52, 2024; arXiv:2103.06476, theorem 2.2).
The empirical-Bernstein one, which needs bounds, is hopeless here: differences of a day scatter by some hundredths
of a nat, while its width falls with the bound, ln 1e12 = 27.6 nats with probabilities held above 1e-12, over the days.

What is averaged are blocks of time, since the signals of one hang together; see core.model.scores.blocks_of. Two things make the
asymptotic sequence hold from the fifth block on (tests/journal/test_sequences.py simulates it): Student's quantiles
stand where the normal law has its own, and the variance is that of blocks whose neighbours may hang together,
as labels that reach into the next block make them do (Newey and West, 1987).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtr, stdtrit

ALPHA = 0.05

LEAST_BLOCKS = 5
"""Of fewer nobody can say how much they scatter."""

_NARROWEST_AT = 30
"""After so many blocks the sequence is as narrow as it can be made; before and after it is a little wider."""

MOST_BLOCKS = 36_525
"""A century of days; of more the width stays what it was."""


@dataclass(frozen=True, slots=True)
class Sequences:
    """Of each group, after each block, shape (groups, blocks): the mean so far and the scatter that it has.

    ``blocks`` counts those with anything in them; ``scatter`` is the standard deviation of one block, 0 for fewer
    than two.
    """

    blocks: np.ndarray
    mean: np.ndarray
    scatter: np.ndarray

    @classmethod
    def of(cls, sums: np.ndarray, weights: np.ndarray) -> Sequences:
        """Means of ``sums`` / ``weights`` as the blocks come, both of shape (groups, blocks), oldest first.

        ``weights`` counts what ``sums`` adds up; a block of few signals weighs little.
        """
        counted = np.cumsum(weights > 0, axis=1)
        x, w = np.cumsum(sums, axis=1), np.cumsum(weights, axis=1)
        mean = x / np.where(w > 0, w, 1)
        squares = _scatter_about(mean, sums, weights, sums, weights)
        neighbours = np.zeros_like(squares)
        neighbours[:, 1:] = _scatter_about(mean[:, 1:], sums[:, :-1], weights[:, :-1], sums[:, 1:], weights[:, 1:])
        size = w / np.maximum(counted, 1)
        variance = (np.maximum(squares, 0) + 2 * np.maximum(neighbours, 0)) / np.maximum(counted - 1, 1)
        return cls(counted, mean, np.where(counted > 1, np.sqrt(variance) / np.where(w > 0, size, 1), 0.0))

    def half_width(self, alpha: float = ALPHA) -> np.ndarray:
        """How far the interval reaches to either side at level ``alpha``; infinite before LEAST_BLOCKS."""
        return self._reach(factors(alpha, one_sided=False))

    def reach_below(self, alpha: float) -> np.ndarray:
        """How far a lower bound lies below the mean, where nothing is said of above; infinite before LEAST_BLOCKS."""
        return self._reach(factors(alpha, one_sided=True))

    def _reach(self, factor: np.ndarray) -> np.ndarray:
        at = np.minimum(self.blocks, len(factor) - 1)
        return np.where(self.blocks < LEAST_BLOCKS, np.inf, factor[at] * self.scatter)


def more_blocks(blocks: int, mean: float, scatter: float) -> int | None:
    """How many more blocks until the 95 % interval lies above 0, should mean and scatter stay; 0 where it does.

    None where the mean is not above 0, or a century would not do, or there are too few blocks to tell.
    """
    if mean <= 0 or blocks < LEAST_BLOCKS:
        return None
    factor = factors(ALPHA, one_sided=False)[LEAST_BLOCKS:]
    needed = LEAST_BLOCKS + int(np.searchsorted(-factor * scatter, -mean, side="right"))
    return None if needed >= MOST_BLOCKS else max(needed - blocks, 0)


@lru_cache(maxsize=64)
def factors(alpha: float, one_sided: bool) -> np.ndarray:
    """What to multiply a block's scatter with for the reach at level ``alpha`` after 0, 1, 2, ... blocks; it falls."""
    n = np.arange(2.0, MOST_BLOCKS)
    level = 2 * alpha if one_sided else alpha
    rho2 = (-2 * math.log(level) + math.log(-2 * math.log(level)) + 1) / _NARROWEST_AT
    v = n * rho2 + 1
    log = np.log1p(np.sqrt(v) / (2 * alpha)) if one_sided else np.log(np.sqrt(v) / alpha)
    deviations = np.sqrt(2 * v / (n * rho2) * log)  # of the mean after n blocks, were their scatter known
    return np.concatenate([[np.inf, np.inf], -stdtrit(n - 1, ndtr(-deviations)) / np.sqrt(n)])


def _scatter_about(
    mean: np.ndarray, x: np.ndarray, w: np.ndarray, x_next: np.ndarray, w_next: np.ndarray
) -> np.ndarray:
    """The sum so far of (x - mean w)(x_next - mean w_next) with the mean so far."""
    crossed = np.cumsum(x * w_next + w * x_next, axis=1)
    return np.cumsum(x * x_next, axis=1) - mean * crossed + mean**2 * np.cumsum(w * w_next, axis=1)
