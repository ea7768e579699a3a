"""Gradient-boosted trees as plain arrays: safe to read from a stranger's file, evaluated without the library they were grown by.

Evaluated as in QuickScorer (Lucchese et al., QuickScorer: a fast algorithm to rank documents with additive ensembles
of regression trees, 2015). A tree's leaves are numbered from left to right, one bit each. A split whose test
fails rules out the leaves to its left; whatever the others say, the leaf a row ends in is the first that nothing
rules out. So no pointer is ever followed: a forest is a list of tests and of the leaves each of them rules out, and no
such list can lead in circles or out of its arrays.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np

from core.errors import UnusableModel
from core.model.archive import read_members
from core.model.arrays import read_array
from core.model.features import DIRECTIONAL_FEATURES, FEATURES
from core.text import shorten

MOST_ROUNDS = 1000
"""Of boosting, each of which grows one tree."""
MOST_LEAVES = 64
"""Of one tree: one bit each."""
LARGEST_LEAF = 1000.0
"""Leaves of trained trees stay under 1, those of what never happened under 40."""
LARGEST_TABLE = 20_000_000
"""Bytes that evaluation of one forest may take in memory. 300 rounds, 31 leaves and 255 thresholds per feature take 5 million."""
LARGEST_ARRAYS = 4_000_000
"""Bytes of the arrays in a file once they are unpacked."""
LARGEST_TREES_FILE = 4_100_000
"""Bytes of a file that holds them as they are, and their names."""

_TYPES = {
    "leaves": np.dtype(np.uint8),
    "values": np.dtype("<f4"),
    "features": np.dtype(np.uint8),
    "thresholds": np.dtype("<f4"),
    "first": np.dtype(np.uint8),
    "last": np.dtype(np.uint8),
}
_CHUNK_CELLS = 1 << 16  # rows x trees evaluated at once: what the processor's cache holds
_SIGNS = np.array([-1 if name in DIRECTIONAL_FEATURES else 1 for name in FEATURES], dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Forest:
    """Trees whose answers add up to one logit, equal only to itself.

    ``leaves`` counts the leaves of each tree, shape (rounds,). ``values`` are the leaves' shares of the logit, tree after
    tree, from left to right. The other four describe the splits, tree after tree, one fewer than leaves: the test is
    "feature ``features`` is at most ``thresholds``", and a row that fails it is not in the leaves ``first`` to ``last`` of
    its tree. UnusableModel where arrays do not fit together.
    """

    leaves: np.ndarray
    values: np.ndarray
    features: np.ndarray
    thresholds: np.ndarray
    first: np.ndarray
    last: np.ndarray

    def __post_init__(self) -> None:
        for field in fields(self):
            _check_type(field.name, getattr(self, field.name))
        self._check_shapes()
        self._check_values()
        if self._table_bytes() > LARGEST_TABLE:
            raise UnusableModel(
                f"The trees ask for {self._table_bytes():,} bytes of memory; expected at most {LARGEST_TABLE:,}."
            )

    @property
    def rounds(self) -> int:
        return len(self.leaves)

    def logits(self, rows: np.ndarray) -> np.ndarray:
        """float64 (n,), out of newest candles' features, float32 (n, features).

        Features are standardised and clipped, as a network reads them, and finite.
        """
        if rows.ndim != 2 or rows.shape[1] != len(FEATURES) or rows.dtype != np.float32:
            raise ValueError(
                f"trees read float32 rows of {len(FEATURES)} features, got {rows.dtype} of shape {rows.shape}"
            )
        answers = np.empty(len(rows))
        step = max(1, _CHUNK_CELLS // self.leaves.size)
        for start in range(0, len(rows), step):
            answers[start : start + step] = self._logits_of_few(rows[start : start + step])
        return answers

    def _logits_of_few(self, rows: np.ndarray) -> np.ndarray:
        remaining = np.full((len(rows), self.leaves.size), ~self._bits(0))
        for column, (thresholds, table) in zip(rows.T, self._tables, strict=True):
            remaining &= table[thresholds.searchsorted(column)]
        first_left = np.bitwise_count(~remaining & (remaining - 1))  # zeros below the lowest one
        return self.values.take(first_left + self._first_leaves).sum(axis=1, dtype=np.float64)

    @cached_property
    def _first_leaves(self) -> np.ndarray:
        """Where in ``values`` each tree's leaves begin, shape (trees,)."""
        counts = self.leaves.astype(np.int64)
        return np.cumsum(counts) - counts

    @cached_property
    def _tables(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each feature its thresholds in order, and the leaves that remain of every tree, one row per interval.

        Row i is for values above i thresholds. A row holds one number per tree, whose bits are its leaves.
        """
        trees = np.repeat(np.arange(self.leaves.size), self.leaves - 1)
        bits = self._bits
        ruled_out = np.left_shift(bits(2), self.last.astype(bits)) - np.left_shift(bits(1), self.first.astype(bits))
        tables = []
        for feature in range(len(FEATURES)):
            here = self.features == feature
            thresholds, places = np.unique(self.thresholds[here], return_inverse=True)
            table = np.full((len(thresholds) + 1, self.leaves.size), ~bits(0))
            np.bitwise_and.at(table, (places + 1, trees[here]), ~ruled_out[here])
            tables.append((thresholds, np.bitwise_and.accumulate(table, axis=0, out=table)))
        return tables

    @property
    def _bits(self) -> type[np.unsignedinteger]:
        return np.uint32 if self.leaves.max() <= 32 else np.uint64

    def _table_bytes(self) -> int:
        """What ``_tables`` will take, told without making them."""
        thresholds = sum(len(np.unique(self.thresholds[self.features == n])) for n in range(len(FEATURES)))
        return (thresholds + len(FEATURES)) * self.leaves.size * np.dtype(self._bits).itemsize

    def _check_shapes(self) -> None:
        if not 1 <= self.rounds <= MOST_ROUNDS:
            raise UnusableModel(f"leaves is of {self.rounds:,} trees; expected 1 to {MOST_ROUNDS:,}.")
        if self.leaves.min() < 1 or self.leaves.max() > MOST_LEAVES:
            raise UnusableModel(
                f"leaves counts {self.leaves.min()} to {self.leaves.max()} leaves of a tree; expected 1 to {MOST_LEAVES}."
            )
        leaves = int(self.leaves.sum(dtype=np.int64))
        for name in ("values", "features", "thresholds", "first", "last"):
            expected = leaves if name == "values" else leaves - self.leaves.size
            if len(getattr(self, name)) != expected:
                raise UnusableModel(
                    f"{name} has {len(getattr(self, name)):,} entries; {self.leaves.size:,} trees with {leaves:,} leaves "
                    f"have {expected:,}."
                )

    def _check_values(self) -> None:
        for name in ("values", "thresholds"):
            if not np.isfinite(getattr(self, name)).all():
                raise UnusableModel(f"{name} holds a value that is not finite.")
        if (largest := float(np.abs(self.values).max())) > LARGEST_LEAF:
            raise UnusableModel(f"values holds {largest:.3g}; expected at most {LARGEST_LEAF:,.0f}.")
        if self.features.size and self.features.max() >= len(FEATURES):
            raise UnusableModel(f"features holds {self.features.max()}; there are {len(FEATURES)}, counted from 0.")
        ends = np.repeat(self.leaves, self.leaves - 1)
        wrong = (self.first > self.last) | (self.last >= ends - 1)
        if wrong.any():
            place = int(wrong.argmax())
            raise UnusableModel(
                f"The split {place:,} rules out the leaves {self.first[place]} to {self.last[place]} of a tree that has "
                f"{ends[place]}; expected leaves of that tree, without its last one."
            )


@dataclass(frozen=True, eq=False)
class BoostedTrees:
    """Forests that speak beside a network, equal only to themselves: see core.model.pool for their two questions.

    ``side`` is None where the network answers that question alone.
    """

    timing: Forest
    side: Forest | None = None

    def side_logits(self, rows: np.ndarray) -> np.ndarray | None:
        """float64 (n,), of rows as Forest.logits reads them; a chart turned upside down has the same with another sign."""
        if self.side is None:
            return None
        both = self.side.logits(np.concatenate([rows, rows * _SIGNS]))
        return (both[: len(rows)] - both[len(rows) :]) / 2

    def to_bytes(self) -> bytes:
        """The forests as an .npz file; equal ones give equal bytes."""
        file = io.BytesIO()
        arrays = {
            f"{question}_{name}": getattr(forest, name) for question, forest in self._forests() for name in _TYPES
        }
        np.savez_compressed(file, allow_pickle=False, **arrays)
        return file.getvalue()

    def _forests(self) -> Iterator[tuple[str, Forest]]:
        yield "timing", self.timing
        if self.side is not None:
            yield "side", self.side

    @classmethod
    def from_bytes(cls, content: bytes) -> BoostedTrees:
        """The forests in a file that ``to_bytes`` made, or a stranger; UnusableModel says what is wrong with it."""
        try:
            members = read_members(content, LARGEST_ARRAYS, packed=zipfile.ZIP_DEFLATED)
            questions = ["side", "timing"] if any(name.startswith("side_") for name in members) else ["timing"]
            got, expected = sorted(members), sorted(f"{each}_{name}.npy" for each in questions for name in _TYPES)
            if got != expected:
                raise UnusableModel(f"The trees' file holds {shorten(got, 120)}; expected {expected}.")
            return cls(**{each: _forest(each, members) for each in questions})
        except UnusableModel:
            raise
        except Exception as error:  # archives and headers can be broken in more ways than their readers promise
            raise UnusableModel(f"The trees are no file of arrays ({type(error).__name__}).") from None


def _forest(question: str, members: dict[str, bytes]) -> Forest:
    return Forest(**{name: read_array(name, members[f"{question}_{name}.npy"]) for name in _TYPES})


def _check_type(name: str, array: object) -> None:
    if not isinstance(array, np.ndarray) or array.dtype != _TYPES[name] or array.ndim != 1:
        got = f"{array.dtype} of {array.ndim} dimensions" if isinstance(array, np.ndarray) else type(array).__name__
        raise UnusableModel(f"{name} is {got}; expected {_TYPES[name]} of 1.")
