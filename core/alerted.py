"""What an alert tells, as facts: core.alerts finds them, core.wording puts them into a message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.domain import Direction, Series, Timeframe


@dataclass(frozen=True, slots=True)
class SignalSummary:
    """What the signal said: P(move) beside the model's usual one (None where nobody described it), and the verdict.

    ``side`` and ``side_share``, its probability given a move, are None where the model's side is not proven or even.
    """

    move: float
    usual: float | None
    side: Direction | None
    side_share: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of ``counted`` timeframes a move is likely on the ``expected`` ones; on the ``sided`` ones a proven side is ``side``."""

    counted: tuple[Timeframe, ...]
    expected: tuple[Timeframe, ...]
    side: Direction | None
    sided: tuple[Timeframe, ...]


@dataclass(frozen=True, slots=True)
class Touch:
    """``barrier`` was touched in candle ``candles`` of the ``horizon`` ones after signal ``signal_seq``, made at ``signal_at``."""

    barrier: Literal["upper", "lower"]
    candles: int
    horizon: int
    signal_seq: int
    signal_at: datetime


@dataclass(frozen=True, slots=True)
class Alerted:
    """One alert: ``rule_id`` and ``seq``, the ledger's entry that caused it, are its name.

    ``signal`` is what the signal said, None in a silence; ``beside`` what it is told for, where that is more than the signal.
    """

    rule_id: int
    seq: int
    event: str
    series: Series
    closed_at: datetime
    signal: SignalSummary | None
    beside: Agreement | Touch | None = None
    rule_version: int = 1

    @property
    def name(self) -> str:
        """What no two alerts of a ledger have in common."""
        return f"{self.rule_id}-{self.seq}"


@dataclass(frozen=True, slots=True)
class Message:
    """Alerts of one rule that are told together; ``market`` is its kind: exchange, recorded or simulated."""

    rule: str
    market: str
    alerts: tuple[Alerted, ...]
    held: bool
    """Whether they were held by quiet hours or by the number that an hour may bring."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that was just told, for pages that are open; no two have the same ``id``."""

    id: str
    message: Message
