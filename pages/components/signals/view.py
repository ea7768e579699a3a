"""What the address of the signals page asks for. Knows nothing of Streamlit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from core.domain import Direction, Timeframe
from core.signals.bands import Band
from core.wording.language import phrase
from pages.components.shared.coin_search import SEARCH, WATCH
from pages.components.shared.parameters import Address, OneOf, Parameter, Percent, Several, Switch
from pages.components.signals.filters import Filters, Measure, Sort

Value = TypeVar("Value")


class Layout(StrEnum):
    """How signals are laid out."""

    CARDS = "Cards"
    TABLE = "Table"


class Weak(StrEnum):
    """Whether the signals of weak models are listed."""

    SHOWN = "shown"
    HIDDEN = "hidden"


TIMEFRAME = OneOf("timeframe", tuple(Timeframe), Timeframe.M15)
LAYOUT = OneOf("view", tuple(Layout), Layout.CARDS)
ORDER = OneOf("order", tuple(Sort), Sort.UNUSUAL)
WEAK = OneOf("weak", tuple(Weak), Weak.SHOWN)
SLIDER = OneOf[str](
    "slider",
    tuple(map(str, Measure)),
    "",
    phrase("What the address asks a minimum of, or confidence, is shown instead."),
)
MIN_CONFIDENCE, MIN_MOVE, MIN_SIDE = Percent("min_confidence"), Percent("min_move"), Percent("min_side")
DIRECTIONS = Several("directions", tuple(Direction))
BANDS = Several("bands", tuple(Band))
TRUSTED_ONLY = Switch("trusted_only")

PARAMETERS: tuple[Parameter[Any], ...] = (
    TIMEFRAME,
    LAYOUT,
    ORDER,
    WEAK,
    SLIDER,
    MIN_CONFIDENCE,
    MIN_MOVE,
    MIN_SIDE,
    DIRECTIONS,
    BANDS,
    TRUSTED_ONLY,
    WATCH,
    SEARCH,
)


@dataclass(frozen=True, slots=True)
class View:
    """What an analyst looks at. ``slider`` is what the slider asks a minimum of."""

    timeframe: Timeframe
    layout: Layout
    filters: Filters
    sort: Sort
    slider: Measure
    weak: Weak


def read_view(address: Address) -> View:
    """The view that ``address`` names; what it does not name, or not usably, is as the page is without an address."""

    def asked(parameter: Parameter[Value]) -> Value:
        return parameter.read(address.get(parameter.name, ()))[0]

    filters = Filters(
        min_confidence=asked(MIN_CONFIDENCE),
        min_move=asked(MIN_MOVE),
        min_side=asked(MIN_SIDE),
        directions=frozenset(asked(DIRECTIONS)),
        bands=frozenset(asked(BANDS)),
        trusted_only=asked(TRUSTED_ONLY),
        watch=asked(WATCH),
        search=asked(SEARCH),
    )
    asked_of = next((measure for measure, least in filters.minimums.items() if least), Measure.CONFIDENCE)
    return View(
        timeframe=asked(TIMEFRAME),
        layout=asked(LAYOUT),
        filters=filters,
        sort=asked(ORDER),
        slider=Measure(asked(SLIDER) or asked_of),
        weak=asked(WEAK),
    )
