"""Past calls as a price chart marks them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PastCalls:
    """Calls of a side whose outcome is known, all of one ``origin``: each ``at`` (open time, Unix ms), ``long``, ``filled``.

    Filled are those that came.
    """

    origin: str
    marks: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class NamedCall:
    """The call on a candle that an address names, as it was issued: its candle (open time, Unix ms), close and barriers.

    ``touched`` are the prices of the barriers that one candle, which opened at ``touched_ms``, touched first: none where
    neither was, or where that is not known yet. ``came`` says whether that is what was called; None while it is open.
    """

    at: int
    close: float
    upper: float
    lower: float
    horizon_candles: int
    touched: tuple[float, ...] = ()
    touched_ms: int | None = None
    came: bool | None = None
