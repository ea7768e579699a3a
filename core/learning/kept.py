"""The network all coins of a timeframe share, with its scaler and temperature; kept on disk until its data change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from sklearn.preprocessing import StandardScaler

from core.domain import Timeframe
from core.learning.datasets import LEARNED_FROM
from core.learning.network import Recipe, fit_temperature, logits_of, rehearse, train_until
from core.learning.sources import Lessons, NothingToLearnFrom, Pool, can_teach
from core.model.network import CnnLstm, from_checkpoint, to_checkpoint


@dataclass(frozen=True, slots=True)
class SharedNetwork:
    """A network, the scaler its inputs need and the temperature its logits need."""

    network: CnnLstm
    scaler: StandardScaler
    temperature: float


@dataclass(frozen=True, slots=True)
class Rehearsed(SharedNetwork):
    """A network of the training period only, and what it said of the validation windows of all coins in turn.

    ``steps`` is how many steps of training were good, ``logits`` has shape (windows, 3).
    """

    steps: int
    logits: np.ndarray


def shared_network_path(datasets: Path, timeframe: Timeframe) -> Path:
    """Where a timeframe's shared network is kept, among the datasets it came from."""
    return datasets / "shared" / f"{timeframe}.pt"


def make_shared_network(pool: Pool, path: Path, after_steps: Callable[[int], None]) -> None:
    """Train the shared network of ``pool`` and keep it at ``path``; nothing to do where it is there already."""
    torch.set_num_threads(1)  # one worker, one core; and sums always in the same order
    fingerprint = pool.fingerprint(pool.recipe)
    if _fingerprint_at(path) == fingerprint:
        after_steps(2 * pool.recipe.steps)
        return
    lessons = Lessons.of(pool)
    rehearsed = rehearse_shared(lessons, pool.timeframe, pool.recipe, pool.seed, after_steps)
    finished = finish_shared(lessons, pool.recipe, pool.seed, rehearsed.steps, rehearsed.temperature, after_steps)
    after_steps(pool.recipe.steps - rehearsed.steps)
    _save(finished, rehearsed.logits, fingerprint, path)


def rehearse_shared(
    lessons: Lessons, timeframe: Timeframe, recipe: Recipe, seed: int, after_steps: Callable[[int], None]
) -> Rehearsed:
    """A network that has learned from the training period only, for as many steps as validation leaves standing."""
    if not can_teach(lessons.coins):
        raise NothingToLearnFrom(
            f"No coin has labelled {timeframe} candles in the training and the validation period; "
            "more candles of earlier history are needed."
        )
    rehearsal = rehearse(lessons.windows_of_both_timeframes(["train"]), lessons.look(), recipe, seed, after_steps)
    validation = lessons.validation
    logits = logits_of(rehearsal.network, validation)
    temperature = fit_temperature(logits, validation.labels, validation.blocks)
    return Rehearsed(rehearsal.network, lessons.scaler, temperature, rehearsal.steps, logits)


def finish_shared(
    lessons: Lessons, recipe: Recipe, seed: int, steps: int, temperature: float, after_steps: Callable[[int], None]
) -> SharedNetwork:
    """The network trained on both periods for as many steps as a rehearsal found to be good."""
    network = train_until(steps, lessons.windows_of_both_timeframes(LEARNED_FROM), recipe, seed, after_steps)
    return SharedNetwork(network, lessons.scaler, temperature)


def load_rehearsed_logits(path: Path) -> np.ndarray:
    """Logits (windows, 3) that the rehearsal of a kept network gave the validation windows of all coins in turn."""
    return torch.load(path, weights_only=True)["rehearsed"].numpy()


def load_shared_network(path: Path) -> SharedNetwork:
    """What make_shared_network kept."""
    kept = torch.load(path, weights_only=True)
    scaler = StandardScaler()
    for name, values in kept["scaler"].items():
        setattr(scaler, name, values.numpy())
    scaler.n_features_in_, scaler.n_samples_seen_ = len(scaler.mean_), np.int64(kept["samples"])
    return SharedNetwork(from_checkpoint(kept["checkpoint"]), scaler, kept["temperature"])


def _save(shared: SharedNetwork, rehearsed: np.ndarray, fingerprint: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".tmp")
    torch.save(
        {
            "fingerprint": fingerprint,
            "checkpoint": to_checkpoint(shared.network),
            "scaler": {n: torch.from_numpy(getattr(shared.scaler, n)) for n in ("mean_", "var_", "scale_")},
            "samples": int(np.max(shared.scaler.n_samples_seen_)),
            "temperature": shared.temperature,
            "rehearsed": torch.from_numpy(rehearsed),
        },
        aside,
    )
    aside.replace(path)


def _fingerprint_at(path: Path) -> str | None:
    """The fingerprint of a kept network; None where there is none or it cannot be read and must be made anew."""
    try:
        return torch.load(path, weights_only=True)["fingerprint"]
    except Exception:
        return None
