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
from pathlib import Path
from typing import Any, Literal

from sklearn.preprocessing import StandardScaler

from core.disk import cannot_write, held, is_held
from core.domain import Series, Timeframe, normalise_symbol
from core.errors import UnusableModel
from core.findings import (
    IncompleteModel,
    ModelProblem,
    NoModel,
    TrainModels,
    Unavailable,
    UnavailableKind,
    UnusableFiles,
)
from core.model.coverage import MIN_TRAINING_CANDLES
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
from core.settings import PROJECT
from core.wording.sentences import problem_sentence

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

_FILES = (NETWORK_FILE, SCALER_FILE, METRICS_FILE, TREES_FILE)

Stamp = tuple[tuple[int, int] | None, ...]
"""Inode and modification time of each file a model may have, None where there is none: changes whenever one of them does."""

_READ_ATTEMPTS = 3

_SWAP_WAITS, _SWAP_WAIT_SECONDS = 20, 0.002
"""How often, and how long each time, a reader waits for a folder that is just being replaced."""


_SURELY_HELD_SECONDS = 10
"""A living publication holds its folder as soon as it has made it, and so long after surely."""


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
        return "unusable" if isinstance(self.found, UnusableFiles) else "missing"


def unavailable(problem: ModelProblem) -> Unavailable:
    """The problem of a model as the reason why a signal is missing, with what helps."""
    if isinstance(problem, UnusableFiles):
        return Unavailable(UnavailableKind.NO_MODEL, problem)
    symbol, timeframe = problem.series
    return Unavailable(UnavailableKind.NO_MODEL, problem, TrainModels((symbol,), timeframe, anew=False))


class ModelRegistry:
    """Models by symbol and timeframe, loaded on first use and again when their folder is published anew.

    Thread-safe. Symbols may be written ``BTC`` or ``BTCUSDT``, timeframes as text. load_model, load_scaler,
    load_metadata, get_model_accuracy and is_model_available are the first design's names, kept for its readers; the
    house itself asks ``find``, ``get`` and ``status``.
    """

    def __init__(self, models_dir: Path) -> None:
        self.models_dir = Path(models_dir)
        self._lock = threading.Lock()
        self._cache: dict[Series, tuple[Stamp, LoadedModel | UnusableModel]] = {}
        self._forests = Forests()
        self._paths: dict[Series, tuple[str, ...]] = {}

    def get(self, symbol: str, timeframe: Timeframe | str) -> LoadedModel:
        """The model; FileNotFoundError where there is none, UnusableModel where its files cannot be trusted."""
        found = self.find(Series(normalise_symbol(symbol), Timeframe.parse(timeframe)))
        if isinstance(found, LoadedModel):
            return found
        raise UnusableModel(found.reason) if isinstance(found, UnusableFiles) else ModelMissing(found)

    def find(self, series: Series) -> LoadedModel | ModelProblem:
        """The model, or the problem that stands in its way; never raises for what is on disk."""
        try:
            found = self._current(series)
        except ModelMissing as missing:
            return missing.problem
        except UnusableModel as error:  # the symbol cannot name a model
            return UnusableFiles(str(error))
        return UnusableFiles(str(found)) if isinstance(found, UnusableModel) else found

    def _current(self, series: Series) -> LoadedModel | UnusableModel:
        """The model or what makes its files unusable, from memory unless they changed; ModelMissing where there is none."""
        stamp = self._stamp(series)
        cached = self._cache.get(series)
        if cached is None or cached[0] != stamp:
            with self._lock:
                cached = self._read_current(series)
                self._cache[series] = cached
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
        series = Series(normalise_symbol(symbol), Timeframe.parse(timeframe))
        found = self.find(series)
        return ModelStatus(series, found.metrics if isinstance(found, LoadedModel) else found)

    def available(self) -> tuple[Series, ...]:
        """Every series with a usable model, in the order of symbol and timeframe."""
        if not self.models_dir.is_dir():
            return ()
        symbols = sorted(p.name for p in self.models_dir.iterdir() if p.is_dir() and not p.name.startswith("."))
        return tuple(Series(s, tf) for s in symbols for tf in Timeframe if self.is_model_available(s, tf))

    def clear_cache(self) -> None:
        """Forget what is in memory; the next use reads the files again."""
        with self._lock:
            self._cache.clear()

    def folder(self, series: Series) -> Path:
        """Where a model's files are; UnusableModel for a symbol that is not a plain name."""
        symbol, timeframe = series
        if not symbol.isalnum():
            raise UnusableModel(f"The symbol {symbol[:40]!r} cannot name a model; expected letters and digits only.")
        return self.models_dir / symbol / timeframe.value

    def _stamp(self, series: Series) -> Stamp:
        """The stamp of a model's files; ModelMissing where one is missing and is not just being replaced."""
        for _ in range(_SWAP_WAITS):
            try:
                return self._stamp_now(series)
            except ModelMissing:
                if not _set_aside(self.folder(series)):
                    break
                time.sleep(_SWAP_WAIT_SECONDS)
        else:
            _put_back(self.folder(series))
        return self._stamp_now(series)

    def _stamp_now(self, series: Series) -> Stamp:
        paths = self._paths.get(series)
        if paths is None:
            paths = self._paths[series] = tuple(str(self.folder(series) / name) for name in _FILES)
        stamp: list[tuple[int, int] | None] = []
        for path in paths:
            try:
                found = os.stat(path)  # noqa: PTH116 - asked for every cached prediction; Path.stat takes twice as long
            except OSError:
                if path is not paths[-1]:  # not every model has trees
                    raise _missing(Path(path), series) from None
                stamp.append(None)
            else:
                stamp.append((found.st_ino, found.st_mtime_ns))
        return tuple(stamp)


def publish_model(
    models_dir: Path,
    series: Series,
    network: CnnLstm,
    scaler: StandardScaler,
    metrics: dict[str, Any],
    trees: BoostedTrees | None = None,
) -> Path:
    """Write a model's folder in one step and return it; ``metrics`` gets the checksums of its files.

    An ensemble is published with its ``trees``. UnusableModel where ``metrics`` break their contract, CannotWrite where
    the disk is full or the folder is not ours; what was there before stays.

    The new folder is written aside and then takes the old one's place, so that a reader meets the old model or
    the new one whole. ModelRegistry waits out the moment between the two renames, and undoes the first where the
    second never comes. Of several processes that publish one model at once, the last has its way.
    """
    folder = ModelRegistry(models_dir).folder(series)
    new = _beside(folder, "new")
    try:
        new.mkdir(parents=True)
        with held(new):
            write_model(new, network, scaler, metrics, trees)
            _swap_in(new, folder)
    except BaseException as error:
        shutil.rmtree(new, ignore_errors=True)
        if isinstance(error, OSError):
            raise cannot_write(error, folder) from None
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
    gone = list(folder.parent.glob(f".{folder.name}.gone.*"))
    abandoned = [new for new in folder.parent.glob(f".{folder.name}.new.*") if _is_abandoned(new)]
    for path in (*gone, *abandoned):
        _delete(path)


def _is_abandoned(new: Path) -> bool:
    """Whether the publication that began the folder ``new`` is no longer alive."""
    try:
        return time.time() - new.stat().st_mtime > _SURELY_HELD_SECONDS and not is_held(new)
    except OSError:  # it has just been published
        return False


def _delete(path: Path) -> None:
    """A folder, or what somebody had put in a model's place; nothing is said where that is not ours to do."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


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


def _missing(path: Path, series: Series) -> ModelMissing:
    if path.parent.is_dir():
        return ModelMissing(IncompleteModel(series, _shown(path)))
    return ModelMissing(NoModel(series, _shown(path.parent), MIN_TRAINING_CANDLES))


def _shown(path: Path) -> str:
    """A path as people know it: from the project's folder on, where it is inside."""
    return str(path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path)
