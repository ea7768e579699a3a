"""The two questions apart: whether a barrier is touched (timing), and which one where one was (side).

Each has its own yardsticks, its own reliability and its own calls. Predictions are frames in the columns of
core.learning.assessment.predictions; baselines are probabilities of the same rows, float64 (rows, 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.learning.assessment.comparison import PREDICTION_COLUMNS
from core.learning.evaluation import block_losses, interval_of, resampled_mean_skills
from core.learning.promises import (
    Answers,
    Measured,
    Promise,
    answers_when,
    answers_which_way,
    measure,
    promises,
)
from core.model.scores import Band, bands_of
from core.signals.bands import CLEAR_SIDE

_TIMING, _SIDE = 1, 2  # places among the questions of BlockLosses


@dataclass(frozen=True, slots=True)
class SkillOver:
    """Mean skill over coins against one baseline, and its 95 % interval."""

    baseline: str
    skill: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Answered:
    """How well one question is answered: skills, how its promises were kept, and calls."""

    skills: tuple[SkillOver, ...]
    promises: Measured
    calls: tuple[Promise, ...]


def judge_timing(predictions: pd.DataFrame, baselines: Mapping[str, np.ndarray], usual: np.ndarray) -> Answered:
    """``usual`` is P(move) of climatology, shape (rows,)."""
    answers = answers_when(*_arrays(predictions))
    band = bands_of(answers.promised, usual)
    groups = {each.value: band == place for place, each in reversed(list(enumerate(Band)))}
    return _answered(predictions, answers, _skills(predictions, baselines, _TIMING), promises(answers, groups))


def judge_side(predictions: pd.DataFrame, baselines: Mapping[str, np.ndarray]) -> Answered:
    """Of the candles after which a barrier was touched; a call is the likelier side."""
    answers = answers_which_way(*_arrays(predictions))
    up = answers.promised
    sure, right = np.maximum(up, 1 - up), np.where(up >= 0.5, answers.happened, ~answers.happened)
    groups = {"LONG": up >= 0.5, "SHORT": up < 0.5, f"by {CLEAR_SIDE * 100:.0f} % or more": sure >= CLEAR_SIDE}
    calls = promises(replace(answers, promised=sure, happened=right), groups)
    return _answered(predictions, answers, _skills(predictions, baselines, _SIDE), calls)


def _answered(
    predictions: pd.DataFrame, answers: Answers, skills: Iterable[SkillOver], calls: Iterable[Promise]
) -> Answered:
    _, coin = np.unique(predictions["symbol"], return_inverse=True)
    _, candle = np.unique(predictions["open_time"], return_inverse=True)
    kept = measure(answers, candle[answers.rows], coin[answers.rows])
    return Answered(tuple(skills), kept, tuple(calls))


def _arrays(predictions: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    labels = predictions["label"].to_numpy().astype(np.int64)
    return _probabilities(predictions), labels, predictions["block"].to_numpy()


def _probabilities(predictions: pd.DataFrame) -> np.ndarray:
    return predictions[PREDICTION_COLUMNS].to_numpy(dtype=np.float64)


def _skills(predictions: pd.DataFrame, baselines: Mapping[str, np.ndarray], question: int) -> Iterator[SkillOver]:
    coins = predictions.reset_index(drop=True).groupby("symbol", observed=True, sort=True).indices
    p, labels, blocks = _arrays(predictions)
    for name, baseline in baselines.items():
        losses = [block_losses(p[rows], labels[rows], blocks[rows], baseline[rows]) for rows in coins.values()]
        low, high = interval_of(resampled_mean_skills(losses)[:, question])
        yield SkillOver(name, float(np.mean([each.skills()[question] for each in losses])), float(low), float(high))
