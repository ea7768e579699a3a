"""The only reader and writer of models/: what is there, what is usable, and why not.

A model is a folder ``<models>/<SYMBOL>/<timeframe>/`` of cnn_lstm_best.pt, scaler.pkl and metrics.json, and of
boosted_trees.npz where the model is an ensemble. core.model.files knows what is in them.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from sklearn.preprocessing import StandardScaler

from core.domain import Timeframe, normalise_symbol
from core.errors import UnusableModel
from core.model.coverage import no_model
from core.model.files import (
    METRICS_FILE,
    NETWORK_FILE,
    SCALER_FILE,
    TREES_FILE,
    Forests,
    LoadedModel,
    read_model,
    write_model,
)
from core.model.metrics import ModelMetrics
from core.model.network import CnnLstm
from core.model.trees import BoostedTrees
from core.settings import PROJECT, get_settings
from core.signals.trust import training_command

__all__ = [
    "METRICS_FILE",
    "NETWORK_FILE",
    "SCALER_FILE",
    "TREES_FILE",
    "LoadedModel",
    "ModelRegistry",
    "ModelStatus",
    "get_registry",
    "publish_model",
]

_FILES = (NETWORK_FILE, SCALER_FILE, METRICS_FILE, TREES_FILE)

Stamp = tuple[tuple[int, int] | None, ...]
"""Inode and modification time of each file a model may have, None where there is none: changes whenever one of them does."""

_READ_ATTEMPTS = 3

_SWAP_WAITS, _SWAP_WAIT_SECONDS = 20, 0.002
"""How often, and how long each time, a reader waits for a folder that is just being replaced."""

_ABANDONED_SECONDS = 3600
"""A folder that was begun so long ago was left behind by a process that died."""


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """Whether a coin and timeframe have a model; ``reason`` says why not."""

    symbol: str
    timeframe: Timeframe
    state: Literal["available", "missing", "unusable"]
    reason: str | None
    metrics: ModelMetrics | None


class ModelRegistry:
    """Models by symbol and timeframe, loaded on first use and again when their folder is published anew.

    Thread-safe. Symbols may be written ``BTC`` or ``BTCUSDT``, timeframes as text.
    """

    def __init__(self, models_dir: Path) -> None:
        self.models_dir = Path(models_dir)
        self._lock = threading.Lock()
        self._cache: dict[tuple[str, Timeframe], tuple[Stamp, LoadedModel | UnusableModel]] = {}
        self._forests = Forests()
        self._paths: dict[tuple[str, Timeframe], tuple[str, ...]] = {}

    def get(self, symbol: str, timeframe: Timeframe | str) -> LoadedModel:
        """The model; FileNotFoundError where there is none, UnusableModel where its files cannot be trusted."""
        key = normalise_symbol(symbol), Timeframe.parse(timeframe)
        stamp = self._stamp(key)
        cached = self._cache.get(key)
        if cached is None or cached[0] != stamp:
            with self._lock:
                cached = self._read_current(key)
                self._cache[key] = cached
        if isinstance(cached[1], UnusableModel):
            raise UnusableModel(str(cached[1]))
        return cached[1]

    def _read_current(self, key: tuple[str, Timeframe]) -> tuple[Stamp, LoadedModel | UnusableModel]:
        """The model as it is now; read again where a publication came between two of its files."""
        for _ in range(_READ_ATTEMPTS):
            stamp = self._stamp(key)
            cached = self._cache.get(key)
            if cached is not None and cached[0] == stamp:
                return cached
            model = read_model(self.folder(*key), *key, self._forests)
            if self._stamp(key) == stamp:
                break
        return stamp, model

    def load_model(self, symbol: str, timeframe: Timeframe | str) -> CnnLstm:
        """The network, in evaluation mode. Errors as of ``get``."""
        return self.get(symbol, timeframe).network

    def load_scaler(self, symbol: str, timeframe: Timeframe | str) -> StandardScaler:
        """The scaler fitted on the training period. Errors as of ``get``."""
        return self.get(symbol, timeframe).scaler

    def load_metadata(self, symbol: str, timeframe: Timeframe | str) -> ModelMetrics:
        """What metrics.json says. Errors as of ``get``."""
        return self.get(symbol, timeframe).metrics

    def get_model_accuracy(self, symbol: str, timeframe: Timeframe | str) -> float | None:
        """Accuracy on the test period, a fraction; None where there is no usable or no tested model."""
        metrics = self.status(symbol, timeframe).metrics
        return None if metrics is None or metrics.test is None else metrics.test.accuracy

    def is_model_available(self, symbol: str, timeframe: Timeframe | str) -> bool:
        return self.status(symbol, timeframe).state == "available"

    def status(self, symbol: str, timeframe: Timeframe | str) -> ModelStatus:
        """Whether there is a usable model, and why not; never raises for what is on disk."""
        name, parsed = normalise_symbol(symbol), Timeframe.parse(timeframe)
        try:
            return ModelStatus(name, parsed, "available", None, self.get(name, parsed).metrics)
        except FileNotFoundError as error:
            return ModelStatus(name, parsed, "missing", str(error), None)
        except UnusableModel as error:
            return ModelStatus(name, parsed, "unusable", str(error), None)

    def available(self) -> tuple[tuple[str, Timeframe], ...]:
        """Every symbol and timeframe with a usable model, in the order of symbol and timeframe."""
        if not self.models_dir.is_dir():
            return ()
        symbols = sorted(p.name for p in self.models_dir.iterdir() if p.is_dir() and not p.name.startswith("."))
        return tuple((s, tf) for s in symbols for tf in Timeframe if self.is_model_available(s, tf))

    def clear_cache(self) -> None:
        """Forget what is in memory; the next use reads the files again."""
        with self._lock:
            self._cache.clear()

    def folder(self, symbol: str, timeframe: Timeframe) -> Path:
        """Where a model's files are; UnusableModel for a symbol that is not a plain name."""
        if not symbol.isalnum():
            raise UnusableModel(f"The symbol {symbol[:40]!r} cannot name a model; expected letters and digits only.")
        return self.models_dir / symbol / timeframe.value

    def _stamp(self, key: tuple[str, Timeframe]) -> Stamp:
        """The stamp of a model's files; FileNotFoundError where one is missing and is not just being replaced."""
        for _ in range(_SWAP_WAITS):
            try:
                return self._stamp_now(key)
            except FileNotFoundError:
                if not _set_aside(self.folder(*key)):
                    break
                time.sleep(_SWAP_WAIT_SECONDS)
        else:
            _put_back(self.folder(*key))
        return self._stamp_now(key)

    def _stamp_now(self, key: tuple[str, Timeframe]) -> Stamp:
        paths = self._paths.get(key)
        if paths is None:
            paths = self._paths[key] = tuple(str(self.folder(*key) / name) for name in _FILES)
        stamp: list[tuple[int, int] | None] = []
        for path in paths:
            try:
                found = os.stat(path)  # noqa: PTH116 - asked for every cached prediction; Path.stat takes twice as long
            except OSError:
                if path is not paths[-1]:  # not every model has trees
                    raise FileNotFoundError(_missing(Path(path), *key)) from None
                stamp.append(None)
            else:
                stamp.append((found.st_ino, found.st_mtime_ns))
        return tuple(stamp)


@lru_cache(maxsize=1)
def get_registry() -> ModelRegistry:
    """The registry of this process, over the folder in CANDOR_MODELS_DIR."""
    return ModelRegistry(get_settings().models_dir)


def publish_model(
    models_dir: Path,
    symbol: str,
    timeframe: Timeframe,
    network: CnnLstm,
    scaler: StandardScaler,
    metrics: dict[str, Any],
    trees: BoostedTrees | None = None,
) -> Path:
    """Write a model's folder in one step and return it; ``metrics`` gets the checksums of its files.

    An ensemble is published with its ``trees``. UnusableModel where ``metrics`` break their contract; what was there
    before stays.

    The new folder is written aside and then takes the old one's place, so that a reader meets the old model or
    the new one whole. ModelRegistry waits out the moment between the two renames, and undoes the first where the
    second never comes. Of several processes that publish one model at once, the last has its way.
    """
    folder = ModelRegistry(models_dir).folder(symbol, timeframe)
    new = _beside(folder, "new")
    new.mkdir(parents=True)
    try:
        write_model(new, network, scaler, metrics, trees)
        _swap_in(new, folder)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    _clean_up_beside(folder)
    return folder


def _swap_in(new: Path, folder: Path) -> None:
    """Put the folder ``new`` in the place of ``folder``, which is set aside whole."""
    while True:
        with suppress(FileNotFoundError):
            folder.rename(_beside(folder, "old"))
        try:
            new.rename(folder)
            return
        except OSError as error:
            # Another publication, or a reader that put the old model back, was faster. It cannot be so for ever.
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise


def _clean_up_beside(folder: Path) -> None:
    """Delete what publications of ``folder`` have set aside, and what died ones have left behind."""
    for old in _set_aside(folder):
        # Renamed first: what is set aside must be whole for as long as a reader might put it back.
        with suppress(OSError):
            old.rename(_beside(folder, "gone"))
    for gone in folder.parent.glob(f".{folder.name}.gone.*"):
        shutil.rmtree(gone, ignore_errors=True)
    for new in folder.parent.glob(f".{folder.name}.new.*"):
        with suppress(FileNotFoundError):
            if time.time() - new.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(new, ignore_errors=True)


def _put_back(folder: Path) -> None:
    """Undo the first half of a publication that died before the second."""
    for old in _set_aside(folder):
        with suppress(OSError):  # another reader or a publication was faster, or we may only read here
            old.rename(folder)


def _set_aside(folder: Path) -> list[Path]:
    """Models that were in ``folder`` until a publication set them aside."""
    return list(folder.parent.glob(f".{folder.name}.old.*"))


def _beside(folder: Path, state: str) -> Path:
    """A name of its own for a ``new``, ``old`` or ``gone`` model beside the folder of the current one."""
    return folder.with_name(f".{folder.name}.{state}.{secrets.token_hex(6)}")


def _missing(path: Path, symbol: str, timeframe: Timeframe) -> str:
    shown = path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path
    command = training_command(symbol, timeframe)
    if path.parent.is_dir():
        return f"The model of {symbol} on {timeframe} is incomplete: it lacks {shown}. Train it anew with: {command}"
    return f"{no_model(symbol, timeframe)} Train one into {shown.parent} with: {command}"
