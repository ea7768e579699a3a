"""The only reader and writer of models/: what is there, what is usable, and why not.

A model is a folder ``<models>/<SYMBOL>/<timeframe>/`` of cnn_lstm_best.pt, scaler.pkl and metrics.json. Files
are read as data, never as programs: weights with ``weights_only``, the scaler by an unpickler that admits
only the classes a StandardScaler is made of, and both must have the checksums that metrics.json states.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import joblib
import numpy as np
import torch
from joblib.numpy_pickle import NumpyUnpickler
from sklearn.preprocessing import StandardScaler

from core.cnn_lstm import CnnLstm, from_checkpoint, to_checkpoint
from core.domain import Timeframe, UnusableModel, normalise_symbol, shorten
from core.feature_calculator import FEATURES
from core.model_metrics import ModelMetrics, validate_metrics
from core.novelty import NoveltyLimit
from core.settings import PROJECT, get_settings
from core.trust import training_command

NETWORK_FILE = "cnn_lstm_best.pt"
SCALER_FILE = "scaler.pkl"
METRICS_FILE = "metrics.json"
MODEL_FILES = (NETWORK_FILE, SCALER_FILE, METRICS_FILE)

LARGEST_FILE = 8_000_000
"""Bytes. A model of ours takes 70 kB; whatever is larger than this is not one."""

SMALLEST_SCALE = 1e-9
"""Features are free of price scale; a smaller standard deviation, or a value above its inverse, is none of theirs."""

_SCALER_CLASSES = {
    ("sklearn.preprocessing._data", "StandardScaler"),
    ("joblib.numpy_pickle", "NumpyArrayWrapper"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy._core.multiarray", "scalar"),
}

Stamp = tuple[tuple[int, int], ...]
"""Inode and modification time of each file of a model: changes whenever one of them does."""

_READ_ATTEMPTS = 3

_SWAP_WAITS, _SWAP_WAIT_SECONDS = 20, 0.002
"""How often, and how long each time, a reader waits for a folder that is just being replaced."""


@dataclass(frozen=True, slots=True, eq=False)
class LoadedModel:
    """One model in memory, equal only to itself. ``mean`` and ``scale`` are the scaler's, float64, shape (features,)."""

    symbol: str
    timeframe: Timeframe
    network: CnnLstm
    scaler: StandardScaler
    mean: np.ndarray
    scale: np.ndarray
    novelty: NoveltyLimit
    metrics: ModelMetrics

    @property
    def version(self) -> str:
        return self.metrics.model_version


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
            model = _read_or_refuse(self.folder(*key), *key)
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
                if not _being_replaced(self.folder(*key)):
                    break
                time.sleep(_SWAP_WAIT_SECONDS)
        return self._stamp_now(key)

    def _stamp_now(self, key: tuple[str, Timeframe]) -> Stamp:
        paths = self._paths.get(key)
        if paths is None:
            paths = self._paths[key] = tuple(str(self.folder(*key) / name) for name in MODEL_FILES)
        stamp = []
        for path in paths:
            try:
                found = os.stat(path)  # noqa: PTH116 - asked for every cached prediction; Path.stat takes twice as long
            except OSError:
                raise FileNotFoundError(_missing(Path(path), *key)) from None
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
) -> Path:
    """Write a model's folder in one step and return it; ``metrics`` gets the checksums of both files.

    The new folder is written aside and then takes the old one's place, so that a reader meets the old model or
    the new one whole. ModelRegistry waits out the moment between the two renames.
    """
    folder = ModelRegistry(models_dir).folder(symbol, timeframe)
    aside = _beside(folder, "new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    torch.save(to_checkpoint(network), aside / NETWORK_FILE)
    joblib.dump(scaler, aside / SCALER_FILE)
    checksums = {name: _sha256((aside / name).read_bytes()) for name in (NETWORK_FILE, SCALER_FILE)}
    complete = metrics | {"sha256": checksums}
    validate_metrics(complete)
    (aside / METRICS_FILE).write_text(json.dumps(complete, indent=1) + "\n")

    old = _beside(folder, "old")
    if folder.exists():
        folder.rename(old)
    aside.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    return folder


def _beside(folder: Path, age: str) -> Path:
    """Where this process keeps the ``new`` or the ``old`` model while it puts one in the place of the other."""
    return folder.with_name(f".{folder.name}.{age}.{os.getpid()}")


def _being_replaced(folder: Path) -> bool:
    return any(folder.parent.glob(f".{folder.name}.old.*"))


def _read_or_refuse(folder: Path, symbol: str, timeframe: Timeframe) -> LoadedModel | UnusableModel:
    try:
        return _read(folder, symbol, timeframe)
    except UnusableModel as error:
        reason = str(error)
    except Exception as error:
        # A hostile file can hold whatever its reader did not think of; it must never take the other models down.
        reason = f"the model's files are damaged or foreign ({type(error).__name__}: {shorten(error, 80)}); train the model anew."
    return UnusableModel(f"{folder.parent.name}/{folder.name}: {reason}")


def _read(folder: Path, symbol: str, timeframe: Timeframe) -> LoadedModel:
    contents = {name: _read_bytes(folder / name) for name in MODEL_FILES}
    metrics = validate_metrics(_parse("metrics.json", json.loads, contents[METRICS_FILE]))
    for name, expected in metrics.sha256.items():
        if _sha256(contents[name]) != expected:
            raise UnusableModel(
                f"{name} is not the file metrics.json describes (its SHA-256 differs); train the model anew."
            )
    if (metrics.symbol, metrics.timeframe) != (symbol, timeframe):
        raise UnusableModel(
            f"metrics.json describes {metrics.symbol} {metrics.timeframe}; expected {symbol} {timeframe}."
        )

    network = from_checkpoint(_parse(NETWORK_FILE, _load_weights, contents[NETWORK_FILE]))
    dimensions = network.dimensions
    if (dimensions.features, dimensions.window, dimensions.classes) != (len(FEATURES), metrics.window, 3):
        raise UnusableModel(
            f"The network reads {dimensions.features} features over {dimensions.window} candles into {dimensions.classes} "
            f"classes; expected {len(FEATURES)}, {metrics.window} (metrics.json) and 3."
        )
    scaler = _parse(SCALER_FILE, _load_scaler, contents[SCALER_FILE])
    mean, scale = _scaler_arrays(scaler)
    novelty = NoveltyLimit(np.array(metrics.novelty.precision), metrics.novelty.limit)
    return LoadedModel(symbol, timeframe, network, scaler, mean, scale, novelty, metrics)


def _read_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UnusableModel(f"{path.name} has {path.stat().st_size:,} bytes; expected at most {LARGEST_FILE:,}.")
        return path.read_bytes()
    except OSError as error:
        raise UnusableModel(f"{path.name} cannot be read: {error.strerror}.") from None


def _parse(name: str, parser: Callable[[bytes], Any], content: bytes) -> Any:
    """What ``parser`` makes of a file; whatever goes wrong in a broken or hostile one is UnusableModel."""
    try:
        return parser(content)
    except UnusableModel:
        raise
    except Exception as error:
        raise UnusableModel(f"{name} is damaged or foreign ({type(error).__name__}); train the model anew.") from None


def _load_weights(content: bytes) -> object:
    return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)


def _load_scaler(content: bytes) -> object:
    return _ScalerUnpickler(content).load()


class _ScalerUnpickler(NumpyUnpickler):
    """Reads what joblib writes for a StandardScaler and refuses every other class by name."""

    def __init__(self, content: bytes) -> None:
        super().__init__(SCALER_FILE, io.BytesIO(content), ensure_native_byte_order=True)

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _SCALER_CLASSES:
            raise UnusableModel(f"{SCALER_FILE} asks for {module}.{name}, which no scaler needs; it was not run.")
        return super().find_class(module, name)


def _scaler_arrays(scaler: object) -> tuple[np.ndarray, np.ndarray]:
    if not isinstance(scaler, StandardScaler):
        raise UnusableModel(f"{SCALER_FILE} holds a {type(scaler).__name__}; expected a StandardScaler.")
    arrays = tuple(np.asarray(getattr(scaler, name, None), dtype="float64") for name in ("mean_", "scale_"))
    for array in arrays:
        if array.shape != (len(FEATURES),) or not np.isfinite(array).all():
            raise UnusableModel(
                f"{SCALER_FILE} does not hold {len(FEATURES)} finite means and scales; train the model anew."
            )
    if (arrays[1] < SMALLEST_SCALE).any() or any((np.abs(array) > 1 / SMALLEST_SCALE).any() for array in arrays):
        raise UnusableModel(
            f"{SCALER_FILE} holds means or scales that no feature has: scales must be positive and all of ordinary "
            "size; train the model anew."
        )
    return arrays[0], arrays[1]


def _missing(path: Path, symbol: str, timeframe: Timeframe) -> str:
    if path.is_relative_to(PROJECT):
        path = path.relative_to(PROJECT)
    command = training_command(symbol, timeframe)
    return f"No model of {symbol} on {timeframe}: {path} does not exist. Train it with: {command}"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
