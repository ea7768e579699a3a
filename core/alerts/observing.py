"""What an entry of the ledger, or a coin's newest ones together, show of a rule. Pure; no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from core.alerted import Agreement, SignalSummary
from core.alerts.rules import BarrierTouched, Condition, FeedSilent, ModelStale, SignalSays, TimeframesAgree
from core.alerts.states import Seen
from core.domain import Direction, Timeframe
from core.findings import Severity, Verdict
from core.journal.entries import MissingEntry
from core.journal.vocabulary import MissingReason
from core.measured import Proof
from core.prediction import given_a_move
from core.signals.bands import Band, SideStrength, band_beside, strength_of

SILENCE = (MissingReason.FEED_DOWN, MissingReason.STALE_CANDLES, MissingReason.SKIPPED)
"""Why no signal was given where the candles themselves did not come, or nobody was there to read them."""

_EXACT = 9
"""Decimals: 0.70 is 0.05 above 0.65, whatever binary fractions say."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a signal says, as rules judge it; ``usual`` is None where nobody described its model."""

    move: float
    usual: float | None
    long: float
    confidence: float
    timing: Proof
    side: Proof
    verdict: str
    critical: bool

    @classmethod
    def of(cls, entry: Any, usual: float | None) -> Reading:
        """Of a signal's entry, or of a row that has its columns."""
        return cls(
            entry.p_move,
            usual,
            given_a_move(entry.p_long, entry.p_long, entry.p_short),
            max(entry.p_long, entry.p_short, entry.p_no_trade),
            Proof(entry.timing),
            Proof(entry.side),
            entry.verdict,
            entry.severity == Severity.CRITICAL,
        )

    @property
    def side_called(self) -> Direction | None:
        """The likelier side; None where the model's side is not proven, or the two are even."""
        if strength_of(self.side_share, self.side) is SideStrength.UNCLEAR:
            return None
        return Direction.LONG if self.long >= 0.5 else Direction.SHORT

    @property
    def side_share(self) -> float:
        return max(self.long, 1 - self.long)

    def summary(self) -> SignalSummary:
        """What an alert tells of it."""
        side = self.side_called
        return SignalSummary(self.move, self.usual, side, self.side_share if side else None, self.verdict)


Current = Mapping[Timeframe, Reading]
"""What a coin's timeframes say at one moment."""

OfOneSignal = SignalSays | BarrierTouched | ModelStale | FeedSilent


def seen_in_signal(condition: OfOneSignal, reading: Reading) -> Seen:
    """What a signal shows of a rule; of a touch nothing is seen in it, but that there are signals."""
    match condition:
        case FeedSilent() | BarrierTouched():
            return Seen.LEAVES
        case ModelStale():
            return Seen.MEETS if reading.verdict == Verdict.STALE_MODEL else Seen.LEAVES
        case SignalSays():
            return _seen_of(condition, reading)


def seen_in_silence(condition: Condition, entry: MissingEntry) -> Seen | None:
    """What candles without a signal show of a rule; None where that is nothing."""
    silent = entry.reason in SILENCE
    if isinstance(condition, FeedSilent):
        return Seen.MEETS if silent else None
    return Seen.SILENT if silent else Seen.UNREADABLE


def agreement_of(asked: TimeframesAgree, current: Current, lower_by: float = 0.0) -> Agreement:
    """What a coin's timeframes say together, P(move) taken as high as it may have sunk."""
    counted = {tf: reading for tf, reading in current.items() if not reading.critical}
    expected = [tf for tf, reading in counted.items() if _expects_a_move(reading, lower_by)]
    sided = [tf for tf, reading in counted.items() if asked.side is not None and reading.side_called is asked.side]
    return Agreement(_in_order(counted), _in_order(expected), asked.side, _in_order(sided))


def seen_in_agreement(asked: TimeframesAgree, current: Current) -> Seen:
    """What the newest signals of a coin show of a rule that asks for several timeframes at once."""
    if not current:
        return Seen.UNREADABLE
    if not _agrees(asked, agreement_of(asked, current, asked.leave_lower_by)):
        return Seen.LEAVES
    return Seen.MEETS if _agrees(asked, agreement_of(asked, current)) else Seen.HOLDS


def _agrees(asked: TimeframesAgree, found: Agreement) -> bool:
    return (asked.expected_on is None or len(found.expected) >= asked.expected_on) and (
        asked.side is None or len(found.sided) >= asked.sided_on
    )


def _expects_a_move(reading: Reading, lower_by: float) -> bool:
    """As the confluence has it."""
    if reading.usual is None or reading.timing is Proof.WORSE:
        return False
    return band_beside(reading.move + lower_by, reading.usual) is Band.LIKELY


def _in_order(timeframes: Collection[Timeframe]) -> tuple[Timeframe, ...]:
    return tuple(timeframe for timeframe in Timeframe if timeframe in timeframes)


def was_asked_for(asked: BarrierTouched, reading: Reading) -> bool:
    """Whether the rule is about the touches of such a signal."""
    if asked.above_usual is not None and reading.usual is None:
        return False
    return _as_high(reading, asked.move_at_least, asked.above_usual, 0.0)


def _seen_of(asked: SignalSays, reading: Reading) -> Seen:
    if reading.usual is None and (asked.above_usual is not None or asked.band is not None):
        return Seen.UNREADABLE
    if not _says(asked, reading) or not _reaches(asked, reading, asked.leave_lower_by):
        return Seen.LEAVES
    return Seen.MEETS if _reaches(asked, reading, 0.0) else Seen.HOLDS


def _says(asked: SignalSays, reading: Reading) -> bool:
    """Whether it says all that has no level."""
    return (
        (asked.side is None or reading.side_called is asked.side)
        and (not asked.timing_proven or reading.timing is Proof.PROVEN)
        and (not asked.side_proven or reading.side is Proof.PROVEN)
        and (not asked.trusted or reading.verdict == Verdict.TRUSTED)
    )


def _reaches(asked: SignalSays, reading: Reading, lower_by: float) -> bool:
    """Whether all levels are reached, taken so much lower; a band counts where P(move) lies no farther from it."""
    bands = {band_beside(reading.move + shift, reading.usual or 0.0) for shift in (-lower_by, 0.0, lower_by)}
    return (
        _as_high(reading, asked.move_at_least, asked.above_usual, lower_by)
        and _is_at_least(reading.confidence, asked.confidence_at_least, lower_by)
        and (asked.band is None or asked.band in bands)
    )


def _as_high(reading: Reading, move: float | None, above_usual: float | None, lower_by: float) -> bool:
    above = reading.move - (reading.usual or 0.0)
    return _is_at_least(reading.move, move, lower_by) and _is_at_least(above, above_usual, lower_by)


def _is_at_least(value: float, level: float | None, lower_by: float) -> bool:
    return level is None or round(value - level + lower_by, _EXACT) >= 0
