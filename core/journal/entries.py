"""What can be entered into the ledger: a signal as it was issued, or candles on which none was."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import Table

from core.domain import Series, Timeframe
from core.journal.tables import missing, shown, signals
from core.text import printable

Content = dict[str, Any]
"""An entry's own columns by name, its number excepted."""


class _Entry:
    """What entries have in common; their fields are named and typed as the columns of their tables."""

    kind: ClassVar[str]
    tables: ClassVar[tuple[Table, ...]]
    symbol: str
    timeframe: str

    __slots__ = ()

    def __post_init__(self) -> None:
        for name, kind in _columns(self.kind):
            object.__setattr__(self, name, _as_stored(getattr(self, name), kind))

    @property
    def series(self) -> Series:
        return Series(self.symbol, Timeframe(self.timeframe))

    def content(self) -> Content:
        """Every column that the entry fills, as the database gives it back."""
        return {name: getattr(self, name) for name, _ in _columns(self.kind)}


@dataclass(frozen=True, slots=True)
class SignalEntry(_Entry):
    """One signal as issued. Probabilities are as the model gave them, barriers as its label has them, unrounded.

    ``delay_ms`` is how long after its candle's close it was issued, ``code`` the fingerprint of the programs that made
    it, ``shown`` the JSON of the prediction as it was shown then, its trust in sentences among it.
    """

    kind = "signal"
    tables = (signals, shown)

    origin: str
    symbol: str
    timeframe: str
    candle_open_ms: int
    model_version: str
    model_kind: str
    code: str
    direction: str
    p_long: float
    p_short: float
    p_no_trade: float
    p_move: float
    close: float
    atr: float
    upper_barrier: float
    lower_barrier: float
    horizon_candles: int
    levels_side: str
    entry: float
    stop_loss: float
    tp1: float
    tp2: float
    tp3: float
    verdict: str
    severity: str | None
    timing: str
    side: str
    issued_at_ms: int
    delay_ms: int
    shown: str

    @property
    def key(self) -> tuple[str, str, int, str, str]:
        """What no two signals of a ledger have in common."""
        return self.symbol, self.timeframe, self.candle_open_ms, self.model_version, self.origin


@dataclass(frozen=True, slots=True)
class MissingEntry(_Entry):
    """``candles`` in a row, from the one that opened at ``candle_open_ms`` on, on which nothing was issued live.

    ``detail`` is the reason in the sentence that was shown instead of a signal, where one was.
    """

    kind = "missing"
    tables = (missing,)

    symbol: str
    timeframe: str
    candle_open_ms: int
    candles: int
    reason: str
    detail: str
    noticed_at_ms: int

    @property
    def open_times(self) -> range:
        """The open time of each of its candles, Unix milliseconds."""
        step = self.series.timeframe.milliseconds
        return range(self.candle_open_ms, self.candle_open_ms + self.candles * step, step)


Entry = SignalEntry | MissingEntry
ENTRIES: dict[str, type[SignalEntry | MissingEntry]] = {kind.kind: kind for kind in (SignalEntry, MissingEntry)}
"""Each kind of entry by the name that the chain has for it."""


@cache
def _columns(kind: str) -> tuple[tuple[str, str], ...]:
    """Names and types of an entry's fields; annotations are text here."""
    return tuple((each.name, str(each.type)) for each in fields(ENTRIES[kind]))


def _as_stored(value: Any, kind: str) -> Any:
    """``value`` as every database gives it back: floats finite and without a negative zero, text printable."""
    if value is None or kind == "int":
        return value
    if kind == "float":
        number = float(value)
        if not math.isfinite(number):
            raise ValueError(f"An entry of the ledger holds {number}; expected a finite number.")
        return number + 0.0
    text = str(value)
    return text if text.isprintable() else printable(text)
