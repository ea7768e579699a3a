"""Tables whose rows Python orders: which order the address asks for, and what a click on a head does.

Their looks are in sortable_table.js and .css, which their own scripts and styles build on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.wording.glossary import Term
from core.wording.language import say
from pages.components.shared.address import ask, asked
from pages.components.shared.browser_component import browser_component
from pages.components.shared.packing import packed
from pages.components.shared.parameters import Order
from pages.components.shared.row_order import RowOrder

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer


@cache
def sortable_component(name: str) -> ComponentRenderer:
    """The component of that script, which several tables may share."""
    return browser_component(name, "shared/looks", "shared/star", "shared/sortable_table", place="80vh")


class SortableTable:
    """A table drawn by the script ``name``, such as ``quality/table``; make it once, at import.

    ``columns`` names the columns and their heads. Those of ``largest_first`` begin with their largest value when their
    head is clicked; a head leads to its word in ``terms``. The order lives in the address under ``order_name``; ``unordered`` is the one where it names none.
    """

    def __init__(
        self,
        name: str,
        columns: Mapping[str, str],
        largest_first: Collection[str],
        unordered: RowOrder,
        order_name: str = "order",
        terms: Mapping[str, Term] | None = None,
    ) -> None:
        self.columns = columns
        self.largest_first = largest_first
        self.parameter = Order(order_name, columns, unordered)
        self._terms = dict(terms or {})
        self._key = name.replace("/", "_") if order_name == "order" else f"{name.replace('/', '_')}_{order_name}"
        self._mount = sortable_component(name)

    def order(self) -> RowOrder:
        """The order that the address asks for."""
        return asked(self.parameter)

    def draw(self, rows: Sequence[Mapping[str, Any]], order: RowOrder, **more: object) -> None:
        """Show ``rows`` as they are ordered, with ``more`` for the script."""
        data = {
            "columns": {name: say(head) for name, head in self.columns.items()},
            "rows": packed(rows),
            "order": {"column": order.column, "descending": order.descending},
            "terms": self._terms,
            **more,
        }
        self._mount(key=self._key, data=data, on_sorted_change=self._order_by_clicked_column)

    def _order_by_clicked_column(self) -> None:
        clicked = st.session_state[self._key].sorted
        ask(self.parameter.name, str(self.order().after_click(clicked, self.largest_first)))
