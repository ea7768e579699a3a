"""How good a model is on a period that nothing was chosen on, and how sure that is.

All functions take calibrated probabilities of shape (n, 3) in the order SHORT, NO_TRADE, LONG and labels 0, 1, 2.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.domain import DIRECTION_TO_LABEL
from core.model.probabilities import calibration_error
from core.model.promises import RELIABILITY_BINS, bin_of

CLASSES = 3
_NO_TRADE = DIRECTION_TO_LABEL["NO_TRADE"]
_SHORT, _LONG = DIRECTION_TO_LABEL["SHORT"], DIRECTION_TO_LABEL["LONG"]
_RESAMPLES = 1000
_SMALLEST = 1e-12  # a probability of 0 would make a loss infinite
_Z95 = 1.959963984540054


def class_frequencies(labels: np.ndarray) -> np.ndarray:
    """Share of each class, shape (3,)."""
    return np.bincount(labels, minlength=CLASSES) / len(labels)


def wilson_interval(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson, 1927), which stays inside 0..1 even for 0 or n hits."""
    share, z2 = hits / n, _Z95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z95 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, slots=True)
class BlockLosses:
    """Log losses of a model and of climatology, summed per block of time: what every skill and its interval needs.

    Blocks are whole UTC days, as many as a label may look ahead: see core.learning.datasets.blocks_of.
    ``sums`` has shape (blocks, 3 questions, 2): the questions are *which class*, *is a barrier touched* and
    *which one, where one was*; the last axis is (model, climatology).
    """

    blocks: np.ndarray  # int64, ascending
    sums: np.ndarray

    def skills(self) -> np.ndarray:
        """Skill in the three questions, shape (3,)."""
        return skills_of(self.sums.sum(axis=0))

    def skill_intervals(self) -> np.ndarray:
        """95 % intervals, shape (3, 2), from a bootstrap over blocks, since the candles of one move together."""
        weights = block_weights(len(self.blocks))
        return interval_of(skills_of(np.einsum("rb,bqm->rqm", weights, self.sums)))


def resampled_mean_skills(losses: Iterable[BlockLosses]) -> np.ndarray:
    """Mean skill over coins in the three questions in each resample of blocks, shape (resamples, 3).

    The same blocks are drawn for all coins at once, since coins move together, and for every model judged on the
    same blocks, so that two results may be subtracted.
    """
    losses = list(losses)
    blocks = np.unique(np.concatenate([loss.blocks for loss in losses]))
    weights = block_weights(len(blocks))
    per_coin = []
    for loss in losses:
        sums = np.zeros((len(blocks), *loss.sums.shape[1:]))
        sums[np.searchsorted(blocks, loss.blocks)] = loss.sums
        per_coin.append(skills_of(np.einsum("rb,bqm->rqm", weights, sums)))
    return np.mean(per_coin, axis=0)


def interval_of(resampled: np.ndarray) -> np.ndarray:
    """95 % interval over the first axis: [low, high] on the last."""
    return np.percentile(resampled, [2.5, 97.5], axis=0).T


def block_weights(blocks: int) -> np.ndarray:
    """How often each block is drawn in each resample, shape (resamples, blocks); the same for equally many blocks."""
    rng = np.random.default_rng(blocks)
    return rng.multinomial(blocks, np.full(blocks, 1 / blocks), size=_RESAMPLES).astype(np.float64)


def skills_of(sums: np.ndarray) -> np.ndarray:
    """1 - model / climatology, for sums of BlockLosses with any leading axes."""
    model, climatology = sums[..., 0], sums[..., 1]
    return np.where(climatology > 0, 1 - model / np.where(climatology > 0, climatology, 1), 0.0)


def block_losses(
    probabilities: np.ndarray, labels: np.ndarray, blocks: np.ndarray, climatology: np.ndarray
) -> BlockLosses:
    """Losses per block; ``blocks`` says in which one each candle lies."""
    baseline = np.broadcast_to(climatology, probabilities.shape)
    losses = np.stack([_question_losses(p, labels) for p in (probabilities, baseline)], axis=-1)
    numbers, index = np.unique(blocks, return_inverse=True)
    sums = np.zeros((len(numbers), *losses.shape[1:]))
    np.add.at(sums, index, losses)
    return BlockLosses(numbers, sums)


def _question_losses(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Log loss of each candle in the three questions of BlockLosses, shape (n, 3); 0 where not asked."""
    p = np.clip(probabilities, _SMALLEST, 1.0)
    quiet = p[:, _NO_TRADE]
    touched = labels != _NO_TRADE
    which = -np.log(p[np.arange(len(labels)), labels])
    timing = -np.log(np.maximum(np.where(touched, 1 - quiet, quiet), _SMALLEST))
    side = np.where(labels == _LONG, p[:, _LONG], p[:, _SHORT]) / (p[:, _LONG] + p[:, _SHORT])
    return np.stack([which, timing, np.where(touched, -np.log(side), 0.0)], axis=1)


def confidence_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Expected calibration error of the confidence over 15 bins."""
    bins = [each for each in reliability(probabilities, labels) if each["n"]]
    n, promised, came_true = ([each[key] for each in bins] for key in ("n", "mean_confidence", "accuracy"))
    return calibration_error(n, promised, came_true)


def reliability(probabilities: np.ndarray, labels: np.ndarray) -> list[dict[str, Any]]:
    """Mean confidence beside accuracy in 15 equally wide bins of confidence, as metrics.json has them."""
    confidence = probabilities.max(axis=1)
    hit = probabilities.argmax(axis=1) == labels
    number = bin_of(confidence)
    bins = []
    for k in range(RELIABILITY_BINS):
        inside = number == k
        n = int(inside.sum())
        bins.append(
            {
                "lower": k / RELIABILITY_BINS,
                "upper": (k + 1) / RELIABILITY_BINS,
                "n": n,
                "mean_confidence": min(1.0, float(confidence[inside].mean())) if n else None,
                "accuracy": float(hit[inside].mean()) if n else None,
            }
        )
    return bins


def evaluate(
    probabilities: np.ndarray,
    labels: np.ndarray,
    blocks: np.ndarray,
    climatology: np.ndarray,
    by_the_clock: np.ndarray | None = None,
) -> dict[str, Any]:
    """The ``test`` part of metrics.json; core.model.metrics.Evaluation says what each key means.

    What ``by_the_clock`` (n, 3) leaves of the timing is there where it is given: see core.learning.clock.
    """
    n = len(labels)
    calls = probabilities.argmax(axis=1)
    hits = int((calls == labels).sum())
    confusion = np.bincount(labels * CLASSES + calls, minlength=CLASSES**2).reshape(CLASSES, CLASSES)
    happened = confusion.sum(axis=1)
    recalls = [confusion[c, c] / happened[c] for c in range(CLASSES) if happened[c]]
    losses = block_losses(probabilities, labels, blocks, climatology)
    skill, timing, direction = losses.skills().tolist()
    intervals = losses.skill_intervals().tolist()
    return _over_clock(probabilities, labels, blocks, by_the_clock) | {
        "n": n,
        "accuracy": hits / n,
        "accuracy_interval": list(wilson_interval(hits, n)),
        "majority_accuracy": float(class_frequencies(labels).max()),
        "balanced_accuracy": float(np.mean(recalls)),
        "log_loss": float(losses.sums[:, 0, 0].sum() / n),
        "climatology_log_loss": float(losses.sums[:, 0, 1].sum() / n),
        "uniform_log_loss": math.log(CLASSES),
        "skill": skill,
        "skill_interval": intervals[0],
        "timing_skill": timing,
        "timing_skill_interval": intervals[1],
        "direction_skill": direction,
        "direction_skill_interval": intervals[2],
        "brier": float(((probabilities - np.eye(CLASSES)[labels]) ** 2).sum(axis=1).mean()),
        "ece": confidence_error(probabilities, labels),
        "confusion_matrix": confusion.tolist(),
        "reliability": reliability(probabilities, labels),
    }


def _over_clock(
    probabilities: np.ndarray, labels: np.ndarray, blocks: np.ndarray, by_the_clock: np.ndarray | None
) -> dict[str, Any]:
    if by_the_clock is None:
        return {}
    losses = block_losses(probabilities, labels, blocks, by_the_clock)
    return {
        "timing_skill_over_clock": float(losses.skills()[1]),
        "timing_skill_over_clock_interval": losses.skill_intervals()[1].tolist(),
    }
