"""Sums over signals that have everything in common that a record tells apart, so that a million need not be gone through.

A cell is named by one number: who spoke, what was said, on which UTC day, live or replayed. What a record asks is added up from cells; a
new outcome changes one of them. The same signals are kept in cells of several grains, since most questions need no
fine ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np

from core.journal.columns import longer

_BITS = {
    "origin": 1,
    "day": 18,
    "question": 2,
    "timeframe": 3,
    "model": 21,
    "direction": 2,
    "verdict": 5,
    "band": 2,
    "bin": 5,
}
"""Of each part of a cell's name, the first the highest; 59 in all."""

_LOWER = {part: sum(list(_BITS.values())[place + 1 :]) for place, part in enumerate(_BITS)}
"""How many bits are lower than those of a part."""


def names_of(parts: Mapping[str, np.ndarray]) -> np.ndarray:
    """The number of each cell, int64; parts that are not given are 0."""
    name = np.zeros((), dtype=np.int64)
    for part, values in parts.items():
        name = name | (values.astype(np.int64) << _LOWER[part])
    return np.asarray(name)


def part_of(names: np.ndarray, part: str) -> np.ndarray:
    """One part of each cell's name, int64."""
    return (names >> _LOWER[part]) & ((1 << _BITS[part]) - 1)


def without(names: np.ndarray, parts: Collection[str]) -> np.ndarray:
    """The names of coarser cells, which do not tell these parts apart."""
    return names & ~sum(((1 << _BITS[part]) - 1) << _LOWER[part] for part in parts)


def added_up(names: np.ndarray, values: Collection[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Each name once, ascending, and the sums of its ``values``, (measures, names)."""
    found, place = _distinct(names)
    return found, np.array([np.bincount(place, each, len(found)) for each in values])


def _distinct(names: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each name once, ascending, and of each of ``names`` its place among them.

    Names of one stretch of time differ in few bits: a table of all that these can be is much faster than sorting.
    """
    short, bits = _shortened(names)
    if 1 << bits > _ROOMY + 16 * len(names):
        return np.unique(names, return_inverse=True)
    table = np.full(1 << bits, -1)
    table[short] = names
    there = np.flatnonzero(table >= 0)
    found, table[there] = table[there], np.arange(len(there))
    return found, table[short]


_ROOMY = 1 << 12


def _shortened(names: np.ndarray) -> tuple[np.ndarray, int]:
    """Names in the same order without the bits that are the same in all, and how many bits are left."""
    differ = int(np.bitwise_or.reduce(names) ^ np.bitwise_and.reduce(names)) if len(names) else 0
    short, bits = np.zeros_like(names), 0
    for low, width in _runs(differ):
        short |= ((names >> low) & ((1 << width) - 1)) << bits
        bits += width
    return short, bits


def _runs(mask: int) -> Iterator[tuple[int, int]]:
    """Where every run of ones in a mask begins, counted from the lowest bit, and how long it is."""
    low = 0
    while mask:
        zeros = (mask & -mask).bit_length() - 1
        ones = ((mask >> zeros) + 1 & ~(mask >> zeros)).bit_length() - 1
        yield low + zeros, ones
        mask, low = mask >> (zeros + ones), low + zeros + ones


class Cells:
    """``names`` of the cells, int64 (cells,), ascending, and their ``sums``, (measures, cells). Not thread-safe."""

    def __init__(self, measures: int) -> None:
        self._cells = 0
        self._names = np.empty(0, dtype=np.int64)
        self._sums = np.empty((measures, 0))

    def __len__(self) -> int:
        return self._cells

    @property
    def names(self) -> np.ndarray:
        return self._names[: self._cells]

    @property
    def sums(self) -> np.ndarray:
        return self._sums[:, : self._cells]

    def add(self, names: np.ndarray, sums: np.ndarray, first: int = 0) -> None:
        """Add ``sums``, some measures from ``first`` on, to the cells of these names, which ascend, each there once."""
        if len(names):
            places = self._places(names)
            self._sums[first : first + len(sums), places] += sums

    def _places(self, names: np.ndarray) -> np.ndarray:
        """Where the cells of these names are, which ascend; new ones are made."""
        if not self._cells or self._names[self._cells - 1] < names[0]:
            self._insert(names)
            return np.arange(self._cells - len(names), self._cells)
        at = np.searchsorted(self.names, names)
        new = names[self.names[np.minimum(at, self._cells - 1)] != names]
        if len(new):
            self._insert(new)
            at = np.searchsorted(self.names, names)
        return at

    def _insert(self, new: np.ndarray) -> None:
        """Make room for new cells; of those that are there only what comes after the first new one moves, the newest days."""
        begin, cells = int(np.searchsorted(self.names, new[0])), self._cells + len(new)
        tail = np.concatenate([self.names[begin:], new])
        sums = np.concatenate([self.sums[:, begin:], np.zeros((len(self._sums), len(new)))], axis=1)
        if cells > len(self._names):
            self._names = longer(self._names, cells)
            self._sums = longer(self._sums, cells)
        order = np.argsort(tail)
        self._names[begin:cells], self._sums[:, begin:cells] = tail[order], sums[:, order]
        self._cells = cells
