"""How strongly a prediction speaks of its two questions: whether the price moves, and which way."""

from __future__ import annotations

from enum import StrEnum

from core.domain import Direction
from core.measured import Proof
from core.model.scores import LIKELY, Band
from core.prediction import Prediction

__all__ = [
    "CLEAR_SIDE",
    "EVEN",
    "Band",
    "SideStrength",
    "above_usual",
    "band_beside",
    "band_of",
    "likelier_side",
    "side_margin",
    "side_strength",
    "strength_of",
]

CLEAR_SIDE = 0.55
"""From this probability on, given a move, a proven side is called.

Nearer to one half a side costs more in fees than it can win, and the test candles of a coin cannot tell it from luck.
"""

EVEN = 0.505
"""A side that is likelier by less would show as 50 %."""


class SideStrength(StrEnum):
    """How much may be said of the side."""

    UNCLEAR = "unclear"
    LEANS = "leans"
    CLEAR = "clear"


def above_usual(prediction: Prediction) -> float:
    """By how much a move is likelier than usual, -1 to 1."""
    return prediction.move_probability - prediction.usual_move_probability


def band_of(prediction: Prediction) -> Band:
    """The band that P(move) falls into."""
    return band_beside(prediction.move_probability, prediction.usual_move_probability)


def band_beside(move: float, usual: float) -> Band:
    """The band of a P(move) whose model usually says ``usual``."""
    above = round(move - usual, 9)  # 0.70 is 0.05 above 0.65, whatever binary fractions say
    return Band.LIKELY if above >= LIKELY else Band.QUIET if above <= -LIKELY else Band.USUAL


def side_margin(prediction: Prediction) -> float:
    """How far the two sides are apart, given a move: 0 to 1."""
    return abs(prediction.side_probability(Direction.LONG) - prediction.side_probability(Direction.SHORT))


def likelier_side(prediction: Prediction) -> Direction:
    """The side that is likelier, given a move."""
    long = prediction.side_probability(Direction.LONG)
    return Direction.LONG if long >= prediction.side_probability(Direction.SHORT) else Direction.SHORT


def side_strength(prediction: Prediction) -> SideStrength:
    """Unclear where the model's side is not proven or the two are even; clear from CLEAR_SIDE on."""
    return strength_of(prediction.side_probability(likelier_side(prediction)), prediction.trust.side_proof)


def strength_of(share: float, proof: Proof) -> SideStrength:
    """The same of the likelier side's probability, given a move, and what is proven of the model's side."""
    if proof is not Proof.PROVEN or share < EVEN:
        return SideStrength.UNCLEAR
    return SideStrength.CLEAR if share >= CLEAR_SIDE else SideStrength.LEANS
