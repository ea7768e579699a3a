"""The files of one model: written here, and read here as data, never as programs.

Each is a regular file of bounded size with the checksum that metrics.json states. What serves are the numbers in
metrics.json, the weights and the trees; ``scaler.pkl`` is written for readers of the first design and never opened here,
so that whatever is in it, or its absence, means nothing.
"""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal
from weakref import WeakValueDictionary

import numpy as np

from core.disk import CannotRead, read_bounded
from core.domain import Series
from core.errors import UnusableModel
from core.model.background import LARGEST_BACKGROUND_FILE, background_bytes, read_background
from core.model.features import FEATURES
from core.model.metrics import LARGEST_METRICS, ModelMetrics, parse_metrics, validate_metrics
from core.model.novelty import NoveltyLimit
from core.model.parameters import Parameters
from core.model.scaling import Scaling
from core.model.trees import LARGEST_TREES_FILE, BoostedTrees
from core.model.weights import LARGEST_WEIGHTS, read_weights
from core.text import shorten

if TYPE_CHECKING:
    from sklearn.preprocessing import StandardScaler

    from core.model.network import CnnLstm

NETWORK_FILE: Final = "cnn_lstm_best.pt"
SCALER_FILE: Final = "scaler.pkl"
METRICS_FILE: Final = "metrics.json"
BACKGROUND_FILE: Final = "background.npy"
TREES_FILE: Final = "boosted_trees.npz"
"""Only an ensemble has one."""

SERVING_FILES = (NETWORK_FILE, METRICS_FILE, BACKGROUND_FILE, TREES_FILE)
"""What a model is read from; the last one only where it is an ensemble."""

ServingFile = Literal["cnn_lstm_best.pt", "background.npy", "boosted_trees.npz"]
"""One whose checksum metrics.json states and that is read."""

_LARGEST = {
    NETWORK_FILE: LARGEST_WEIGHTS,
    METRICS_FILE: LARGEST_METRICS,
    BACKGROUND_FILE: LARGEST_BACKGROUND_FILE,
    TREES_FILE: LARGEST_TREES_FILE,
}


class Forests:
    """Trees in memory by the SHA-256 of their file, for as long as a model has them: the coins of a timeframe share theirs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._trees: WeakValueDictionary[str, BoostedTrees] = WeakValueDictionary()

    def grown(self, content: bytes, checksum: str) -> BoostedTrees:
        """The trees in a file with this checksum, made once; UnusableModel says what is wrong with them."""
        with self._lock:
            trees = self._trees.get(checksum)
            if trees is None:
                trees = self._trees[checksum] = BoostedTrees.from_bytes(content)
            return trees


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """One model in memory, equal only to itself.

    ``trees`` speak with the network where the model is an ensemble; otherwise None. ``background`` are training windows,
    standardised and clipped, float32 (BACKGROUND_WINDOWS, window, features).
    """

    series: Series
    parameters: Parameters
    trees: BoostedTrees | None
    scaling: Scaling
    novelty: NoveltyLimit
    background: np.ndarray
    metrics: ModelMetrics

    @property
    def version(self) -> str:
        return self.metrics.model_version

    @cached_property
    def network(self) -> CnnLstm:
        """The network by itself, in evaluation mode; signals are made by many as one (core.model.stacked)."""
        from core.model.network import network_of  # noqa: PLC0415 - serving does without torch

        return network_of(self.parameters)


def write_model(
    folder: Path,
    network: CnnLstm,
    scaler: StandardScaler,
    background: np.ndarray,
    metrics: dict[str, Any],
    trees: BoostedTrees | None,
) -> None:
    """Write a model's files into a folder that has none; ``metrics`` gets the scaler's numbers and the checksums."""
    import joblib  # noqa: PLC0415 - serving, which never writes, does without it and without torch

    from core.model.network import write_weights  # noqa: PLC0415

    (folder / NETWORK_FILE).write_bytes(write_weights(network))
    joblib.dump(scaler, folder / SCALER_FILE)
    (folder / BACKGROUND_FILE).write_bytes(background_bytes(background))
    if trees is not None:
        (folder / TREES_FILE).write_bytes(trees.to_bytes())
    scaling = {"mean": scaler.mean_.tolist(), "scale": scaler.scale_.tolist()}
    checksums = {file.name: _sha256(file.read_bytes()) for file in sorted(folder.iterdir())}
    complete = metrics | {"scaling": scaling, "sha256": checksums}
    validate_metrics(complete)
    (folder / METRICS_FILE).write_text(json.dumps(complete, indent=1) + "\n")


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
    metrics = parse_metrics(_read_file(folder / METRICS_FILE))
    if metrics.series != series:
        raise UnusableModel(f"metrics.json describes {metrics.series}; expected {series}.")
    parameters = _parameters(_checked(folder, NETWORK_FILE, metrics))
    dimensions = parameters.dimensions
    if (dimensions.features, dimensions.window, dimensions.classes) != (len(FEATURES), metrics.window, 3):
        raise UnusableModel(
            f"The network reads {dimensions.features} features over {dimensions.window} candles into {dimensions.classes} "
            f"classes; expected {len(FEATURES)}, {metrics.window} (metrics.json) and 3."
        )
    trees = _trees(_checked(folder, TREES_FILE, metrics), metrics, forests) if metrics.kind == "ensemble" else None
    if trees is not None and (trees.side is None) != (metrics.side_share == 1):
        raise UnusableModel(
            f"{TREES_FILE} {'says nothing' if trees.side is None else 'tells'} of the side, and side_share is "
            f"{metrics.side_share} (metrics.json); train the model anew."
        )
    scaling = Scaling(np.array(metrics.scaling.mean), np.array(metrics.scaling.scale))
    novelty = NoveltyLimit(np.array(metrics.novelty.precision), metrics.novelty.limit)
    background = _background(_checked(folder, BACKGROUND_FILE, metrics), metrics)
    return LoadedModel(series, parameters, trees, scaling, novelty, background, metrics)


def _read_file(path: Path) -> bytes:
    try:
        return read_bounded(path, _LARGEST[path.name])
    except FileNotFoundError as error:
        raise UnusableModel(f"{path.name} cannot be read: {error.strerror}.") from None
    except CannotRead as error:
        raise UnusableModel(error.message.replace("{path}", path.name)) from None


def _checked(folder: Path, name: ServingFile, metrics: ModelMetrics) -> bytes:
    """What is in a file, if that is what ``metrics`` describe."""
    content = _read_file(folder / name)
    if _sha256(content) != metrics.sha256[name]:
        raise UnusableModel(
            f"{name} is not the file metrics.json describes (its SHA-256 differs); train the model anew."
        )
    return content


def _parameters(content: bytes) -> Parameters:
    """The weights in their file; whatever goes wrong in a broken or hostile one is UnusableModel."""
    try:
        return Parameters.of(read_weights(content))
    except UnusableModel:
        raise
    except Exception as error:
        reason = f"{NETWORK_FILE} is damaged or foreign ({type(error).__name__}); train the model anew."
        raise UnusableModel(reason) from None


def _background(content: bytes, metrics: ModelMetrics) -> np.ndarray:
    try:
        return read_background(content, metrics.window)
    except UnusableModel as error:
        raise UnusableModel(f"{BACKGROUND_FILE}: {error} Train the model anew.") from None


def _trees(content: bytes, metrics: ModelMetrics, forests: Forests) -> BoostedTrees:
    try:
        return forests.grown(content, metrics.sha256[TREES_FILE])
    except UnusableModel as error:
        raise UnusableModel(f"{TREES_FILE}: {error} Train the model anew.") from None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
