"""The two questions apart: whether a barrier is touched (timing), and which one where one was (side).

Each has its own yardsticks, its own reliability and its own calls. Predictions are frames in the columns of
core.learning.assessment.predictions; baselines are probabilities of the same rows, float64 (rows, 3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.domain import DIRECTION_TO_LABEL
from core.learning.assessment.comparison import PREDICTION_COLUMNS
from core.learning.evaluation import block_losses, block_weights, interval_of, resampled_mean_skills
from core.model.metrics import RELIABILITY_BINS
from core.model.probabilities import calibration_error
from core.signals.bands import CLEAR_SIDE, LIKELY

_SHORT, _NO_TRADE, _LONG = (DIRECTION_TO_LABEL[name] for name in ("SHORT", "NO_TRADE", "LONG"))
_TIMING, _SIDE = 1, 2  # places among the questions of BlockLosses


@dataclass(frozen=True, slots=True)
class SkillOver:
    """Mean skill over coins against one baseline, and its 95 % interval."""

    baseline: str
    skill: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Promise:
    """So many predictions that promised a share on average, and the share that came true with its 95 % interval."""

    name: str
    n: int
    promised: float
    came_true: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Answers:
    """How well one question is answered: skills, calibration error and reliability over 15 bins, and calls."""

    skills: tuple[SkillOver, ...]
    ece: float
    reliability: tuple[Promise, ...]
    calls: tuple[Promise, ...]


def judge_timing(predictions: pd.DataFrame, baselines: Mapping[str, np.ndarray], usual: np.ndarray) -> Answers:
    """``usual`` is P(move) of climatology, shape (rows,)."""
    promised = 1 - _probabilities(predictions)[:, _NO_TRADE]
    touched = predictions["label"].to_numpy() != _NO_TRADE
    blocks = predictions["block"].to_numpy()
    apart = promised - usual
    groups = {"likely": apart >= LIKELY, "usual": np.abs(apart) < LIKELY, "quiet": apart <= -LIKELY}
    return Answers(
        tuple(_skills(predictions, baselines, _TIMING)),
        *_reliability(promised, touched, blocks),
        tuple(_promises(groups, promised, touched, blocks)),
    )


def judge_side(predictions: pd.DataFrame, baselines: Mapping[str, np.ndarray]) -> Answers:
    """Of the candles after which a barrier was touched; a call is the likelier side."""
    asked = predictions[predictions["label"] != _NO_TRADE]
    p = _probabilities(asked)
    up = p[:, _LONG] / (p[:, _SHORT] + p[:, _LONG])
    rose = asked["label"].to_numpy() == _LONG
    blocks = asked["block"].to_numpy()
    sure, right = np.maximum(up, 1 - up), np.where(up >= 0.5, rose, ~rose)
    groups = {"LONG": up >= 0.5, "SHORT": up < 0.5, f"by {CLEAR_SIDE * 100:.0f} % or more": sure >= CLEAR_SIDE}
    return Answers(
        tuple(_skills(predictions, baselines, _SIDE)),
        *_reliability(up, rose, blocks),
        tuple(_promises(groups, sure, right, blocks)),
    )


def _probabilities(predictions: pd.DataFrame) -> np.ndarray:
    return predictions[PREDICTION_COLUMNS].to_numpy(dtype=np.float64)


def _skills(predictions: pd.DataFrame, baselines: Mapping[str, np.ndarray], question: int) -> Iterator[SkillOver]:
    coins = predictions.reset_index(drop=True).groupby("symbol", observed=True, sort=True).indices
    p, labels = _probabilities(predictions), predictions["label"].to_numpy().astype(np.int64)
    blocks = predictions["block"].to_numpy()
    for name, baseline in baselines.items():
        losses = [block_losses(p[rows], labels[rows], blocks[rows], baseline[rows]) for rows in coins.values()]
        low, high = interval_of(resampled_mean_skills(losses)[:, question])
        yield SkillOver(name, float(np.mean([each.skills()[question] for each in losses])), float(low), float(high))


def _reliability(promised: np.ndarray, happened: np.ndarray, blocks: np.ndarray) -> tuple[float, tuple[Promise, ...]]:
    """The calibration error, and the bins that hold any candle."""
    number = np.clip(np.ceil(promised * RELIABILITY_BINS).astype(int) - 1, 0, RELIABILITY_BINS - 1)
    groups = {
        f"{k / RELIABILITY_BINS:.0%} to {(k + 1) / RELIABILITY_BINS:.0%}": number == k for k in range(RELIABILITY_BINS)
    }
    bins = tuple(_promises(groups, promised, happened, blocks))
    error = calibration_error([b.n for b in bins], [b.promised for b in bins], [b.came_true for b in bins])
    return error, bins


def _promises(
    groups: Mapping[str, np.ndarray], promised: np.ndarray, happened: np.ndarray, blocks: np.ndarray
) -> Iterator[Promise]:
    """Of each group that is not empty; its interval is over whole blocks of days drawn anew."""
    _, block = np.unique(blocks, return_inverse=True)
    weights = block_weights(int(block.max(initial=0)) + 1)
    for name, inside in groups.items():
        if not inside.any():
            continue
        n, hits = (np.bincount(block[inside], weights=w, minlength=weights.shape[1]) for w in (None, happened[inside]))
        drawn = weights @ n
        low, high = interval_of((weights @ hits)[drawn > 0] / drawn[drawn > 0])
        came_true = float(happened[inside].mean())
        yield Promise(name, int(inside.sum()), float(promised[inside].mean()), came_true, float(low), float(high))
