"""Rows into a table, as fast as the database takes them."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from sqlalchemy import Connection, Table, text

from core.journal.entries import Content


def insert_rows(connection: Connection, table: Table, rows: Sequence[Content]) -> None:
    """Insert ``rows``, each with every column of ``table``.

    PostgreSQL gets each column as one array and all rows in one statement: thousands of small ones would cost its server
    seconds. SQLite gets them as they are: looking at each value once more takes longer than writing it.
    """
    if not rows:
        return
    names = [column.name for column in table.c]
    columns = ", ".join(f'"{name}"' for name in names)
    if connection.dialect.name != "postgresql":
        places = ", ".join("?" * len(names))
        values = list(map(itemgetter(*names), rows))
        connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})', values)
        return
    types = [column.type.compile(connection.dialect) for column in table.c]
    arrays = ", ".join(f"CAST(:{name} AS {type_}[])" for name, type_ in zip(names, types, strict=True))
    statement = text(f'INSERT INTO "{table.name}" ({columns}) SELECT * FROM unnest({arrays})')
    connection.execute(statement, {name: [row[name] for row in rows] for name in names})
