"""Whole columns of whole numbers out of a database and into numpy, in one value each: a million rows are no Python objects."""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement


class whole_column(FunctionElement[Any]):  # noqa: N801 - it reads as one of sqlalchemy.func, which this is like
    """All values of a column of whole numbers, none of them NULL, of which ``numbers_in`` makes an array.

    They are text, as SQLite makes it; PostgreSQL gives the eight bytes of each, which costs both sides half as much.
    """

    name = "whole_column"
    inherit_cache = True

    def __init__(self, values: ColumnElement[int]) -> None:
        super().__init__(values)


@compiles(whole_column)
def _as_text(column: whole_column, compiler: SQLCompiler, **how: Any) -> str:
    return f"group_concat({compiler.process(column.clauses, **how)}, ',')"


@compiles(whole_column, "postgresql")
def _as_bytes(column: whole_column, compiler: SQLCompiler, **how: Any) -> str:
    values = f"int8send({compiler.process(column.clauses, **how)})"
    return f"string_agg({values}, '')"


def numbers_in(column: str | bytes | None) -> np.ndarray:
    """What a ``whole_column`` holds, int64 (rows,); None is one without a row. ValueError where it was none."""
    if isinstance(column, bytes):
        return np.frombuffer(column, dtype=">i8").astype(np.int64)
    return np.fromstring(column, dtype=np.int64, sep=",") if column else np.empty(0, dtype=np.int64)
