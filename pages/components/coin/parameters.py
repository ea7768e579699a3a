"""What the address of the coin page can ask for."""

from __future__ import annotations

from typing import Any

from pages.components.coin.explanation import EXPLAIN
from pages.components.coin.shown_levels import LEVELS
from pages.components.shared.coin_choice import CANDLE, ORIGIN, SYMBOL, TIMEFRAME
from pages.components.shared.parameters import Parameter

PARAMETERS: tuple[Parameter[Any], ...] = (SYMBOL, TIMEFRAME, LEVELS, CANDLE, ORIGIN, EXPLAIN)
