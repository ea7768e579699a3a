"""One line per timeframe: how good the published models are together on their test periods."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from core.domain import LABEL_TO_DIRECTION, Direction, Timeframe
from core.learning.coin_model import predictions_path
from core.learning.evaluation import BlockLosses, block_losses, confidence_error, interval_of, resampled_mean_skills
from core.model.metrics import ModelMetrics
from core.model.registry import ModelRegistry


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
