"""What the address of the page of timeframes can ask for."""

from __future__ import annotations

from typing import Any

from pages.components.shared.coin_search import SEARCH, WATCH
from pages.components.shared.parameters import Parameter
from pages.components.timeframes.map import table

PARAMETERS: tuple[Parameter[Any], ...] = (SEARCH, WATCH, table.parameter)
