"""Tiny models for tests: random weights, a plain scaler, and metrics that say what a test wants them to say."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.preprocessing import StandardScaler

from core.domain import Series, Timeframe
from core.model.background import BACKGROUND_WINDOWS
from core.model.features import FEATURES, season_days
from core.model.files import BACKGROUND_FILE, NETWORK_FILE, SCALER_FILE, TREES_FILE
from core.model.network import CnnLstm
from core.model.parameters import Dimensions
from core.model.promises import RELIABILITY_BINS, bin_of
from core.model.registry import publish_model
from core.model.scaling import clip
from scripts.made_forest import made_trees

TINY = Dimensions(window=12, channels=4, hidden=4, head=4)


def network(seed: int = 0, dimensions: Dimensions = TINY) -> CnnLstm:
    """A network with random weights, the same for the same seed."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return CnnLstm(dimensions).eval()


def scaler() -> StandardScaler:
    """A scaler that leaves features as they are."""
    return StandardScaler().fit(np.vstack([np.full(len(FEATURES), -1.0), np.full(len(FEATURES), 1.0)]))


def background(window: int = TINY.window, seed: int = 0) -> np.ndarray:
    """Windows of noise for a model's answers to be compared with, the same for the same seed."""
    noise = np.random.default_rng(seed).normal(size=(BACKGROUND_WINDOWS, window, len(FEATURES)))
    return clip(noise)


def evaluation(confusion: list[list[int]], **changes: Any) -> dict[str, Any]:
    """The ``test`` part of metrics for a confusion matrix (rows happened, columns called; SHORT, NO_TRADE, LONG).

    Skill is proven where 40 % and more are called rightly, and otherwise not, unless ``changes`` say so.
    """
    counts = np.array(confusion)
    n = int(counts.sum())
    accuracy = float(np.trace(counts) / n)
    z = 1.959964
    centre = (accuracy + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * float(np.sqrt(accuracy * (1 - accuracy) / n + z * z / (4 * n * n)))
    edges = np.linspace(0, 1, RELIABILITY_BINS + 1)
    bins = [
        {"lower": float(a), "upper": float(b), "n": 0, "mean_confidence": None, "accuracy": None}
        for a, b in pairwise(edges)
    ]
    bins[place_of(accuracy)] |= {"n": n, "mean_confidence": accuracy, "accuracy": accuracy}
    short, quiet, long = counts.sum(axis=1).tolist()
    return {
        "n": n,
        "accuracy": accuracy,
        "accuracy_interval": [max(centre - half, 0.0), min(centre + half, 1.0)],
        "majority_accuracy": float(counts.sum(axis=1).max() / n),
        "balanced_accuracy": accuracy,
        "log_loss": 1.05,
        "climatology_log_loss": 1.10,
        "uniform_log_loss": 1.0986,
        "skill": 0.045 if accuracy >= 0.4 else 0.002,
        "skill_interval": [0.03, 0.06] if accuracy >= 0.4 else [-0.015, 0.02],
        "timing_skill": 0.07,
        "timing_skill_interval": [0.05, 0.09],
        "timing_skill_over_clock": 0.02,
        "timing_skill_over_clock_interval": [0.01, 0.03],
        "direction_skill": 0.0,
        "direction_skill_interval": [-0.003, 0.003],
        "brier": 0.64,
        "ece": 0.01,
        "confusion_matrix": confusion,
        "reliability": bins,
        "move": promises(kept_promise(n, n - quiet)),
        "side": promises(kept_promise(short + long, long)) if short + long else None,
    } | changes


def place_of(share: float) -> int:
    """The place of a probability's bin."""
    return int(bin_of(np.array([share]))[0])


def kept_promise(n: int, hits: int) -> tuple[int, float, float]:
    """So many candles, what was promised of them and the share that came true: the same."""
    return n, hits / n, hits / n


def promises(*bins: tuple[int, float, float]) -> dict[str, Any]:
    """One question of a test's ``test``; ``bins`` are candles, what was promised and what came true."""
    reliability: list[dict[str, Any]] = [
        {"n": 0, "promised": None, "came_true": None, "interval": None} for _ in range(RELIABILITY_BINS)
    ]
    for n, promised, came_true in bins:
        interval = [max(came_true - 0.05, 0.0), min(came_true + 0.05, 1.0)]
        reliability[place_of(promised)] = {
            "n": n, "promised": promised, "came_true": came_true, "interval": interval
        }  # fmt: skip
    n = sum(each[0] for each in bins)
    error = sum(count * abs(promised - came_true) for count, promised, came_true in bins) / n
    return {"n": n, "ece": error, "ece_by_chance": {"mean": 0.02, "p95": 0.04}, "reliability": reliability}


def judged_models(**changes: Any) -> dict[str, Any]:
    """Models of 34 coins in evaluation.json."""
    skills = {
        f"{question}{ending}": value
        for question in ("skill", "timing_skill", "direction_skill")
        for ending, value in (("", 0.03), ("_interval", [0.02, 0.04]))
    }
    return {
        "n": 1000,
        "coins": 34,
        "above": 33,
        "above_interval": [31, 34],
        "accuracy": 0.396,
        "accuracy_interval": [0.37, 0.43],
        "majority_accuracy": 0.35,
        "said": 0.405,
        **skills,
    } | changes


def evaluated(*timeframes: Timeframe) -> dict[str, Any]:
    """An evaluation.json of these timeframes."""
    published = judged_models()
    skills = {key: value for key, value in published.items() if "skill" in key}
    gain = {"skill": 0.004, "interval": [0.001, 0.008]}
    figures = {
        "test": {"from": "2025-07-07T00:00:00Z", "to": "2025-09-01T00:00:00Z"},
        "published": published,
        "usual": judged_models(
            accuracy=0.37, accuracy_interval=[0.36, 0.38], said=0.738, skill=-0.647, skill_interval=[-0.7, -0.6]
        ),
        "move": promises((400, 0.58, 0.55), (600, 0.75, 0.76)),
        "side": promises(kept_promise(690, 345)),
        "walk_forward": {"periods": 5, "n": 5000, **skills},
        "one_forest": {"n": 1000, **skills, "two_forests": gain, "published": gain},
        "fresh": {"periods": 4, "n": 4000, "gain": gain},
        "proven": {"models": 34, "timing": 30, "side": 2},
    }
    return {
        "date": "2026-11-26T00:00:00Z",
        "market": "hand-made",
        "timeframes": {timeframe.value: figures for timeframe in timeframes},
    }


FAIR_CONFUSION = [[150, 80, 90], [70, 160, 90], [100, 90, 170]]
"""48 % accurate on 1,000 candles, majority 36 %."""
WEAK_CONFUSION = [[100, 120, 100], [110, 110, 100], [120, 120, 120]]
"""33 % accurate on 1,000 candles."""

FAMOUS_LAZY = evaluation([[0, 1, 0], [0, 88, 0], [0, 1, 0]], skill=-0.01, skill_interval=[-0.02, 0.01])
"""The first design's 97.78 %, 88 of 90: always NO_TRADE, which is right 97.78 % too."""
FAMOUS_BROKEN = evaluation([[0, 30, 0], [0, 1, 29], [30, 0, 0]], skill=-3.0, skill_interval=[-4.0, -2.0])
"""The first design's 1.11 %, 1 of 90: wrong far more reliably than guessing would be."""


def metrics(symbol: str, timeframe: Timeframe, window: int = TINY.window, **changes: Any) -> dict[str, Any]:
    """A whole metrics.json but for the checksums."""
    period = {"from": "2024-01-01T00:00:00Z", "to": "2024-12-31T00:00:00Z"}
    quartiles = {"q25": 60.0, "median": 105.0, "q75": 165.0}
    return {
        "symbol": symbol,
        "timeframe": timeframe.value,
        "model_version": "hand-made",
        "trained_at": "2025-06-01T00:00:00Z",
        "market": "hand-made",
        "periods": {"train": period, "validation": period, "test": period},
        "features": list(FEATURES),
        "season1_days": list(season_days(timeframe)),
        "window": window,
        "barrier_atr_multiple": 2.2,
        "horizon_candles": 16,
        "temperature": 1.0,
        "novelty": {"precision": np.eye(len(FEATURES)).tolist(), "limit": 1e6},
        "climatology": {"SHORT": 0.35, "NO_TRADE": 0.3, "LONG": 0.35},
        "time_to_target_minutes": {"LONG": quartiles, "SHORT": quartiles},
        "scaling": {"mean": [0.0] * len(FEATURES), "scale": [1.0] * len(FEATURES)},
        "test": evaluation(FAIR_CONFUSION),
    } | changes


def sealed(described: dict[str, Any]) -> dict[str, Any]:
    """A whole metrics.json: with checksums, though of no files."""
    trees = [TREES_FILE] if described.get("kind") == "ensemble" else []
    return described | {"sha256": dict.fromkeys([NETWORK_FILE, SCALER_FILE, BACKGROUND_FILE, *trees], "0" * 64)}


def publish(
    models_dir: Path, symbol: str, timeframe: Timeframe, seed: int = 0, dimensions: Dimensions = TINY, **changes: Any
) -> Path:
    """Publish a hand-made model and return its folder."""
    described = metrics(symbol, timeframe, dimensions.window, **changes)
    made, windows = network(seed, dimensions), background(dimensions.window)
    return publish_model(models_dir, Series(symbol, timeframe), made, scaler(), windows, described)


def publish_ensemble(
    models_dir: Path, symbol: str, timeframe: Timeframe, seed: int = 0, forest_seed: int = 0, **changes: Any
) -> Path:
    """Publish a hand-made network with random trees, the same for the same ``forest_seed``, and return its folder."""
    described = metrics(symbol, timeframe, **{"kind": "ensemble", "network_share": 0.4, "side_share": 0.7} | changes)
    trees = made_trees(rounds=20, leaves=8, seed=forest_seed)
    return publish_model(models_dir, Series(symbol, timeframe), network(seed), scaler(), background(), described, trees)
