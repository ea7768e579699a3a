"""The heat map of coins and timeframes: one component, so that a sort or a closed candle costs one message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.domain import Timeframe
from core.model.coverage import MIN_TRAINING_CANDLES
from core.signals.hours import HoursOfTimeframes
from core.wording.facts import shipping_rule
from core.wording.glossary import Term
from core.wording.language import say
from pages.components.shared.row_order import RowOrder
from pages.components.shared.sortable_table import SortableTable
from pages.components.shared.zone import reader_style
from pages.components.timeframes.rows import (
    COLUMNS,
    LARGEST_FIRST,
    MOST_UNUSUAL_FIRST,
    NO_MODEL_MARK,
    Row,
    lacks_model,
    row_data,
)

_TERMS = {**dict.fromkeys((timeframe.value for timeframe in Timeframe), Term.MOVE), "confluence": Term.CONFLUENCE}

MAP = "timeframes/map"
"""The component's name."""

table = SortableTable(MAP, COLUMNS, LARGEST_FIRST, MOST_UNUSUAL_FIRST, terms=_TERMS)


def timeframe_map(rows: Sequence[Row], order: RowOrder, hours: HoursOfTimeframes) -> None:
    """Draw ``rows`` as they are ordered."""
    no_model = (
        say(
            "{mark} no model: {rule}",
            mark=NO_MODEL_MARK,
            rule=shipping_rule(MIN_TRAINING_CANDLES),
        )
        if any(map(lacks_model, rows))
        else ""
    )
    style = reader_style()
    timeframes = [timeframe.value for timeframe in Timeframe]
    table.draw(
        [_by_timeframe(row_data(row, style, hours)) for row in rows], order, timeframes=timeframes, no_model=no_model
    )


def _by_timeframe(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its cells by timeframe, so that they pack into columns."""
    return row | {"cells": {cell["timeframe"]: cell for cell in row["cells"]}}
