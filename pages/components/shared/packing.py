"""Rows of named values, packed for the browser: the names once, then the values of each row (see packing.js)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def packed(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """``{"fields": [...], "rows": [[...], ...]}``; a field inside another is called ``outer.inner``.

    None stands for a field that a row does not have: browsers are not told the two apart.
    """
    flat = [dict(_flat(row)) for row in rows]
    fields = list(dict.fromkeys(field for row in flat for field in row))
    return {"fields": fields, "rows": [[row.get(field) for field in fields] for row in flat]}


def _flat(row: Mapping[str, Any], outer: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{outer}{name}.")
        else:
            yield outer + name, value
