"""The files of one model: written here, and read here as data, never as programs.

Weights are read with ``weights_only``, the scaler by an unpickler that admits only the classes a StandardScaler is
made of, trees as plain arrays, and all of them must have the checksums that metrics.json states.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from weakref import WeakValueDictionary

import joblib
import numpy as np
import torch
from joblib.numpy_pickle import NumpyUnpickler
from sklearn.preprocessing import StandardScaler

from core.domain import Series
from core.errors import UnusableModel
from core.model.features import FEATURES
from core.model.metrics import ModelMetrics, validate_metrics
from core.model.network import CnnLstm, from_checkpoint, to_checkpoint
from core.model.novelty import NoveltyLimit
from core.model.scaling import Scaling
from core.model.trees import BoostedTrees
from core.text import shorten

NETWORK_FILE = "cnn_lstm_best.pt"
SCALER_FILE = "scaler.pkl"
METRICS_FILE = "metrics.json"
TREES_FILE: Final = "boosted_trees.npz"
"""Only an ensemble has one."""

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

Forests = WeakValueDictionary[str, BoostedTrees]
"""Trees in memory by the SHA-256 of their file: the coins of a timeframe usually share theirs."""


@dataclass(frozen=True, slots=True, eq=False)
class LoadedModel:
    """One model in memory, equal only to itself.

    ``trees`` speak with the network where the model is an ensemble; otherwise None.
    """

    series: Series
    network: CnnLstm
    trees: BoostedTrees | None
    scaler: StandardScaler
    scaling: Scaling
    novelty: NoveltyLimit
    metrics: ModelMetrics

    @property
    def version(self) -> str:
        return self.metrics.model_version


def write_model(
    folder: Path, network: CnnLstm, scaler: StandardScaler, metrics: dict[str, Any], trees: BoostedTrees | None
) -> None:
    """Write a model's files into a folder that has none; ``metrics`` gets their checksums."""
    _save_network(network, folder / NETWORK_FILE)
    joblib.dump(scaler, folder / SCALER_FILE)
    if trees is not None:
        (folder / TREES_FILE).write_bytes(trees.to_bytes())
    complete = metrics | {"sha256": {file.name: _sha256(file.read_bytes()) for file in sorted(folder.iterdir())}}
    validate_metrics(complete)
    (folder / METRICS_FILE).write_text(json.dumps(complete, indent=1) + "\n")


def _save_network(network: CnnLstm, path: Path) -> None:
    try:
        torch.save(to_checkpoint(network), path)
    except RuntimeError:  # all that torch says of a full disk; whoever writes the same bytes learns what it is
        content = io.BytesIO()
        torch.save(to_checkpoint(network), content)
        path.write_bytes(content.getvalue())


def read_model(folder: Path, series: Series, forests: Forests) -> LoadedModel | UnusableModel:
    """The model in a folder, or what is wrong with it; trees that are in ``forests`` already are not made again."""
    try:
        return _read(folder, series, forests)
    except UnusableModel as error:
        reason = str(error)
    except Exception as error:
        # A hostile file can hold whatever its reader did not think of; it must never take the other models down.
        reason = f"the model's files are damaged or foreign ({type(error).__name__}: {shorten(error, 80)}); train the model anew."
    return UnusableModel(f"{folder.parent.name}/{folder.name}: {reason}")


def _read(folder: Path, series: Series, forests: Forests) -> LoadedModel:
    metrics = validate_metrics(_parse(METRICS_FILE, json.loads, _read_bytes(folder / METRICS_FILE)))
    contents: dict[str, bytes] = {name: _read_bytes(folder / name) for name in metrics.sha256}
    for name, expected in metrics.sha256.items():
        if _sha256(contents[name]) != expected:
            raise UnusableModel(
                f"{name} is not the file metrics.json describes (its SHA-256 differs); train the model anew."
            )
    if metrics.series != series:
        raise UnusableModel(f"metrics.json describes {metrics.series}; expected {series}.")

    network = from_checkpoint(_parse(NETWORK_FILE, _load_weights, contents[NETWORK_FILE]))
    dimensions = network.dimensions
    if (dimensions.features, dimensions.window, dimensions.classes) != (len(FEATURES), metrics.window, 3):
        raise UnusableModel(
            f"The network reads {dimensions.features} features over {dimensions.window} candles into {dimensions.classes} "
            f"classes; expected {len(FEATURES)}, {metrics.window} (metrics.json) and 3."
        )
    scaler = _parse(SCALER_FILE, _load_scaler, contents[SCALER_FILE])
    novelty = NoveltyLimit(np.array(metrics.novelty.precision), metrics.novelty.limit)
    trees = _trees(contents[TREES_FILE], metrics.sha256[TREES_FILE], forests) if TREES_FILE in contents else None
    return LoadedModel(series, network, trees, scaler, _scaling(scaler), novelty, metrics)


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


def _trees(content: bytes, checksum: str, forests: Forests) -> BoostedTrees:
    """The trees in a file whose checksum was found to be right."""
    trees = forests.get(checksum)
    if trees is None:
        try:
            trees = forests[checksum] = BoostedTrees.from_bytes(content)
        except UnusableModel as error:
            raise UnusableModel(f"{TREES_FILE}: {error} Train the model anew.") from None
    return trees


def _load_weights(content: bytes) -> object:
    return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)


def _load_scaler(content: bytes) -> object:
    return _ScalerUnpickler(content).load()


class _ScalerUnpickler(NumpyUnpickler):  # type: ignore[misc]  # joblib tells no types
    """Reads what joblib writes for a StandardScaler and refuses every other class by name."""

    def __init__(self, content: bytes) -> None:
        super().__init__(SCALER_FILE, io.BytesIO(content), ensure_native_byte_order=True)

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _SCALER_CLASSES:
            raise UnusableModel(f"{SCALER_FILE} asks for {module}.{name}, which no scaler needs; it was not run.")
        return super().find_class(module, name)


def _scaling(scaler: object) -> Scaling:
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
    return Scaling(arrays[0], arrays[1])


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
