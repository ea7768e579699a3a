"""What the first screen of each page is drawn with, so that a browser asks for all of it at once.

Names with a slash are Candor's own components, the others Streamlit's elements. What would bring the packages of databases
with it is not named: serving begins without them.
"""

from __future__ import annotations

from types import MappingProxyType

from pages.components.changes.feed import DRAWER, FEED
from pages.components.coin.call_panel import PANEL
from pages.components.coin.place import PLACE
from pages.components.coin.price_chart import CHART
from pages.components.coin.timeframe_cards import CARDS
from pages.components.shared.model_charts import FIGURE
from pages.components.signals.board import BOARD
from pages.components.timeframes.map import MAP

CHOICES = ("Multiselect", "ButtonGroup", "Checkbox")

DRAWN_WITH = MappingProxyType(
    {
        "": (BOARD, DRAWER),
        "coin": (CHART, PLACE, PANEL, CARDS, "Selectbox", "ButtonGroup"),
        "timeframes": (MAP, *CHOICES),
        "model_quality": (FIGURE, *CHOICES),
        "track_record": CHOICES,
        "changes": (FEED, *CHOICES),
        "alerts": (*CHOICES, "Selectbox", "NumberInput", "TextInput", "Button"),
        "compare": (FIGURE, *CHOICES),
    }
)
"""By the page's path below the base path."""
