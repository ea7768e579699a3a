"""Arrays that grow: one for each column of a table, all of one length."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

_LEAST = 1024


class Columns:
    """Rows are added at the end; ``self[name]`` is the column as it is now, a view that writes through.

    Not thread-safe. Memory doubles where it is too small, so that adding costs what is added.
    """

    def __init__(self, kinds: Mapping[str, str]) -> None:
        self._arrays = {name: np.empty(_LEAST, dtype=kind) for name, kind in kinds.items()}
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, name: str) -> np.ndarray:
        return self._arrays[name][: self._length]

    def add(self, rows: Mapping[str, np.ndarray]) -> None:
        """Add rows: for every column as many values."""
        (added,) = {len(rows[name]) for name in self._arrays}
        whole = self._length + added
        for name, array in self._arrays.items():
            if whole > len(array):
                self._arrays[name] = array = _longer(array, whole)
            array[self._length : whole] = rows[name]
        self._length = whole


def _longer(array: np.ndarray, least: int) -> np.ndarray:
    grown = np.empty((max(least, 2 * len(array)), *array.shape[1:]), dtype=array.dtype)
    grown[: len(array)] = array
    return grown
