"""Arrays that grow: one for each column of a table, all of one length."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np


def longer(array: np.ndarray, least: int) -> np.ndarray:
    """A copy with room for ``least`` on the last axis and for as many again, so that growing is rare."""
    grown = np.empty((*array.shape[:-1], 2 * least), dtype=array.dtype)
    grown[..., : array.shape[-1]] = array
    return grown


class Columns:
    """Rows are added at the end; ``self[name]`` is the column as it is now, a view that writes through.

    Not thread-safe. Memory doubles where it is too small, so that adding costs what is added.
    """

    def __init__(self, kinds: Mapping[str, str]) -> None:
        self._arrays = {name: np.empty(0, dtype=kind) for name, kind in kinds.items()}
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, name: str) -> np.ndarray:
        return self._arrays[name][: self._length]

    def add(self, rows: Mapping[str, np.ndarray]) -> None:
        """Add rows: for every column as many values."""
        (added,) = {len(rows[name]) for name in self._arrays}
        whole = self._length + added
        for name, values in rows.items():
            if whole > len(self._arrays[name]):
                self._arrays[name] = longer(self._arrays[name], whole)
            self._arrays[name][self._length : whole] = values
        self._length = whole
