"""By which column rows are ordered, and which way: kept in the address, changed by clicks on the heads of columns.

Knows nothing of Streamlit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class RowOrder:
    """Rows ordered by one column. In an address: ``coin``, and ``-coin`` for the largest first."""

    column: str
    descending: bool = False

    @classmethod
    def parse(cls, text: str | None, columns: Collection[str], default: RowOrder) -> RowOrder:
        """The order an address asks for; ``default`` where it asks for none of ``columns``."""
        column = (text or "").removeprefix("-")
        return cls(column, (text or "").startswith("-")) if column in columns else default

    def __str__(self) -> str:
        return f"-{self.column}" if self.descending else self.column

    def after_click(self, column: str, largest_first: Collection[str]) -> RowOrder:
        """The order after a click on a head: this one turned round, or another column, from the top where it is one of ``largest_first``."""
        return RowOrder(column, not self.descending if column == self.column else column in largest_first)

    def sort(self, rows: Iterable[Row], value: Callable[[Row, str], Any]) -> list[Row]:
        """The rows by ``value(row, column)``; those whose value is None come last, and ties as they came."""
        valued = [(value(row, self.column), row) for row in rows]
        ordered = sorted(
            (pair for pair in valued if pair[0] is not None), key=lambda pair: pair[0], reverse=self.descending
        )
        return [row for _, row in ordered] + [row for found, row in valued if found is None]
