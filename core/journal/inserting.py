"""Rows into a table, by the column and as fast as the database takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Table, text

ROWS_IN_STATEMENT = 128
"""Rows that SQLite gets with one statement, while others have the interpreter: lending it for every row takes as long as
the row. It takes 32,766 values in one."""


def insert_columns(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert as many rows as every column of ``table`` has values here.

    PostgreSQL gets each column as one array and all rows in one statement: thousands of small ones would cost its server
    seconds. SQLite gets them as they are: looking at each value once more takes longer than writing it.
    """
    names = [column.name for column in table.c]
    if not columns[names[0]]:
        return
    quoted = ", ".join(f'"{name}"' for name in names)
    if connection.dialect.name != "postgresql":
        rows = list(zip(*(columns[name] for name in names), strict=True))
        for begin in range(0, len(rows), ROWS_IN_STATEMENT):
            some = rows[begin : begin + ROWS_IN_STATEMENT]
            places = ", ".join([f"({', '.join('?' * len(names))})"] * len(some))
            connection.exec_driver_sql(
                f'INSERT INTO "{table.name}" ({quoted}) VALUES {places}', tuple(chain.from_iterable(some))
            )
        return
    types = [column.type.compile(connection.dialect) for column in table.c]
    arrays = ", ".join(f"CAST(:{name} AS {type_}[])" for name, type_ in zip(names, types, strict=True))
    statement = text(f'INSERT INTO "{table.name}" ({quoted}) SELECT * FROM unnest({arrays})')
    connection.execute(statement, {name: list(columns[name]) for name in names})
