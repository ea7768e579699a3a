"""Models side by side on the same candles: figures pooled over coins and per coin, and the gain of one over another.

Predictions are frames of one period in the columns of core.learning.assessment.predictions. Skills are means over coins,
like everywhere in Candor; their intervals come from blocks of days drawn anew for all coins at once. Log loss, accuracy,
Brier score and calibration error are those of all candles together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.domain import DIRECTION_TO_LABEL, LABEL_TO_DIRECTION, Direction, Timeframe
from core.learning.coin_model import predictions_path
from core.learning.evaluation import (
    CLASSES,
    BlockLosses,
    block_losses,
    class_frequencies,
    confidence_error,
    evaluate,
    interval_of,
    resampled_mean_skills,
    wilson_interval,
)
from core.model.metrics import ModelMetrics
from core.model.registry import ModelRegistry

PREDICTION_COLUMNS = list(LABEL_TO_DIRECTION.values())

QUESTIONS = ("skill", "timing_skill", "direction_skill")
"""Which class, is a barrier touched, and which one where one was: the order of core.learning.evaluation.BlockLosses."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one model did. ``coins`` holds evaluate() of each coin, ``losses`` its losses per block of days.

    ``pooled`` is None where judgements of several periods were joined, ``calls`` is False for a model that
    prefers no class and so calls nothing.
    """

    name: str
    calls: bool
    coins: Mapping[str, dict[str, Any]]
    losses: Mapping[str, BlockLosses]
    pooled: Mapping[str, Any] | None

    def skills(self) -> dict[str, Any]:
        """Mean skill over coins and its interval for each question: {"skill": ..., "skill_interval": [low, high], ...}."""
        means = np.mean([loss.skills() for loss in self.losses.values()], axis=0)
        intervals = interval_of(resampled_mean_skills(self.losses.values()))
        found: dict[str, Any] = {}
        for question, mean, interval in zip(QUESTIONS, means, intervals, strict=True):
            found |= {question: float(mean), f"{question}_interval": interval.tolist()}
        return found

    def gain_over(self, reference: Judgement) -> dict[str, Any]:
        """Difference in mean skill, with the interval of that difference over the same resampled blocks."""
        mine, theirs = (
            (np.mean([loss.skills()[0] for loss in each.losses.values()]), resampled_mean_skills(each.losses.values()))
            for each in (self, reference)
        )
        low, high = interval_of(mine[1][:, :1] - theirs[1][:, :1])[0]
        return {"over": reference.name, "skill": float(mine[0] - theirs[0]), "interval": [float(low), float(high)]}


def judge(name: str, predictions: pd.DataFrame, climatology: Mapping[str, np.ndarray], calls: bool = True) -> Judgement:
    """Judge predictions of one period against each coin's class frequencies before it."""
    coins, losses = {}, {}
    for symbol, rows in predictions.groupby("symbol", observed=True, sort=True):
        probabilities, labels = _arrays(rows)
        blocks, baseline = rows["block"].to_numpy(), climatology[str(symbol)]
        coins[str(symbol)] = evaluate(probabilities, labels, blocks, baseline)
        losses[str(symbol)] = block_losses(probabilities, labels, blocks, baseline)
    unpooled = Judgement(name, calls, coins, losses, None)
    return Judgement(name, calls, coins, losses, _pooled(predictions, coins, unpooled.skills()))


def joined(name: str, judgements: Sequence[Judgement]) -> Judgement:
    """One model's judgements of several periods as one."""
    losses: dict[str, BlockLosses] = {}
    for symbol in sorted({symbol for each in judgements for symbol in each.losses}):
        parts = [each.losses[symbol] for each in judgements if symbol in each.losses]
        blocks, index = np.unique(np.concatenate([part.blocks for part in parts]), return_inverse=True)
        sums = np.zeros((len(blocks), *parts[0].sums.shape[1:]))
        np.add.at(sums, index, np.concatenate([part.sums for part in parts]))
        losses[symbol] = BlockLosses(blocks, sums)
    return Judgement(name, judgements[0].calls, {}, losses, None)


def _pooled(predictions: pd.DataFrame, coins: Mapping[str, dict[str, Any]], skills: dict[str, Any]) -> dict[str, Any]:
    probabilities, labels = _arrays(predictions)
    # Climatology and skills of the whole pool would need one baseline for all coins; each coin keeps its own.
    whole = evaluate(probabilities, labels, predictions["block"].to_numpy(), class_frequencies(labels))
    n = whole["n"]
    weighted = {
        key: sum(c[key] * c["n"] for c in coins.values()) / n for key in ("climatology_log_loss", "majority_accuracy")
    }
    hits = round(whole["accuracy"] * n)
    confusion = np.array(whole["confusion_matrix"])
    called = confusion.sum(axis=0)
    long, short = called[DIRECTION_TO_LABEL["LONG"]], called[DIRECTION_TO_LABEL["SHORT"]]
    return {
        "coins": len(coins),
        "n": n,
        "log_loss": whole["log_loss"],
        **weighted,
        **skills,
        "coins_above_climatology": sum(c["skill"] > 0 for c in coins.values()),
        "accuracy": whole["accuracy"],
        "accuracy_interval": list(wilson_interval(hits, n)),
        "balanced_accuracy": whole["balanced_accuracy"],
        "brier": whole["brier"],
        "ece": whole["ece"],
        "worst_ece": max(c["ece"] for c in coins.values()),
        "long_share": float(long / (long + short)) if long + short else None,
        "confusion_matrix": whole["confusion_matrix"],
        "reliability": whole["reliability"],
    }


# ---------------------------------------------------------------- predictions made of other things


def mean_of(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Mean probabilities of models that predicted the same candles."""
    frames = list(frames)
    require_same_candles(*frames)
    return with_probabilities(frames[0], np.mean([frame[PREDICTION_COLUMNS].to_numpy() for frame in frames], axis=0))


def with_probabilities(like: pd.DataFrame, probabilities: np.ndarray) -> pd.DataFrame:
    """``like`` with other probabilities, shape (rows, 3)."""
    return like.assign(**{name: probabilities[:, n] for n, name in LABEL_TO_DIRECTION.items()})


def always(probabilities: Mapping[str, np.ndarray] | np.ndarray, like: pd.DataFrame) -> pd.DataFrame:
    """The same probabilities for every candle of ``like``, or of each coin of it."""
    rows = [probabilities[s] if isinstance(probabilities, Mapping) else probabilities for s in like["symbol"]]
    return with_probabilities(like, np.array(rows))


def require_same_candles(first: pd.DataFrame, *others: pd.DataFrame) -> None:
    """ValueError unless all frames predict the same candles in the same order: nothing else can be compared."""
    keys = ["symbol", "open_time", "label"]
    for other in others:
        if not first[keys].reset_index(drop=True).equals(other[keys].reset_index(drop=True)):
            raise ValueError(f"two models predicted different candles ({len(first)} and {len(other)} rows)")


def _arrays(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    probabilities = rows[PREDICTION_COLUMNS].to_numpy(dtype=np.float64)
    assert probabilities.shape[1] == CLASSES
    return probabilities, rows["label"].to_numpy().astype(np.int64)


# ---------------------------------------------------------------- published models, as training left them


@dataclass(frozen=True, slots=True)
class TimeframeSummary:
    """Means over coins; intervals come from a bootstrap over blocks of days, the same for all coins."""

    timeframe: Timeframe
    coins: int
    ensembles: int  # of these models; the others are a network alone
    skill: float
    skill_interval: tuple[float, float]
    timing_skill: float
    direction_skill: float
    direction_skill_interval: tuple[float, float]
    uniform_skill: float  # what equal probabilities would score against climatology
    accuracy: float
    majority_accuracy: float
    coins_above_climatology: int
    pooled_ece: float
    worst_ece: float
    long_share: float  # of all LONG and SHORT calls


def summarise(models: Path, datasets: Path, symbols: Iterable[str], timeframe: Timeframe) -> TimeframeSummary | None:
    """The summary of those ``symbols`` whose model and test predictions are on disk; None without any."""
    registry = ModelRegistry(models)
    metrics: list[ModelMetrics] = []
    losses: list[BlockLosses] = []
    predicted, labels = [], []
    for symbol in symbols:
        path = predictions_path(datasets, symbol, timeframe)
        found = registry.status(symbol, timeframe).metrics
        if found is None or found.test is None or not path.is_file():
            continue
        frame = pd.read_parquet(path)
        probabilities = frame[list(LABEL_TO_DIRECTION.values())].to_numpy(dtype=np.float64)
        climatology = np.array([getattr(found.climatology, d) for d in Direction])
        metrics.append(found)
        predicted.append(probabilities)
        labels.append(frame["label"].to_numpy().astype(np.int64))
        losses.append(block_losses(probabilities, labels[-1], frame["block"].to_numpy(), climatology))
    if not metrics:
        return None

    tests = [m.test for m in metrics if m.test is not None]
    skills = np.array([loss.skills() for loss in losses])
    intervals = interval_of(resampled_mean_skills(losses))
    calls = {side: sum(test.calls(side) for test in tests) for side in (Direction.LONG, Direction.SHORT)}
    return TimeframeSummary(
        timeframe,
        coins=len(metrics),
        ensembles=sum(m.kind == "ensemble" for m in metrics),
        skill=float(skills[:, 0].mean()),
        skill_interval=(float(intervals[0, 0]), float(intervals[0, 1])),
        timing_skill=float(skills[:, 1].mean()),
        direction_skill=float(skills[:, 2].mean()),
        direction_skill_interval=(float(intervals[2, 0]), float(intervals[2, 1])),
        uniform_skill=float(np.mean([1 - t.uniform_log_loss / t.climatology_log_loss for t in tests])),
        accuracy=float(np.mean([t.accuracy for t in tests])),
        majority_accuracy=float(np.mean([t.majority_accuracy for t in tests])),
        coins_above_climatology=int((skills[:, 0] > 0).sum()),
        pooled_ece=confidence_error(np.concatenate(predicted), np.concatenate(labels)),
        worst_ece=max(t.ece for t in tests),
        long_share=calls[Direction.LONG] / max(1, sum(calls.values())),
    )


def summary_table(summaries: Iterable[TimeframeSummary]) -> str:
    """The summaries as text for a terminal."""
    lines = [
        f"{'':4} {'coins':>5} {'ensembles':>9}  {'skill':^24} {'timing':>7} {'direction':^24} {'uniform':>8} "
        f"{'accuracy':>9} {'majority':>9} {'above':>6} {'ECE':>6} {'worst':>6} {'LONG':>6}"
    ]
    for s in summaries:
        skill = f"{s.skill:+.4f} ({s.skill_interval[0]:+.3f} {s.skill_interval[1]:+.3f})"
        low, high = s.direction_skill_interval
        direction = f"{s.direction_skill:+.4f} ({low:+.3f} {high:+.3f})"
        lines.append(
            f"{s.timeframe:4} {s.coins:5} {s.ensembles:9}  {skill:^24} {s.timing_skill:+7.4f} {direction:^24} {s.uniform_skill:+8.4f} "
            f"{s.accuracy:9.1%} {s.majority_accuracy:9.1%} {s.coins_above_climatology:6} {s.pooled_ece:6.3f} "
            f"{s.worst_ece:6.3f} {s.long_share:6.1%}"
        )
    return "\n".join(lines)
