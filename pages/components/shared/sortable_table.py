"""Tables whose rows Python orders: which order the address asks for, and what a click on a head or a row does.

Their looks are in sortable_table.js and .css, which their own scripts and styles build on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import streamlit as st

from core.domain import Series
from pages.components.shared.browser_component import browser_component
from pages.components.shared.opened import opened_series
from pages.components.shared.packing import packed
from pages.components.shared.row_order import RowOrder


class SortableTable:
    """A table drawn by the script ``name``, such as ``quality/table``; make it once, at import.

    ``columns`` names the columns and their heads. Those of ``largest_first`` begin with their largest value when their
    head is clicked. The order lives in the address; ``unordered`` is the one where it names none.
    """

    def __init__(
        self, name: str, columns: Mapping[str, str], largest_first: Collection[str], unordered: RowOrder
    ) -> None:
        self.columns = columns
        self.largest_first = largest_first
        self.unordered = unordered
        self._key = name.replace("/", "_")
        self._mount = browser_component(name, "shared/looks", "shared/sortable_table")

    def order(self) -> RowOrder:
        """The order that the address asks for."""
        return RowOrder.parse(st.query_params.get("order"), self.columns, self.unordered)

    def draw(self, rows: Sequence[Mapping[str, Any]], order: RowOrder, **more: object) -> Series | None:
        """Show ``rows`` as they are ordered, with ``more`` for the script; the series of a row just opened."""
        data = {
            "columns": self.columns,
            "rows": packed(rows),
            "order": {"column": order.column, "descending": order.descending},
            **more,
        }
        result = self._mount(
            key=self._key, data=data, on_opened_change=lambda: None, on_sorted_change=self._order_by_clicked_column
        )
        return opened_series(result)

    def _order_by_clicked_column(self) -> None:
        clicked = st.session_state[self._key].sorted
        st.query_params["order"] = str(self.order().after_click(clicked, self.largest_first))
