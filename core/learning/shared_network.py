"""The network all coins of a timeframe share, with its scaler and temperature; kept on disk until its data change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
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

    ``datasets`` are files of core.learning.datasets. Candle files in ``more`` (of another market) are learned from
    besides; those in ``instead`` (of another timeframe), where they reach into both periods, take the place of
    ``datasets``, from which then only the scaler and the temperature come. All are cut at the same instants.
    """

    timeframe: Timeframe
    cuts: Cuts
    datasets: tuple[Path, ...]
    recipe: Recipe
    seed: int
    more: tuple[Path, ...] = ()
    instead: tuple[Path, ...] = ()

    @property
    def steps(self) -> int:
        """How many steps of training its network takes: a rehearsal and the training itself."""
        return 2 * self.recipe.steps

    def fingerprint(self) -> str:
        """Changes whenever the network would come out different."""
        said = json.dumps([self.timeframe, asdict(self.cuts), asdict(self.recipe), self.seed])
        digest = hashlib.sha256(said.encode())
        for path in (*self.datasets, *self.more, *self.instead):
            digest.update(f"{path.parent.name}/{path.name}".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Lessons:
    """Datasets to learn from, by the roles that Pool gives to their files."""

    coins: Sequence[pd.DataFrame]
    more: Sequence[pd.DataFrame] = ()
    instead: Sequence[pd.DataFrame] = ()

    @property
    def looked_at(self) -> Sequence[pd.DataFrame]:
        """Those on whose validation period the training is watched."""
        return self.instead if _can_teach(self.instead) else self.coins

    @property
    def learned_from(self) -> list[pd.DataFrame]:
        return [*self.looked_at, *self.more]

    def scalers(self) -> tuple[StandardScaler, StandardScaler]:
        """The scaler of what is learned from, and that of the coins themselves."""
        lesson_scaler = fit_scaler(self.learned_from)
        return lesson_scaler, lesson_scaler if self.looked_at is self.coins else fit_scaler(self.coins)


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
    lessons = Lessons(
        coins=[pd.read_parquet(file) for file in pool.datasets],
        more=[_dataset_of(file, pool.cuts) for file in pool.more],
        instead=[_dataset_of(file, pool.cuts) for file in pool.instead],
    )
    rehearsed, steps = rehearse_shared(lessons, pool.timeframe, pool.recipe, pool.seed, after_steps)
    finished = finish_shared(lessons, pool.recipe, pool.seed, steps, rehearsed.temperature, after_steps)
    after_steps(pool.recipe.steps - steps)
    _save(finished, fingerprint, path)


def rehearse_shared(
    lessons: Lessons, timeframe: Timeframe, recipe: Recipe, seed: int, after_steps: Callable[[int], None]
) -> tuple[SharedNetwork, int]:
    """A network that has learned from the training period only, and the step at which it was best on validation."""
    if not _can_teach(lessons.coins):
        raise NothingToLearnFrom(
            f"No coin has labelled {timeframe} candles in the training and the validation period; "
            "more candles of earlier history are needed."
        )
    lesson_scaler, scaler = lessons.scalers()
    train = windows_of(lessons.learned_from, ["train"], lesson_scaler)
    look = thinned(windows_of(lessons.looked_at, ["validation"], lesson_scaler))
    rehearsal = rehearse(train, look, recipe, seed, after_steps)
    validation = windows_of(lessons.coins, ["validation"], scaler)
    temperature = fit_temperature(logits_of(rehearsal.network, validation), validation.labels, validation.days)
    return SharedNetwork(rehearsal.network, scaler, temperature), rehearsal.best_step


def finish_shared(
    lessons: Lessons, recipe: Recipe, seed: int, steps: int, temperature: float, after_steps: Callable[[int], None]
) -> SharedNetwork:
    """The network trained on both periods for as many steps as a rehearsal found to be good."""
    lesson_scaler, scaler = lessons.scalers()
    everything = windows_of(lessons.learned_from, LEARNED_FROM, lesson_scaler)
    return SharedNetwork(train_until(steps, everything, recipe, seed, after_steps), scaler, temperature)


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


def _dataset_of(candle_file: Path, cuts: Cuts) -> pd.DataFrame:
    symbol, timeframe = candle_file.parent.name, Timeframe(candle_file.stem)
    return build_dataset(CandleStore(candle_file.parent.parent).read(symbol, timeframe), timeframe, cuts)


def _can_teach(datasets: Sequence[pd.DataFrame]) -> bool:
    return all(any((each["split"] == split).any() for each in datasets) for split in ("train", "validation"))


def thinned(windows: Windows) -> Windows:
    """As many evenly spread windows as a look at the validation loss needs."""
    stride = max(1, len(windows) // _LOOK_WINDOWS)
    return Windows(windows.rows, windows.ends[::stride], windows.labels[::stride], windows.days[::stride])
