"""Publishing a model: its folder is written aside and takes the old one's place, so that no reader meets half of one."""

from __future__ import annotations

import errno
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.disk import cannot_write, held, is_held
from core.domain import Series
from core.model.files import write_model
from core.model.folders import model_folder
from core.model.trees import BoostedTrees

if TYPE_CHECKING:
    from sklearn.preprocessing import StandardScaler

    from core.model.network import CnnLstm

_SURELY_HELD_SECONDS = 10
"""A living publication holds its folder as soon as it has made it, and so long after surely."""


def publish_model(
    models_dir: Path,
    series: Series,
    network: CnnLstm,
    scaler: StandardScaler,
    background: np.ndarray,
    metrics: dict[str, Any],
    trees: BoostedTrees | None = None,
) -> Path:
    """Write a model's folder in one step and return it; ``metrics`` gets the checksums of its files.

    ``background`` are training windows as core.learning.background chooses them; an ensemble is published with its ``trees``.
    UnusableModel where ``metrics`` break their contract, CannotWrite where the disk is full or forbids it; what was there
    before stays.

    The new folder is written aside and then takes the old one's place, so that a reader meets the old model or
    the new one whole. ModelRegistry waits out the moment between the two renames, and undoes the first where the
    second never comes. Of several processes that publish one model at once, the last has its way.
    """
    return _publish(
        model_folder(models_dir, series), lambda new: write_model(new, network, scaler, background, metrics, trees)
    )


@contextmanager
def ready_to_adopt(models_dir: Path, several: Iterable[Series], source: Path) -> Iterator[Callable[[Series], None]]:
    """Models as they stand below another folder, copied beside where they are to be used; what is given publishes one.

    That takes two renames and no room on the disk: what can go wrong has gone wrong before. Those that were not published
    are deleted in the end. Errors as of publish_model.
    """
    with ExitStack() as copies:
        copied = {
            series: copies.enter_context(_aside(model_folder(models_dir, series), partial(_copy, source, series)))
            for series in several
        }
        yield lambda series: _put_in_use(copied[series], model_folder(models_dir, series))


def _copy(source: Path, series: Series, new: Path) -> None:
    for file in model_folder(source, series).iterdir():
        shutil.copy2(file, new)


def _publish(folder: Path, write: Callable[[Path], object]) -> Path:
    """Let ``write`` fill a folder aside, which then takes the place of ``folder``."""
    with _aside(folder, write) as new:
        _put_in_use(new, folder)
    return folder


@contextmanager
def _aside(folder: Path, write: Callable[[Path], object]) -> Iterator[Path]:
    """A folder beside ``folder`` that ``write`` has filled, for as long as it does not become the model."""
    new = _beside(folder, "new")
    try:
        with ExitStack() as holding:
            with _in_words(folder):
                new.mkdir(parents=True)
                holding.enter_context(held(new))
                write(new)
            yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _put_in_use(new: Path, folder: Path) -> None:
    with _in_words(folder):
        _swap_in(new, folder)
    _clean_up_beside(folder)


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise cannot_write(error, folder) from None


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
    for old in set_aside(folder):
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


def put_back(folder: Path) -> None:
    """Undo the first half of a publication that died before the second."""
    for old in set_aside(folder):
        with suppress(OSError):  # another reader or a publication was faster, or we may only read here
            old.rename(folder)


def set_aside(folder: Path) -> list[Path]:
    """Models that were in ``folder`` until a publication set them aside."""
    return list(folder.parent.glob(f".{folder.name}.old.*"))


def _beside(folder: Path, state: str) -> Path:
    """A name of its own for a ``new``, ``old`` or ``gone`` model beside the folder of the current one."""
    return folder.with_name(f".{folder.name}.{state}.{secrets.token_hex(6)}")
