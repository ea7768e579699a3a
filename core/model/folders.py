"""Where the models of a coin and timeframe lie: ``<models>/<SYMBOL>/<timeframe>/``, under the symbol as it is written in full."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from pathlib import Path

from core.domain import Series, Timeframe, normalise_symbol
from core.errors import UnusableModel
from core.text import shorten

log = logging.getLogger(__name__)


def model_folder(models_dir: Path, series: Series) -> Path:
    """Where a model's files are; UnusableModel for a symbol that is not a plain name."""
    symbol, timeframe = series
    if not symbol.isalnum():
        raise UnusableModel(f"The symbol {shorten(symbol)!r} cannot name a model; expected letters and digits only.")
    return models_dir / symbol / timeframe.value


class FolderList:
    """Lists the series there may be a model of. Names each folder that is ignored once in the log."""

    def __init__(self) -> None:
        self._named: set[str] = set()

    def __call__(self, models_dir: Path) -> tuple[Series, ...]:
        """In the order of symbol and timeframe; none where there is no such folder."""
        symbols = sorted(_folders_in(models_dir))
        whole = [symbol for symbol in symbols if symbol == normalise_symbol(symbol) and symbol.isalnum()]
        for name in self._not_named_yet(set(symbols) - set(whole)):
            log.warning("Among the models, %s is ignored: a coin's folder is named by its whole symbol.", name)
        inside = {f"{symbol}/{name}" for symbol in whole for name in _folders_in(models_dir / symbol)}
        known = {f"{symbol}/{timeframe}" for symbol in whole for timeframe in Timeframe}
        for name in self._not_named_yet(inside - known):
            log.warning("Among the models, %s is ignored: a model's folder is named by its timeframe.", name)
        return tuple(Series(symbol, timeframe) for symbol in whole for timeframe in Timeframe)

    def _not_named_yet(self, names: Iterable[str]) -> list[str]:
        new = sorted(set(names) - self._named)
        self._named.update(new)
        return [shorten(name, 80) for name in new]


def _folders_in(folder: Path) -> list[str]:
    """The names of the folders in another but hidden ones, which publications set aside."""
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries if not entry.name.startswith(".") and entry.is_dir()]
    except OSError:
        return []
