"""What experiments have learned and predicted, kept on disk, so that training and evaluation go on where either stopped.

Each is kept under a fingerprint of everything that decides it: recipe, seed, candles, fold and code. So what is found
is never that of other candles or other code, and the folder may be deleted at any time. Which code that is follows
from the imports: the module that makes them, all that it imports of the core, and so on.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.preprocessing import StandardScaler

from core.disk import read_bounded, write_whole
from core.learning import experiment as learning
from core.learning.clock import Clock
from core.learning.experiment import Experiment, Learned
from core.learning.sources import Sources
from core.learning.validation import Validation
from core.model.network import CnnLstm, from_checkpoint, to_checkpoint
from core.model.novelty import NoveltyLimit
from core.model.trees import BoostedTrees
from core.settings import PROJECT
from core.source_code import files_behind, fingerprint_of

LIBRARIES = ("torch", "scikit-learn", "lightgbm", "numpy", "scipy", "pandas", "TA-Lib")
"""Libraries whose other versions can make other models of the same candles."""

LARGEST_FILE = 1 << 30
"""Bytes; what is learned of 34 coins takes seven million, and what it predicts of their validation candles most of them."""

_SCALER_ARRAYS = ("mean_", "var_", "scale_")


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder of what is kept."""

    folder: Path

    def file(
        self, experiment: Experiment, sources_fingerprint: str, module: str = learning.__name__, ending: str = "pt"
    ) -> Path:
        """Where is kept what ``module`` makes of an experiment and of Sources with that fingerprint."""
        decisive = f"{experiment!r} {sources_fingerprint} {code_fingerprint(module)}"
        fingerprint = hashlib.sha256(decisive.encode()).hexdigest()[:16]
        name = f"{experiment.timeframe}-fold{experiment.fold.number}-{experiment.learner}-{fingerprint}.{ending}"
        return self.folder / name


def learn_once(experiment: Experiment, sources: Sources, file: Path) -> Learned[Any]:
    """What is kept of an experiment in ``file``; where nothing is, or it cannot be read, it is carried out and kept."""
    learned = recall(file)
    if learned is None:
        learned = learning.learn(experiment, experiment.training_data(sources))
        keep(learned, file)
    return learned


def keep(learned: Learned[Any], file: Path) -> None:
    """Write ``learned`` to ``file``; CannotWrite says why that failed."""
    scaler, novelty, validation = learned.scaler, learned.novelty, learned.validation
    trees = isinstance(learned.model, BoostedTrees)
    content = {
        "trees" if trees else "network": _as_tensor(learned.model.to_bytes())
        if trees
        else to_checkpoint(learned.model),
        "scaler": {name: torch.from_numpy(getattr(scaler, name)) for name in _SCALER_ARRAYS},
        "samples": int(np.max(scaler.n_samples_seen_)),
        "temperature": learned.temperature,
        "length": learned.length,
        "novelty": novelty and {"precision": torch.from_numpy(novelty.precision), "limit": novelty.limit},
        "clock": learned.clock and _clock_content(learned.clock),
        "validation": validation and _validation_content(validation),
    }
    written = io.BytesIO()
    torch.save(content, written)
    write_whole(file, written.getvalue())


def recall(file: Path) -> Learned[Any] | None:
    """What is kept; None where nothing is, or where it cannot be read and must be made anew."""
    try:
        return read_learned(file)
    except Exception:
        return None


def read_learned(file: Path) -> Learned[Any]:
    """What is kept; whatever read_bounded or torch raise where that cannot be read."""
    kept = torch.load(io.BytesIO(read_bounded(file, LARGEST_FILE)), weights_only=True)
    novelty = kept["novelty"]
    return Learned(
        _model(kept),
        _scaler(kept),
        kept["temperature"],
        kept["length"],
        _validation(kept["validation"]),
        novelty and NoveltyLimit(novelty["precision"].numpy(), novelty["limit"]),
        kept["clock"] and _clock(kept["clock"]),
    )


def _model(kept: dict[str, Any]) -> CnnLstm | BoostedTrees:
    if "trees" in kept:
        return BoostedTrees.from_bytes(kept["trees"].numpy().tobytes())
    return from_checkpoint(kept["network"])


def _scaler(kept: dict[str, Any]) -> StandardScaler:
    scaler = StandardScaler()
    for name, values in kept["scaler"].items():
        setattr(scaler, name, values.numpy())
    scaler.n_features_in_, scaler.n_samples_seen_ = len(scaler.mean_), np.int64(kept["samples"])
    return scaler


def _clock_content(clock: Clock) -> dict[str, Any]:
    return {"coins": dict(clock.coins), "hours": torch.from_numpy(clock.hours), "season": float(clock.season)}


def _clock(kept: dict[str, Any]) -> Clock:
    return Clock(kept["coins"], kept["hours"].numpy(), kept["season"])


def _validation_content(validation: Validation) -> dict[str, Any]:
    symbols, coins = np.unique(validation.coins, return_inverse=True)
    arrays = {"coins": coins, "labels": validation.labels, "blocks": validation.blocks, "logits": validation.logits}
    return {
        "symbols": symbols.tolist(),
        "temperature": validation.temperature,
        **{name: torch.from_numpy(array) for name, array in arrays.items()},
    }


def _validation(kept: dict[str, Any] | None) -> Validation | None:
    if kept is None:
        return None
    coins, labels, blocks, logits = (kept[name].numpy() for name in ("coins", "labels", "blocks", "logits"))
    return Validation(np.array(kept["symbols"])[coins], labels, blocks, logits, kept["temperature"])


def _as_tensor(content: bytes) -> torch.Tensor:
    return torch.from_numpy(np.frombuffer(content, dtype=np.uint8).copy())


# ---------------------------------------------------------------- the code behind it


@cache
def code_fingerprint(module: str, project: Path = PROJECT) -> str:
    """Changes with the libraries and with all that ``module`` is made of; comments and docstrings may change."""
    libraries = " ".join(f"{name} {number}" for name, number in library_versions().items())
    return hashlib.sha256(f"{libraries} {fingerprint_of(files_behind(module, project), project)}".encode()).hexdigest()


def library_versions() -> dict[str, str]:
    """What is installed here of LIBRARIES."""
    return {name: version(name) for name in LIBRARIES}
