"""Agreement across a coin's timeframes, with the higher timeframe's veto."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.domain import Direction, PredictionResult, Severity, Timeframe

WEIGHTS = {Timeframe.M15: 1.0, Timeframe.H1: 2.0, Timeframe.H4: 3.0, Timeframe.D1: 4.0}
"""A longer timeframe's call weighs more: it speaks of a larger move."""

_SIGN = {Direction.LONG: 1.0, Direction.NO_TRADE: 0.0, Direction.SHORT: -1.0}


@dataclass(frozen=True, slots=True)
class Confluence:
    """What a coin's timeframes say together.

    ``score`` runs from -1 (all SHORT, certain) to 1 (all LONG, certain): the mean of direction times
    confidence, weighted by WEIGHTS. ``direction`` is its side, or NO_TRADE where nothing leans or a higher
    timeframe vetoes. ``agreement`` is the weighted share of counted timeframes on that side. Timeframes
    whose model is weak are not counted.
    """

    score: float
    direction: Direction
    agreement: float
    counted: tuple[Timeframe, ...]
    ignored: tuple[Timeframe, ...]
    veto: str | None
    sentence: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "score": round(self.score, 4),
            "direction": self.direction.value,
            "agreement": round(self.agreement, 4),
            "counted": [tf.value for tf in self.counted],
            "ignored": [tf.value for tf in self.ignored],
            "veto": self.veto,
            "sentence": self.sentence,
        }


def lean(prediction: PredictionResult) -> float:
    """Direction times confidence: -1 is SHORT without a doubt, 1 is LONG, 0 takes no side."""
    return _SIGN[Direction(prediction.direction)] * prediction.confidence


def confluence(predictions: Mapping[Timeframe, PredictionResult | None]) -> Confluence:
    """The confluence of one coin's predictions by timeframe."""
    present = {tf: p for tf in Timeframe if (p := predictions.get(tf)) is not None}
    ignored = tuple(tf for tf, p in present.items() if p.trust.severity is Severity.CRITICAL)
    counted = {tf: p for tf, p in present.items() if tf not in ignored}
    total = sum(WEIGHTS[tf] for tf in counted)
    if not total:
        why = f"the models of {_names(ignored)} are weak" if ignored else "no timeframe has a prediction"
        return Confluence(0.0, Direction.NO_TRADE, 0.0, (), ignored, None, f"Nothing to count: {why}.")

    score = sum(WEIGHTS[tf] * lean(p) for tf, p in counted.items()) / total
    leaning = Direction.LONG if score > 0 else Direction.SHORT if score < 0 else Direction.NO_TRADE
    veto = _veto(counted, leaning)
    direction = Direction.NO_TRADE if veto else leaning
    side = [tf for tf, p in counted.items() if p.direction == leaning]
    agreement = sum(WEIGHTS[tf] for tf in side) / total
    return Confluence(
        score, direction, agreement, tuple(counted), ignored, veto, _sentence(leaning, side, counted, ignored, veto)
    )


def _veto(counted: Mapping[Timeframe, PredictionResult], leaning: Direction) -> str | None:
    """The longest timeframe that takes a side has the last word: against the lean of the rest, it stops it."""
    sided = [tf for tf, p in counted.items() if p.direction != Direction.NO_TRADE]
    if leaning is Direction.NO_TRADE or not sided or counted[sided[-1]].direction == leaning:
        return None
    highest = counted[sided[-1]]
    return (
        f"{sided[-1]} calls {highest.direction} at {highest.confidence:.0%}, "
        f"against the {leaning} of the shorter timeframes: it vetoes them."
    )


def _sentence(
    leaning: Direction,
    side: list[Timeframe],
    counted: Mapping[Timeframe, PredictionResult],
    ignored: tuple[Timeframe, ...],
    veto: str | None,
) -> str:
    doubtful = tuple(tf for tf in side if counted[tf].trust.severity is not None)
    caveats = f" Doubtful: {_names(doubtful)}." if doubtful else ""
    caveats += f" Not counted, weak model: {_names(ignored)}." if ignored else ""
    if veto:
        return veto + caveats
    if leaning is Direction.NO_TRADE:
        return f"No side taken on {_names(tuple(counted))}.{caveats}"
    return f"{leaning} on {_names(tuple(side))}: {len(side)} of {len(counted)} counted timeframes.{caveats}"


def _names(timeframes: tuple[Timeframe, ...]) -> str:
    return ", ".join(timeframes)
