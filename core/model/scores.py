"""How probabilities are scored against what happened: the same for training, evaluation and the track record.

Probabilities have shape (n, 3) in the order SHORT, NO_TRADE, LONG, labels are 0, 1, 2. The three questions are *which
class*, *is a barrier touched* and *which one, where one was*.
"""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np

from core.domain import DIRECTION_TO_LABEL, Timeframe
from core.model.barriers import HORIZON_CANDLES

CLASSES = 3
SMALLEST = 1e-12
"""A probability of 0 would make a loss infinite: losses lie between 0 and 27.6 nats."""

LIKELY = 0.05
"""A move is called likely where its probability is so far above the model's usual one, quiet where so far below.

models/EVALUATION.md measures both groups on test candles: they came true about as often as said.
"""

Z95 = 1.959963984540054

DAY_MS = 86_400_000

_SHORT, _NO_TRADE, _LONG = (DIRECTION_TO_LABEL[name] for name in ("SHORT", "NO_TRADE", "LONG"))


class Band(StrEnum):
    """Where P(move) lies beside the model's usual one, in the order of ``bands_of``."""

    QUIET = "quiet"
    USUAL = "usual"
    LIKELY = "likely"


def bands_of(move: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """The place among Band of each P(move), int8, beside the ``usual`` one."""
    apart = np.round(move - usual, 9)  # 0.70 is 0.05 above 0.65, whatever binary fractions say
    return (1 + (apart >= LIKELY).astype(np.int8) - (apart <= -LIKELY)).astype(np.int8)


def question_losses(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Log loss (nats) of each candle in the three questions, shape (n, 3); 0 where not asked."""
    p = np.clip(probabilities, SMALLEST, 1.0)
    quiet = p[:, _NO_TRADE]
    touched = labels != _NO_TRADE
    which = -np.log(p[np.arange(len(labels)), labels])
    timing = -np.log(np.maximum(np.where(touched, 1 - quiet, quiet), SMALLEST))
    side = np.where(labels == _LONG, p[:, _LONG], p[:, _SHORT]) / (p[:, _LONG] + p[:, _SHORT])
    return np.stack([which, timing, np.where(touched, -np.log(side), 0.0)], axis=1)


def entropies(probabilities: np.ndarray) -> np.ndarray:
    """The log loss (nats) that each candle's probabilities expect of themselves, shape (n,)."""
    p = np.clip(probabilities, SMALLEST, 1.0)
    return np.asarray(-(p * np.log(p)).sum(axis=1))


def wilson_interval(hits: float, n: float, z: float = Z95) -> tuple[float, float]:
    """Interval of a share (Wilson, 1927), which stays inside 0..1 even for 0 or n hits; 95 % with the default ``z``."""
    low, high = wilson_intervals(np.asarray(hits / n), np.asarray(n), np.asarray(z))
    return float(low), float(high)


def wilson_intervals(share: np.ndarray, n: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """As wilson_interval, of many shares at once."""
    z2 = z**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = z / (1 + z2 / n) * np.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)


def blocks_of(open_times: np.ndarray, timeframe: Timeframe) -> np.ndarray:
    """In which block of time each candle (Unix milliseconds) lies, int64: whole days, as many as a label may look ahead.

    Labels of one block hang together, those of different blocks hardly do, so a choice is sure only if most blocks
    speak for it.
    """
    return open_times // (block_days(timeframe) * DAY_MS)


def block_days(timeframe: Timeframe) -> int:
    """How many whole UTC days a block of time has."""
    return math.ceil(HORIZON_CANDLES * timeframe.milliseconds / DAY_MS)
