"""The gradient-boosted trees all coins of a timeframe share; kept on disk until their data change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.learning.datasets import LEARNED_FROM
from core.learning.forest import trees_of
from core.learning.sources import Lessons, Pool
from core.learning.trees import Boosting, Growth, finish_boosting, rehearse_boosting
from core.model.trees import BoostedTrees

AfterRounds = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class SharedTrees:
    """Trees, and the logits (windows, 3) that their rehearsal gave the validation windows of all coins in turn."""

    trees: BoostedTrees
    rehearsed: np.ndarray


def shared_trees_path(datasets: Path, timeframe: str) -> Path:
    """Where a timeframe's trees are kept, beside its shared network."""
    return datasets / "shared" / f"{timeframe}_trees.npz"


def make_shared_trees(pool: Pool, path: Path, after_rounds: AfterRounds) -> None:
    """Grow the trees of ``pool`` and keep them at ``path``; nothing to do where they are there already."""
    boosting = pool.boosting
    fingerprint = pool.fingerprint(boosting)
    if _fingerprint_at(path) == fingerprint:
        after_rounds(2 * boosting.rounds)
        return
    lessons = Lessons.of(pool)
    rehearsal = rehearse_trees(lessons, boosting, pool.seed, after_rounds)
    finished = finish_trees(lessons, boosting, rehearsal.rounds, pool.seed, after_rounds)
    after_rounds(boosting.rounds - rehearsal.rounds)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".tmp.npz")
    np.savez(
        aside,
        fingerprint=fingerprint,
        trees=np.frombuffer(trees_of(finished.booster, finished.rounds).to_bytes(), dtype=np.uint8),
        rehearsed=rehearsal.logits(lessons.validation),
    )
    aside.replace(path)


def load_shared_trees(path: Path) -> SharedTrees:
    """What make_shared_trees kept."""
    with np.load(path, allow_pickle=False) as kept:
        return SharedTrees(BoostedTrees.from_bytes(kept["trees"].tobytes()), kept["rehearsed"])


def rehearse_trees(lessons: Lessons, boosting: Boosting, seed: int, after_rounds: AfterRounds) -> Growth:
    """Trees that have learned from the training period only, as many as validation leaves standing."""
    return rehearse_boosting(lessons.windows(["train"]), lessons.validation, boosting, seed, after_rounds)


def finish_trees(lessons: Lessons, boosting: Boosting, rounds: int, seed: int, after_rounds: AfterRounds) -> Growth:
    """Trees grown on both periods, as many as a rehearsal found to be good."""
    return finish_boosting(lessons.windows(LEARNED_FROM), boosting, rounds, seed, after_rounds)


def _fingerprint_at(path: Path) -> str | None:
    """The fingerprint of kept trees; None where there are none or they cannot be read and must be grown anew."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            return str(kept["fingerprint"])
    except Exception:
        return None
