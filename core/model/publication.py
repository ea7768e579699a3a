"""Publishing a model: its folder is written aside and takes the old one's place, so that no reader meets half of one."""

from __future__ import annotations

import errno
import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.disk import cannot_write
from core.domain import Series
from core.model.files import write_model
from core.model.folders import model_folder
from core.model.network import CnnLstm
from core.model.trees import BoostedTrees

if TYPE_CHECKING:
    from sklearn.preprocessing import StandardScaler

_ABANDONED_SECONDS = 3600
"""A folder that was begun so long ago was left behind by a process that died."""


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
    the disk is full or forbids it; what was there before stays.

    The new folder is written aside and then takes the old one's place, so that a reader meets the old model or
    the new one whole. ModelRegistry waits out the moment between the two renames, and undoes the first where the
    second never comes. Of several processes that publish one model at once, the last has its way.
    """
    folder = model_folder(models_dir, series)
    new = _beside(folder, "new")
    try:
        new.mkdir(parents=True)
        write_model(new, network, scaler, metrics, trees)
        _swap_in(new, folder)
    except OSError as error:
        raise cannot_write(error, folder) from None
    finally:
        shutil.rmtree(new, ignore_errors=True)  # where it has not become the model
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
    for old in set_aside(folder):
        # Renamed first: what is set aside must be whole for as long as a reader might put it back.
        with suppress(OSError):
            old.rename(_beside(folder, "gone"))
    for gone in folder.parent.glob(f".{folder.name}.gone.*"):
        shutil.rmtree(gone, ignore_errors=True)
    for new in folder.parent.glob(f".{folder.name}.new.*"):
        with suppress(FileNotFoundError):
            if time.time() - new.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(new, ignore_errors=True)


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
