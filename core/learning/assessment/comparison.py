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

from core.domain import DIRECTION_TO_LABEL, LABEL_TO_DIRECTION, Timeframe
from core.learning.coin_model import CLIMATOLOGY, saved_predictions
from core.learning.evaluation import (
    BlockLosses,
    block_losses,
    class_frequencies,
    evaluate,
    interval_of,
    resampled_mean_skills,
)
from core.model.registry import ModelRegistry
from core.model.scores import CLASSES, wilson_interval

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
    """How good the published models of a timeframe are together; ``ensembles`` of them are more than a network."""

    timeframe: Timeframe
    ensembles: int
    judgement: Judgement

    def mean(self, key: str) -> float:
        """The mean over coins of one figure of evaluate()."""
        return float(np.mean([coin[key] for coin in self.judgement.coins.values()]))

    @property
    def uniform_skill(self) -> float:
        """What equal probabilities would score against climatology."""
        coins = self.judgement.coins.values()
        return float(np.mean([1 - coin["uniform_log_loss"] / coin["climatology_log_loss"] for coin in coins]))


def summarise(models: Path, datasets: Path, symbols: Iterable[str], timeframe: Timeframe) -> TimeframeSummary | None:
    """The summary of those ``symbols`` whose model and whose model's own test predictions are on disk; None without any."""
    registry = ModelRegistry(models)
    predicted, climatology, ensembles = [], {}, 0
    for symbol in symbols:
        found = registry.status(symbol, timeframe).metrics
        predictions = None if found is None else saved_predictions(datasets, found)
        if found is None or predictions is None or predictions.empty:
            continue
        predicted.append(predictions.assign(symbol=symbol))
        climatology[symbol] = np.array(predictions.attrs[CLIMATOLOGY])
        ensembles += found.kind == "ensemble"
    if not predicted:
        return None
    return TimeframeSummary(timeframe, ensembles, judge("published", pd.concat(predicted), climatology))


def summary_table(summaries: Iterable[TimeframeSummary]) -> str:
    """The summaries as text for a terminal."""
    header = (
        f"{'':4} {'coins':>5} {'ensembles':>9}  {'skill':^24} {'timing':>7} {'direction':^24} {'uniform':>8} "
        f"{'accuracy':>9} {'majority':>9} {'above':>6} {'ECE':>6} {'worst':>6} {'LONG':>6}"
    )
    return "\n".join([header, *map(_summary_line, summaries)])


def _summary_line(summary: TimeframeSummary) -> str:
    pooled = summary.judgement.pooled
    assert pooled is not None
    skill, direction = (
        f"{pooled[question]:+.4f} ({pooled[f'{question}_interval'][0]:+.3f} {pooled[f'{question}_interval'][1]:+.3f})"
        for question in ("skill", "direction_skill")
    )
    return (
        f"{summary.timeframe:4} {pooled['coins']:5} {summary.ensembles:9}  {skill:^24} {pooled['timing_skill']:+7.4f} "
        f"{direction:^24} {summary.uniform_skill:+8.4f} {summary.mean('accuracy'):9.1%} "
        f"{summary.mean('majority_accuracy'):9.1%} {pooled['coins_above_climatology']:6} {pooled['ece']:6.3f} "
        f"{pooled['worst_ece']:6.3f} {pooled['long_share'] or 0:6.1%}"
    )
