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
    if not columns[table.c[0].name]:
        return
    if connection.dialect.name == "postgresql":
        _insert_arrays(connection, table, columns)
    else:
        _insert_rows(connection, table, columns)


def _insert_rows(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    rows = list(zip(*(columns[column.name] for column in table.c), strict=True))
    row = f"({', '.join('?' * len(table.c))})"
    for begin in range(0, len(rows), ROWS_IN_STATEMENT):
        some = rows[begin : begin + ROWS_IN_STATEMENT]
        statement = f"INSERT INTO {_named(table)} VALUES {', '.join([row] * len(some))}"
        connection.exec_driver_sql(statement, tuple(chain.from_iterable(some)))


def _insert_arrays(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    types = {column.name: column.type.compile(connection.dialect) for column in table.c}
    arrays = ", ".join(f"CAST(:{name} AS {of_type}[])" for name, of_type in types.items())
    statement = text(f"INSERT INTO {_named(table)} SELECT * FROM unnest({arrays})")
    connection.execute(statement, {name: array_text(columns[name]) for name in types})


def _named(table: Table) -> str:
    """The table and all of its columns."""
    columns = ", ".join(f'"{column.name}"' for column in table.c)
    return f'"{table.name}" ({columns})'


def array_text(values: Sequence[Any]) -> str:
    """An array as PostgreSQL reads one; psycopg, which asks of each value what it is, takes ten times as long."""
    types = set(map(type, values))
    if types <= {int, float}:
        return f"{{{','.join(map(repr, values))}}}"
    written = {value: _element(value) for value in set(values)}
    return f"{{{','.join([written[value] for value in values])}}}"


def _element(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case int() | float():
            return repr(value)
        case bytes():
            return f'"\\\\x{value.hex()}"'
        case _:
            escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
