"""How sure a mean is that somebody looks at every day: confidence sequences, which hold the truth at all times together.

Forecasts are compared as in Choe and Ramdas, "Comparing Sequential Forecasters" (Operations Research 72, 2024;
arXiv:2110.00115): by a confidence sequence for the mean difference of their scores so far, whatever market comes. Of the
two that they discuss this is the asymptotic one (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform
central limit theory and asymptotic confidence sequences", Annals of Statistics 52, 2024; arXiv:2103.06476, theorem 2.2).
The empirical-Bernstein one, which needs bounds, is hopeless here: differences of a day scatter by some hundredths
of a nat, while its width falls with the bound, ln 1e12 = 27.6 nats with probabilities held above 1e-12, over the days.
Asymptotic means that no bound is asked for and that the level is only reached in the long run: how far it is off
before that was measured. Of 34 coins' models replayed on 30 days of a simulated market the daily differences have a
skewness of -0.4 to 1.0 at 15m and 1h (1.5 where log loss is compared with entropy); drawn again from those days, in
circular runs of three, over 60 days, the two-sided sequence was ever wrong in 0 to 3.2 % of 2,000 cases, a lower bound
in 0 to 3.4 %. An upper bound alone, which nothing here uses, was in up to 5.5 %.

What is averaged are blocks of time, since the signals of one hang together; see core.model.scores.blocks_of. Two things make the
asymptotic sequence hold from the fifth block on (tests/journal/test_sequences.py simulates it): Student's quantiles
stand where the normal law has its own, and the variance is that of blocks whose neighbours may hang together,
as labels that reach into the next block make them do (Newey and West, 1987).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import ndtr, stdtrit

from core.journal.slices import LEAST_BLOCKS

ALPHA = 0.05

_NARROWEST_AT = 30
"""After so many blocks the sequence is as narrow as it can be made; before and after it is a little wider."""

_FREEDOM = 2 / 3
"""Blocks whose neighbours hang together tell as much of their scatter as so many times fewer; found by simulation."""

MOST_BLOCKS = 36_525
"""A century of days; nobody is told to wait longer."""


@dataclass(frozen=True, slots=True, eq=False)
class Sequences:
    """Of each group, after each block, shape (groups, blocks): the mean so far and its standard error.

    ``blocks`` is how many even ones weigh as much as those that have come (Kish, 1965); ``error`` is infinite before two.
    """

    blocks: np.ndarray
    mean: np.ndarray
    error: np.ndarray

    @classmethod
    def of(cls, sums: np.ndarray, weights: np.ndarray) -> Sequences:
        """Means of ``sums`` / ``weights`` as the blocks come, both of shape (groups, blocks), oldest first.

        ``weights`` counts what ``sums`` adds up; a block of few signals weighs little.
        """
        return cls._made(sums, weights, lambda terms: np.cumsum(terms, axis=1))

    @classmethod
    def ends_of(cls, sums: np.ndarray, weights: np.ndarray) -> Sequences:
        """As ``of``, after the last block alone: (groups, 1)."""
        return cls._made(sums, weights, lambda terms: terms.sum(axis=1, keepdims=True))

    @classmethod
    def _made(cls, x: np.ndarray, w: np.ndarray, add: Callable[[np.ndarray], np.ndarray]) -> Sequences:
        n, squares = add(w), add(w**2)
        some, blocks = n > 0, even_blocks(n, squares)
        mean = add(x) / np.where(some, n, 1)
        x_before, w_before = np.zeros_like(x), np.zeros_like(w)  # of each block's neighbour
        x_before[:, 1:], w_before[:, 1:] = x[:, :-1], w[:, :-1]
        own = add(x * x) - 2 * mean * add(x * w) + mean**2 * squares
        shared = add(x * x_before) - mean * add(x * w_before + w * x_before) + mean**2 * add(w * w_before)
        enough = blocks > 1
        scatter = (np.maximum(own, 0) + 2 * np.maximum(shared, 0)) * blocks / np.where(enough, blocks - 1, 1)
        return cls(blocks, mean, np.where(enough, np.sqrt(scatter) / np.where(some, n, 1), np.inf))

    def half_width(self) -> np.ndarray:
        """How far the 95 % interval reaches to either side; infinite before LEAST_BLOCKS."""
        return self._reach(ALPHA, one_sided=False)

    def reach_below(self, alpha: float) -> np.ndarray:
        """How far a lower bound lies below the mean, where nothing is said of above; infinite before LEAST_BLOCKS."""
        return self._reach(alpha, one_sided=True)

    def _reach(self, alpha: float, one_sided: bool) -> np.ndarray:
        enough = self.blocks >= LEAST_BLOCKS
        factor = deviations(np.where(enough, self.blocks, LEAST_BLOCKS), alpha, one_sided)
        return np.where(enough, factor * np.where(enough, self.error, 0), np.inf)


def even_blocks(n: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """How many even blocks weigh as much as those with ``n`` signals in sum and this sum of ``squares`` (Kish, 1965)."""
    return np.asarray(np.floor(n**2 / np.where(n > 0, squares, 1) + 1e-9))


def deviations(blocks: np.ndarray, alpha: float = ALPHA, one_sided: bool = False) -> np.ndarray:
    """How many standard errors an interval reaches after so many blocks, two or more."""
    level = 2 * alpha if one_sided else alpha
    rho2 = (-2 * math.log(level) + math.log(-2 * math.log(level)) + 1) / _NARROWEST_AT
    v = blocks * rho2 + 1
    log = np.log1p(np.sqrt(v) / (2 * alpha)) if one_sided else np.log(np.sqrt(v) / alpha)
    normal = np.sqrt(2 * v / (blocks * rho2) * log)
    return np.asarray(-stdtrit(_FREEDOM * blocks - 1, ndtr(-normal)))


def more_blocks(blocks: int, mean: float, error: float) -> int | None:
    """How many more until the 95 % interval lies above 0, should mean and scatter stay; 0 where it does.

    None where the mean is not above 0, or MOST_BLOCKS would not do, or there are too few blocks to tell.
    """
    if mean <= 0 or blocks < LEAST_BLOCKS:
        return None
    widths = _widths() * (error * math.sqrt(blocks))
    needed = LEAST_BLOCKS + int(np.searchsorted(-widths, -mean, side="right"))
    return None if needed > MOST_BLOCKS else max(needed - blocks, 0)


@cache
def _widths() -> np.ndarray:
    """Half the width of the 95 % interval after LEAST_BLOCKS to MOST_BLOCKS, in deviations of one block; it falls."""
    blocks = np.arange(LEAST_BLOCKS, MOST_BLOCKS + 1)
    return deviations(blocks) / np.sqrt(blocks)
