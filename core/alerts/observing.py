"""What one entry of the ledger shows of a rule. Pure; no database."""

from __future__ import annotations

from dataclasses import dataclass

from core.alerted import SignalSaid
from core.alerts.rules import Condition, FeedSilent, ModelStale, SignalSays
from core.alerts.states import Seen
from core.domain import Direction
from core.findings import Verdict
from core.journal.entries import MissingEntry, SignalEntry
from core.journal.vocabulary import MissingReason
from core.measured import Proof
from core.signals.bands import SideStrength, band_beside, strength_of

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

    @classmethod
    def of(cls, entry: SignalEntry, usual: float | None) -> Reading:
        moving = entry.p_long + entry.p_short
        return cls(
            entry.p_move,
            usual,
            entry.p_long / moving if moving > 0 else 0.5,
            max(entry.p_long, entry.p_short, entry.p_no_trade),
            Proof(entry.timing),
            Proof(entry.side),
            entry.verdict,
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

    def said(self) -> SignalSaid:
        """What an alert tells of it."""
        side = self.side_called
        return SignalSaid(self.move, self.usual, side, self.side_share if side else None, self.verdict)


def seen_in_signal(condition: Condition, reading: Reading) -> Seen:
    """What a signal shows of a rule."""
    match condition:
        case FeedSilent():
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
    usual = reading.usual if reading.usual is not None else 0.0
    levels = (
        (reading.move, asked.move_at_least),
        (reading.move - usual, asked.above_usual),
        (reading.confidence, asked.confidence_at_least),
    )
    reached = all(level is None or round(value - level + lower_by, _EXACT) >= 0 for value, level in levels)
    bands = {band_beside(reading.move + shift, usual) for shift in (-lower_by, 0.0, lower_by)}
    return reached and (asked.band is None or asked.band in bands)
