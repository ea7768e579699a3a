"""Values as every database gives them back, so that a hash made before they were stored fits them afterwards."""

from __future__ import annotations

import math
import operator
from typing import Any

from core.text import printable


def is_stored(value: Any, kind: type) -> bool:
    """Whether ``value`` surely is as databases give it back."""
    match value:
        case float():
            return kind is float is type(value) and value != 0 and math.isfinite(value)
        case str():
            return kind is str is type(value) and value.isprintable()
        case _:
            return value is None or kind is int is type(value)


def as_stored(value: Any, kind: type) -> Any:
    """``value`` as every database gives it back: whole numbers whole, floats finite and without a negative zero, text printable."""
    if kind is int:
        return operator.index(value)
    if kind is float:
        number = float(value)
        if not math.isfinite(number):
            raise ValueError(f"An entry of the ledger holds {number}; expected a finite number.")
        return number + 0.0
    text = str(value)
    return text if text.isprintable() else printable(text)
