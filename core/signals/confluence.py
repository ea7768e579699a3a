"""Agreement across a coin's timeframes, with the higher timeframe's veto; and apart from it, when and which way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.domain import Direction, Timeframe
from core.findings import Severity
from core.measured import Proof
from core.prediction import Confluence, MoveConfluence, Prediction, SideConfluence, Veto
from core.signals.bands import Band, above_usual, band_of

Calls = Mapping[Timeframe, Prediction]

_SIGN = {Direction.LONG: 1.0, Direction.NO_TRADE: 0.0, Direction.SHORT: -1.0}
_DOUBTS = (Severity.CRITICAL, Severity.WARNING)


_WEIGHTS = {timeframe: 1.0 + place for place, timeframe in enumerate(Timeframe)}
"""1 for the shortest timeframe, 2 for the next: the call of a longer one weighs more, since it speaks of a larger move."""
_WHOLE_WEIGHT = sum(_WEIGHTS.values())


def lean(prediction: Prediction) -> float:
    """Direction times confidence: -1 is SHORT without a doubt, 1 is LONG, 0 takes no side."""
    return _SIGN[prediction.direction] * prediction.confidence


def side_lean(prediction: Prediction) -> float:
    """P(LONG | move) - P(SHORT | move): -1 to 1."""
    return prediction.side_probability(Direction.LONG) - prediction.side_probability(Direction.SHORT)


def confluence(predictions: Mapping[Timeframe, Prediction | None]) -> Confluence:
    """The confluence of one coin's predictions by timeframe: their weighted leans over the weight of all timeframes."""
    present = {tf: p for tf in Timeframe if (p := predictions.get(tf)) is not None}
    ignored = tuple(tf for tf, p in present.items() if p.trust.severity is Severity.CRITICAL)
    counted = {tf: p for tf, p in present.items() if tf not in ignored}
    score = _share({tf: lean(p) for tf, p in counted.items()})
    leaning = _side_of(score)
    on_this_side = [tf for tf, p in counted.items() if p.direction is leaning]
    return Confluence(
        score,
        leaning,
        agreement=weight_of(on_this_side),
        sided=() if leaning is Direction.NO_TRADE else tuple(on_this_side),
        doubtful=tuple(tf for tf in on_this_side if counted[tf].trust.severity in _DOUBTS),
        counted=tuple(counted),
        ignored=ignored,
        veto=_veto(counted, leaning),
        opposed=tuple(tf for tf, p in counted.items() if _SIGN[p.direction] * _SIGN[leaning] < 0),
        move=_move(counted),
        side=_side(counted),
    )


def _move(predictions: Calls) -> MoveConfluence:
    counted = {tf: p for tf, p in predictions.items() if p.trust.timing_proof is not Proof.WORSE}
    leans = {tf: above_usual(p) for tf, p in counted.items()}
    likelier = tuple(tf for tf, by in leans.items() if by > 0)
    proven = tuple(tf for tf, p in counted.items() if p.trust.timing_proof is Proof.PROVEN)
    return MoveConfluence(
        _share(leans),
        weight_of(likelier),
        likelier,
        expected=tuple(tf for tf, p in counted.items() if band_of(p) is Band.LIKELY),
        counted=tuple(counted),
        proven=proven,
        proven_score=_share({tf: leans[tf] for tf in proven}),
    )


def _side(predictions: Calls) -> SideConfluence:
    counted = {tf: p for tf, p in predictions.items() if p.trust.side_proof is not Proof.WORSE}
    leans = {tf: side_lean(p) for tf, p in counted.items()}
    score = _share(leans)
    leaning = _side_of(score)
    sided = tuple(tf for tf, by in leans.items() if _side_of(by) is leaning is not Direction.NO_TRADE)
    proven = tuple(tf for tf, p in counted.items() if p.trust.side_proof is Proof.PROVEN)
    proven_score = _share({tf: leans[tf] for tf in proven})
    return SideConfluence(score, leaning, weight_of(sided), sided, tuple(counted), proven, proven_score)


def _share(leans: Mapping[Timeframe, float]) -> float:
    """Their weighted sum over the weight of all timeframes, of those too that have no lean."""
    return sum(_WEIGHTS[tf] * by for tf, by in leans.items()) / _WHOLE_WEIGHT


def weight_of(timeframes: Iterable[Timeframe]) -> float:
    """What timeframes weigh of all of them, 0 to 1."""
    return _share(dict.fromkeys(timeframes, 1.0))


def _side_of(score: float) -> Direction:
    return Direction.LONG if score > 0 else Direction.SHORT if score < 0 else Direction.NO_TRADE


def _veto(counted: Calls, leaning: Direction) -> Veto | None:
    """The longest timeframe that takes a side has the last word: against the lean of the rest, it stops it."""
    sided = [tf for tf, p in counted.items() if p.direction is not Direction.NO_TRADE]
    if leaning is Direction.NO_TRADE or not sided or counted[sided[-1]].direction is leaning:
        return None
    highest = counted[sided[-1]]
    return Veto(sided[-1], highest.direction, highest.confidence, against=leaning)
