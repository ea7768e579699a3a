"""The table of all models: one component, so that a sort or a closed candle costs one message."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pages.components.quality.rows import ModelRow, row_data, summary
from pages.components.quality.selection import COLUMNS
from pages.components.shared.appearance import looks_for_browser
from pages.components.shared.browser_component import browser_component
from pages.components.shared.row_order import RowOrder

_mount = browser_component("quality/table", "shared/sortable_table")

KEY = "model_table"


def model_table(rows: Sequence[ModelRow], order: RowOrder, on_sorted: Callable[[], None]) -> tuple[str, str] | None:
    """Draw ``rows`` as they are ordered; (symbol, timeframe) of a row just opened.

    ``on_sorted`` is called before the next run when a column's head was clicked: ``st.session_state[KEY].sorted``
    names the column.
    """
    data = {
        "columns": COLUMNS,
        "rows": [row_data(row) for row in rows],
        "summary": summary(rows),
        "order": {"column": order.column, "descending": order.descending},
        "looks": looks_for_browser(),
    }
    result = _mount(key=KEY, data=data, on_opened_change=lambda: None, on_sorted_change=on_sorted)
    return (result.opened["symbol"], result.opened["timeframe"]) if result.opened else None
