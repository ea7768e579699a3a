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
