"""Agreement across a coin's timeframes, with the higher timeframe's veto."""

from __future__ import annotations

from collections.abc import Mapping

from core.domain import Direction, Timeframe
from core.findings import Severity
from core.prediction import Confluence, Prediction, Veto

_SIGN = {Direction.LONG: 1.0, Direction.NO_TRADE: 0.0, Direction.SHORT: -1.0}


def weight(timeframe: Timeframe) -> float:
    """1 for the shortest timeframe, 2 for the next: the call of a longer one weighs more, since it speaks of a larger move."""
    return 1.0 + list(Timeframe).index(timeframe)


def lean(prediction: Prediction) -> float:
    """Direction times confidence: -1 is SHORT without a doubt, 1 is LONG, 0 takes no side."""
    return _SIGN[prediction.direction] * prediction.confidence


def confluence(predictions: Mapping[Timeframe, Prediction | None]) -> Confluence:
    """The confluence of one coin's predictions by timeframe: the mean of their leans, by ``weight``."""
    present = {tf: p for tf in Timeframe if (p := predictions.get(tf)) is not None}
    ignored = tuple(tf for tf, p in present.items() if p.trust.severity is Severity.CRITICAL)
    counted = {tf: p for tf, p in present.items() if tf not in ignored}
    if not counted:
        return Confluence(0.0, Direction.NO_TRADE, 0.0, (), (), (), ignored, None)
    total = sum(map(weight, counted))
    score = sum(weight(tf) * lean(p) for tf, p in counted.items()) / total
    leaning = Direction.LONG if score > 0 else Direction.SHORT if score < 0 else Direction.NO_TRADE
    on_this_side = [tf for tf, p in counted.items() if p.direction is leaning]
    return Confluence(
        score,
        leaning,
        agreement=sum(map(weight, on_this_side)) / total,
        sided=() if leaning is Direction.NO_TRADE else tuple(on_this_side),
        doubtful=tuple(tf for tf in on_this_side if counted[tf].trust.severity is not None),
        counted=tuple(counted),
        ignored=ignored,
        veto=_veto(counted, leaning),
    )


def _veto(counted: Mapping[Timeframe, Prediction], leaning: Direction) -> Veto | None:
    """The longest timeframe that takes a side has the last word: against the lean of the rest, it stops it."""
    sided = [tf for tf, p in counted.items() if p.direction is not Direction.NO_TRADE]
    if leaning is Direction.NO_TRADE or not sided or counted[sided[-1]].direction is leaning:
        return None
    highest = counted[sided[-1]]
    return Veto(sided[-1], highest.direction, highest.confidence, against=leaning)
