"""Sums over signals that have everything in common that a record tells apart, so that a million need not be gone through.

A cell is named by one number: who spoke, what was said, on which UTC day. What a record asks, of any scope, is added up
from cells; a new outcome changes one of them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

_BITS = {"question": 2, "model": 21, "origin": 1, "direction": 2, "verdict": 5, "band": 2, "bin": 5, "day": 24}
"""Of each part of a cell's name, the first the highest; 62 in all."""


def names_of(parts: Mapping[str, np.ndarray | int]) -> np.ndarray:
    """The number of each cell, int64; parts that are not given are 0."""
    name: np.ndarray | int = 0
    for part, bits in _BITS.items():
        name = (name << bits) | np.asarray(parts.get(part, 0), dtype=np.int64)
    return np.asarray(name)


def part_of(names: np.ndarray, part: str) -> np.ndarray:
    """One part of each cell's name, int64."""
    below = sum(list(_BITS.values())[list(_BITS).index(part) + 1 :])
    return (names >> below) & ((1 << _BITS[part]) - 1)


class Cells:
    """``names`` of the cells, int64 (cells,), in no order, and their ``sums``, (measures, cells). Not thread-safe."""

    def __init__(self, measures: int) -> None:
        self._place: dict[int, int] = {}
        self._names = np.empty(0, dtype=np.int64)
        self._sums = np.zeros((measures, 0))

    def __len__(self) -> int:
        return len(self._place)

    @property
    def names(self) -> np.ndarray:
        return self._names[: len(self)]

    @property
    def sums(self) -> np.ndarray:
        return self._sums[:, : len(self)]

    def add(self, names: np.ndarray, values: np.ndarray, first: int = 0) -> None:
        """Add ``values``, (some measures from ``first`` on, signals), to the cells of these names."""
        if not len(names):
            return
        order = np.argsort(names)
        ordered = names[order]
        begins = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        places = self._places(ordered[begins])
        self._sums[first : first + len(values), places] += np.add.reduceat(values[:, order], begins, axis=1)

    def _places(self, names: np.ndarray) -> np.ndarray:
        """Where each of these cells is, new ones made; no name is there twice."""
        known = self._place
        places = np.fromiter((known.setdefault(name, len(known)) for name in names.tolist()), np.int64, len(names))
        if len(known) > len(self._names):
            self._grow(2 * len(known))
        self._names[places] = names
        return places

    def _grow(self, capacity: int) -> None:
        grown = np.zeros((len(self._sums), capacity))
        grown[:, : self._sums.shape[1]] = self._sums
        self._names = np.concatenate([self._names, np.zeros(capacity - len(self._names), dtype=np.int64)])
        self._sums = grown
