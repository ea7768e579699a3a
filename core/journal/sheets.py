"""Entries of one kind by the column: thousands in a second are checked, hashed and written without an object for each."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

from core.journal.entries import Content, Entry, Key, columns_of, kinds_of, values_of
from core.journal.storable import as_stored


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Entries of one ``kind`` in their order: of each of its columns, by name, as many values, as databases give them back.

    Make one with ``of`` or ``of_entries``.
    """

    kind: type[Entry]
    columns: Mapping[str, Sequence[Any]]

    @classmethod
    def of(cls, kind: type[Entry], columns: Mapping[str, Sequence[Any]]) -> Sheet:
        """Out of every column of ``kind``; ValueError or TypeError for what no entry of it can hold."""
        types = dict(zip(columns_of(kind.kind), kinds_of(kind.kind), strict=True))
        stored = {name: _stored_column(columns[name], of_type) for name, of_type in types.items()}
        kind.check(stored)
        return cls(kind, stored)

    @classmethod
    def of_entries(cls, kind: type[Entry], some: Sequence[Entry]) -> Sheet:
        """Out of entries of ``kind``, which were checked as they were made."""
        columns = zip(*map(values_of(kind.kind), some), strict=True) if some else [() for _ in columns_of(kind.kind)]
        return cls(kind, dict(zip(columns_of(kind.kind), columns, strict=True)))

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, rows: slice) -> Sheet:
        return Sheet(self.kind, {name: values[rows] for name, values in self.columns.items()})

    def only(self, chosen: Sequence[bool]) -> Sheet:
        """The entries for which ``chosen`` is true."""
        return Sheet(self.kind, {name: list(compress(values, chosen)) for name, values in self.columns.items()})

    def keys(self) -> list[Key]:
        """The key of each entry, which has to be of a kind that has one."""
        assert self.kind.identified_by
        return list(zip(*(self.columns[name] for name in self.kind.identified_by), strict=True))

    def contents(self) -> list[Content]:
        """Every column of each entry."""
        names = tuple(self.columns)
        return [dict(zip(names, row, strict=True)) for row in zip(*self.columns.values(), strict=True)]


def joined(kind: type[Entry], sheets: Sequence[Sheet]) -> Sheet:
    """The entries of all ``sheets``, which are of ``kind``, one after the other."""
    columns: dict[str, list[Any]] = {name: [] for name in columns_of(kind.kind)}
    for sheet in sheets:
        for name, values in sheet.columns.items():
            columns[name] += values
    return Sheet(kind, columns)


def _stored_column(values: Sequence[Any], kind: type) -> Sequence[Any]:
    """The values as every database gives them back; errors as of ``as_stored``."""
    if set(map(type, values)) == {kind} and _ARE_PLAIN[kind](values):
        return values
    stored = {value: None if value is None else as_stored(value, kind) for value in set(values)}
    return [stored[value] for value in values]


_ARE_PLAIN: Mapping[type, Callable[[Sequence[Any]], bool]] = {
    int: lambda values: True,
    float: lambda values: math.isfinite(sum(map(abs, values))) and 0.0 not in values,
    str: lambda values: False,
}
"""Whether values of a type surely are as databases give them back: soon told of numbers, unless a zero may be negative."""
