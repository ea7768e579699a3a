"""The heat map of coins and timeframes: one component, so that a sort or a closed candle costs one message."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.model.coverage import MIN_TRAINING_CANDLES
from core.wording.sentences import shipping_rule
from pages.components.shared.appearance import looks_for_browser
from pages.components.shared.browser_component import browser_component
from pages.components.shared.row_order import RowOrder
from pages.components.timeframes.rows import NO_MODEL_MARK, Row, lacks_model, row_data

_mount = browser_component("timeframes/map", "shared/sortable_table")

KEY = "timeframe_map"


def timeframe_map(rows: Sequence[Row], order: RowOrder, on_sorted: Callable[[], None]) -> tuple[str, str] | None:
    """Draw ``rows`` as they are ordered; (symbol, timeframe) of a cell just opened.

    ``on_sorted`` is called before the next run when a column's head was clicked: ``st.session_state[KEY].sorted``
    names the column.
    """
    data = {
        "rows": [row_data(row) for row in rows],
        "no_model": f"{NO_MODEL_MARK} no model: {shipping_rule(MIN_TRAINING_CANDLES)}"
        if any(map(lacks_model, rows))
        else "",
        "order": {"column": order.column, "descending": order.descending},
        "looks": looks_for_browser(),
    }
    result = _mount(key=KEY, data=data, on_opened_change=lambda: None, on_sorted_change=on_sorted)
    return (result.opened["symbol"], result.opened["timeframe"]) if result.opened else None
