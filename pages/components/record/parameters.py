"""What the address of the track record can ask for."""

from __future__ import annotations

from typing import Any

from pages.components.record.scope import FILTERS
from pages.components.record.sections import PARTS, QUESTION
from pages.components.record.single_calls import WHICH
from pages.components.record.table import calls_table, models_table, slices_table
from pages.components.shared.coin_search import SEARCH
from pages.components.shared.parameters import Parameter

_ORDERS = tuple(table.parameter for table in (calls_table, models_table, slices_table))

PARAMETERS: tuple[Parameter[Any], ...] = (*FILTERS, SEARCH, WHICH, QUESTION, PARTS, *_ORDERS)
