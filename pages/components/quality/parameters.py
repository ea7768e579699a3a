"""What the address of the page of models can ask for."""

from __future__ import annotations

from typing import Any

from pages.components.quality.part_shown import SHOW
from pages.components.quality.selection import KINDS, LISTED, ONLY_WEAK, TIMEFRAMES
from pages.components.quality.table import table
from pages.components.shared.coin_choice import SYMBOL, TIMEFRAME
from pages.components.shared.coin_search import SEARCH, WATCH
from pages.components.shared.parameters import Parameter

_EITHER: tuple[Parameter[Any], ...] = (KINDS, ONLY_WEAK, SEARCH, WATCH, table.parameter, SHOW)

PARAMETERS: tuple[Parameter[Any], ...] = (TIMEFRAMES, *_EITHER, SYMBOL)

OF_ONE_MODEL: tuple[Parameter[Any], ...] = (SYMBOL, TIMEFRAME, LISTED, *_EITHER)
"""Where one is shown: the filters of the others wait in its address."""
