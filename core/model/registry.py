"""The only reader of models/: what is there, what is usable, and why not.

A model is a folder ``<models>/<SYMBOL>/<timeframe>/`` of cnn_lstm_best.pt, metrics.json and background.npy, and of
boosted_trees.npz where the model is an ensemble. core.model.files knows what is in them.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from core.domain import Series, Timeframe, normalise_symbol
from core.errors import UnusableModel
from core.findings import (
    IncompleteModel,
    ModelNotAnswering,
    ModelProblem,
    NoModel,
    TrainModels,
    Unavailable,
    UnavailableKind,
    UnusableFiles,
)
from core.model.coverage import MIN_TRAINING_CANDLES
from core.model.evaluated import Evaluated, read_evaluation
from core.model.files import (
    METRICS_FILE,
    NETWORK_FILE,
    SCALER_FILE,
    SERVING_FILES,
    TREES_FILE,
    Forests,
    LoadedModel,
    read_model,
)
from core.model.folders import FolderList, model_folder
from core.model.metrics import ModelMetrics
from core.model.patience import PatientCalls
from core.model.publication import publish_model, put_back, set_aside
from core.model.scaling import standard_scaler
from core.settings import PROJECT
from core.wording.sentences import problem_sentence, problem_text

if TYPE_CHECKING:
    from sklearn.preprocessing import StandardScaler

    from core.model.network import CnnLstm

__all__ = [
    "METRICS_FILE",
    "NETWORK_FILE",
    "SCALER_FILE",
    "TREES_FILE",
    "LoadedModel",
    "ModelMissing",
    "ModelRegistry",
    "ModelStatus",
    "publish_model",
]

PATIENCE_SECONDS = 5.0
"""How long anybody waits for the files of models."""

Stamp = tuple[tuple[int, int] | None, ...]
"""Inode and modification time of each file a model may have, None where there is none: changes whenever one of them does.
In place of both, what the system answered where it told neither."""

_READ_ATTEMPTS = 3

_SWAP_WAITS, _SWAP_WAIT_SECONDS = 20, 0.002
"""How often, and how long each time, a reader waits for a folder that is just being replaced."""


class ModelMissing(FileNotFoundError):
    """There is no model, or a file of it is missing: says which path that is and what trains one."""

    def __init__(self, problem: NoModel | IncompleteModel) -> None:
        super().__init__(str(problem_sentence(unavailable(problem))))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """What there is of a series' model: what metrics.json says of it, or the problem that stands in its way."""

    series: Series
    found: ModelMetrics | ModelProblem

    @property
    def metrics(self) -> ModelMetrics | None:
        return self.found if isinstance(self.found, ModelMetrics) else None

    @property
    def problem(self) -> Unavailable | None:
        return None if isinstance(self.found, ModelMetrics) else unavailable(self.found)

    @property
    def state(self) -> Literal["available", "missing", "unusable"]:
        if isinstance(self.found, ModelMetrics):
            return "available"
        return "unusable" if isinstance(self.found, UnusableFiles | ModelNotAnswering) else "missing"


def unavailable(problem: ModelProblem) -> Unavailable:
    """The problem of a model as the reason why a signal is missing, with what helps."""
    if isinstance(problem, UnusableFiles | ModelNotAnswering):
        return Unavailable(UnavailableKind.NO_MODEL, problem)
    symbol, timeframe = problem.series
    return Unavailable(UnavailableKind.NO_MODEL, problem, TrainModels((symbol,), timeframe, anew=False))


class ModelRegistry:
    """Models by symbol and timeframe, loaded on first use and again when their folder is published anew.

    Thread-safe. Files are looked at on threads of their own (see core.model.patience): where they do not answer within
    ``patience`` seconds, what is in memory holds, and where nothing is, ModelNotAnswering. Symbols may be written ``BTC``
    or ``BTCUSDT``, timeframes as text. load_model, load_scaler, load_metadata, get_model_accuracy and is_model_available
    are the first design's names, kept for its readers; the house itself asks ``find``, ``get`` and ``status``, and
    ``find_all`` and ``statuses`` where it wants many.
    """

    def __init__(self, models_dir: Path, patience: float = PATIENCE_SECONDS) -> None:
        self.models_dir = Path(models_dir)
        self._patience = patience
        self._found: PatientCalls[Series, LoadedModel | ModelProblem] = PatientCalls(self._find, patience)
        self._listed: PatientCalls[Path, tuple[Series, ...]] = PatientCalls(FolderList(), patience)
        self._evaluations: PatientCalls[Path, Evaluated | None] = PatientCalls(read_evaluation, patience)
        self._cache: dict[Series, tuple[Stamp, LoadedModel | UnusableModel]] = {}
        self._being_read: dict[Series, threading.Lock] = {}
        self._forests = Forests()
        self._paths: dict[Series, tuple[str, ...]] = {}
        self._last_list: tuple[Series, ...] = ()

    def get(self, symbol: str, timeframe: Timeframe | str) -> LoadedModel:
        """The model; FileNotFoundError where there is none, UnusableModel where its files cannot be trusted or do not answer."""
        found = self.find(Series(normalise_symbol(symbol), Timeframe.parse(timeframe)))
        if isinstance(found, LoadedModel):
            return found
        if isinstance(found, NoModel | IncompleteModel):
            raise ModelMissing(found)
        raise UnusableModel(problem_text(found))

    def find(self, series: Series) -> LoadedModel | ModelProblem:
        """The model, or the problem that stands in its way; never raises for what is on disk."""
        return self.find_all([series])[series]

    def find_all(self, wanted: Iterable[Series]) -> dict[Series, LoadedModel | ModelProblem]:
        """As ``find``, of many together: no longer a wait for all of them than for one."""
        wanted = list(wanted)
        found = self._found.answers(wanted)
        return {series: found[series] if series in found else self._in_memory(series) for series in wanted}

    def hear_of_latecomers(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Call ``callback`` when files have answered that nobody waited for any more; returns what ends that."""
        return self._found.hear_of_latecomers(callback)

    def _in_memory(self, series: Series) -> LoadedModel | ModelProblem:
        """What is known of a model whose files do not answer."""
        if (cached := self._cache.get(series)) is None:
            return ModelNotAnswering(series, self._patience)
        return _as_found(cached[1])

    def _find(self, series: Series) -> LoadedModel | ModelProblem:
        """As ``find``, in the thread of who asks."""
        try:
            return _as_found(self._current(series))
        except ModelMissing as missing:
            return missing.problem
        except UnusableModel as error:  # the symbol cannot name a model
            return UnusableFiles(str(error))

    def _current(self, series: Series) -> LoadedModel | UnusableModel:
        """The model or what makes its files unusable, from memory unless they changed; ModelMissing where there is none."""
        stamp = self._stamp(series)
        cached = self._cache.get(series)
        if cached is None or cached[0] != stamp:
            being_read = self._being_read.setdefault(series, threading.Lock())
            alone = being_read.acquire(timeout=self._patience)  # who hangs in there is not waited for
            try:
                cached = self._cache[series] = self._read_current(series)
            finally:
                if alone:
                    being_read.release()
        return cached[1]

    def _read_current(self, series: Series) -> tuple[Stamp, LoadedModel | UnusableModel]:
        """The model as it is now; read again where a publication came between two of its files."""
        for _ in range(_READ_ATTEMPTS):
            stamp = self._stamp(series)
            cached = self._cache.get(series)
            if cached is not None and cached[0] == stamp:
                return cached
            model = read_model(self.folder(series), series, self._forests)
            if self._stamp(series) == stamp:
                break
        return stamp, model

    def load_model(self, symbol: str, timeframe: Timeframe | str) -> CnnLstm:
        """The network, in evaluation mode. Errors as of ``get``."""
        return self.get(symbol, timeframe).network

    def load_scaler(self, symbol: str, timeframe: Timeframe | str) -> StandardScaler:
        """A scikit-learn scaler with the means and scales of the training period. Errors as of ``get``."""
        model = self.get(symbol, timeframe)
        return standard_scaler(model.scaling, model.metrics.training_candles)

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
        return self.statuses([Series(normalise_symbol(symbol), Timeframe.parse(timeframe))])[0]

    def statuses(self, wanted: Iterable[Series]) -> list[ModelStatus]:
        """As ``status``, of many together."""
        found = self.find_all(wanted)
        return [ModelStatus(s, f.metrics if isinstance(f, LoadedModel) else f) for s, f in found.items()]

    def available(self) -> tuple[Series, ...]:
        """Every series with a usable model, in the order of symbol and timeframe."""
        for listed in self._listed.answers([self.models_dir]).values():
            self._last_list = listed
        return tuple(s for s, found in self.find_all(self._last_list).items() if isinstance(found, LoadedModel))

    def evaluation(self) -> Evaluated | None:
        """How good the models are together; None where nobody measured that or no file answers; UnusableEvaluation."""
        return self._evaluations.answers([self.models_dir]).get(self.models_dir)

    def clear_cache(self) -> None:
        """Forget what is in memory; the next use reads the files again."""
        self._cache.clear()

    def folder(self, series: Series) -> Path:
        """Where a model's files are; UnusableModel for a symbol that is not a plain name."""
        return model_folder(self.models_dir, series)

    def _stamp(self, series: Series) -> Stamp:
        """The stamp of a model's files; ModelMissing where one is missing and is not just being replaced."""
        for _ in range(_SWAP_WAITS):
            try:
                return self._stamp_now(series)
            except ModelMissing:
                if not set_aside(self.folder(series)):
                    break
                time.sleep(_SWAP_WAIT_SECONDS)
        else:
            put_back(self.folder(series))
        return self._stamp_now(series)

    def _stamp_now(self, series: Series) -> Stamp:
        paths = self._paths.get(series)
        if paths is None:
            paths = self._paths[series] = tuple(str(self.folder(series) / name) for name in SERVING_FILES)
        stamp: list[tuple[int, int] | None] = []
        for path in paths:
            try:
                found = os.stat(path)  # noqa: PTH116 - asked for every cached prediction; Path.stat takes twice as long
            except NotADirectoryError:
                raise _no_folder(Path(path)) from None
            except FileNotFoundError:
                if path is not paths[-1]:  # not every model has trees
                    raise _missing(Path(path), series) from None
                stamp.append(None)
            except OSError as error:
                stamp.append((0, error.errno or 0))  # whoever reads the file learns the same, and says so
            else:
                stamp.append((found.st_ino, found.st_mtime_ns))
        return tuple(stamp)


def _as_found(model: LoadedModel | UnusableModel) -> LoadedModel | UnusableFiles:
    return UnusableFiles(str(model)) if isinstance(model, UnusableModel) else model


def _missing(path: Path, series: Series) -> ModelMissing:
    if path.parent.is_dir():
        return ModelMissing(IncompleteModel(series, _shown(path)))
    return ModelMissing(NoModel(series, _shown(path.parent), MIN_TRAINING_CANDLES))


def _no_folder(path: Path) -> UnusableModel:
    """What stands where a folder on the way to a file should be, which training cannot write into either."""
    folder = next(parent for parent in reversed(path.parents) if not parent.is_dir())
    return UnusableModel(
        f"{_shown(folder)} is no folder; expected the models' folders there. Remove it and train the model."
    )


def _shown(path: Path) -> str:
    """A path as people know it: from the project's folder on, where it is inside."""
    return str(path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path)
