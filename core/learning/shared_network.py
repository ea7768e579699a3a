"""The network all coins of a timeframe share, with its scaler and temperature; kept on disk until its data change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.preprocessing import StandardScaler

from core.cnn_lstm import CnnLstm, from_checkpoint, to_checkpoint
from core.domain import CandorError, Timeframe
from core.learning.datasets import LEARNED_FROM, Cuts, build_dataset
from core.learning.pool import Windows, fit_scaler, windows_of
from core.learning.training import Recipe, fit_temperature, logits_of, rehearse, train_until
from core.market.candles import CandleStore

_LOOK_WINDOWS = 20_000
"""About so many validation windows, evenly spread, are enough to see whether training still helps."""


class NothingToLearnFrom(CandorError):
    """No coin has a labelled candle in the training or the validation period."""

    code = "too_little_history"


@dataclass(frozen=True, slots=True)
class Pool:
    """Everything the shared network of one timeframe is made from.

    ``datasets`` are files of core.learning.datasets. The network is trained on those of another timeframe where
    ``trained_on`` names any; then only the scaler and the temperature come from this timeframe. ``spot`` are candle
    files of another market, used for training only and cut at the same instant.
    """

    timeframe: Timeframe
    cuts: Cuts
    datasets: tuple[Path, ...]
    recipe: Recipe
    seed: int
    trained_on: tuple[Path, ...] = ()
    spot: tuple[Path, ...] = ()

    @property
    def steps(self) -> int:
        """How many steps of training its network takes: a rehearsal and the training itself."""
        return 2 * self.recipe.steps

    def fingerprint(self) -> str:
        """Changes whenever the network would come out different."""
        said = json.dumps([self.timeframe, asdict(self.cuts), asdict(self.recipe), self.seed])
        digest = hashlib.sha256(said.encode())
        for path in (*self.datasets, *self.trained_on, *self.spot):
            digest.update(f"{path.parent.name}/{path.name}".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class SharedNetwork:
    """A network, the scaler its inputs need and the temperature its logits need."""

    network: CnnLstm
    scaler: StandardScaler
    temperature: float


def shared_network_path(datasets: Path, timeframe: Timeframe) -> Path:
    """Where a timeframe's shared network is kept, among the datasets it came from."""
    return datasets / "shared" / f"{timeframe}.pt"


def make_shared_network(pool: Pool, path: Path, after_steps: Callable[[int], None]) -> None:
    """Train the shared network of ``pool`` and keep it at ``path``; nothing to do where it is there already."""
    torch.set_num_threads(1)  # one worker, one core; and sums always in the same order
    fingerprint = pool.fingerprint()
    if _fingerprint_at(path) == fingerprint:
        after_steps(pool.steps)
        return
    coins = [pd.read_parquet(file) for file in pool.datasets]
    lessons = [pd.read_parquet(file) for file in pool.trained_on] or coins
    spot = [_spot_dataset(file, pool) for file in pool.spot]
    for period in ("train", "validation"):
        if not all(any((coin["split"] == period).any() for coin in each) for each in (coins, lessons)):
            raise NothingToLearnFrom(
                f"No coin has a labelled {pool.timeframe} candle in the {period} period; "
                "more candles of earlier history are needed."
            )
    lesson_scaler = fit_scaler([*lessons, *spot])
    scaler = fit_scaler(coins) if pool.trained_on else lesson_scaler

    train = windows_of([*lessons, *spot], ["train"], lesson_scaler)
    look = _thinned(windows_of(lessons, ["validation"], lesson_scaler))
    rehearsal = rehearse(train, look, pool.recipe, pool.seed, after_steps)
    validation = windows_of(coins, ["validation"], scaler)
    temperature = fit_temperature(logits_of(rehearsal.network, validation), validation.labels, validation.days)
    del train

    everything = windows_of([*lessons, *spot], LEARNED_FROM, lesson_scaler)
    network = train_until(rehearsal.best_step, everything, pool.recipe, pool.seed, after_steps)
    after_steps(pool.recipe.steps - rehearsal.best_step)
    _save(SharedNetwork(network, scaler, temperature), fingerprint, path)


def load_shared_network(path: Path) -> SharedNetwork:
    """What make_shared_network kept."""
    kept = torch.load(path, weights_only=True)
    scaler = StandardScaler()
    for name, values in kept["scaler"].items():
        setattr(scaler, name, values.numpy())
    scaler.n_features_in_, scaler.n_samples_seen_ = len(scaler.mean_), np.int64(kept["samples"])
    return SharedNetwork(from_checkpoint(kept["checkpoint"]), scaler, kept["temperature"])


def _save(shared: SharedNetwork, fingerprint: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".tmp")
    torch.save(
        {
            "fingerprint": fingerprint,
            "checkpoint": to_checkpoint(shared.network),
            "scaler": {n: torch.from_numpy(getattr(shared.scaler, n)) for n in ("mean_", "var_", "scale_")},
            "samples": int(np.max(shared.scaler.n_samples_seen_)),
            "temperature": shared.temperature,
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


def _spot_dataset(file: Path, pool: Pool) -> pd.DataFrame:
    candles = CandleStore(file.parent.parent).read(file.parent.name, pool.timeframe)
    return build_dataset(candles, pool.timeframe, pool.cuts)


def _thinned(windows: Windows) -> Windows:
    stride = max(1, len(windows) // _LOOK_WINDOWS)
    return Windows(windows.rows, windows.ends[::stride], windows.labels[::stride], windows.days[::stride])
