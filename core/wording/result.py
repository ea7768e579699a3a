"""Predictions and confluence as the first design and the REST API show them: text, and sentences for facts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from core.domain import Direction, Timeframe
from core.findings import Trust
from core.measured import MeasuredSkill, Proof
from core.prediction import (
    Confluence,
    MoveConfluence,
    Prediction,
    PredictionResult,
    SideConfluence,
    SkillResult,
    TrustResult,
)
from core.text import iso
from core.wording.sentences import confluence_sentence, finding_sentence


@lru_cache(maxsize=4096)
def result_of(prediction: Prediction) -> PredictionResult:
    """The face of a prediction, made once: a board is asked for it far more often than it changes."""
    levels, accuracy = prediction.levels, prediction.accuracy
    upper, lower = levels.barriers
    return PredictionResult(
        symbol=prediction.series.symbol,
        timeframe=prediction.series.timeframe.value,
        direction=prediction.direction.value,
        confidence=prediction.confidence,
        probabilities={direction.value: share for direction, share in prediction.probabilities.items()},
        model_accuracy=None if accuracy is None else accuracy.accuracy,
        test_candles=None if accuracy is None else accuracy.n,
        majority_accuracy=None if accuracy is None else accuracy.majority_accuracy,
        entry=levels.entry,
        stop_loss=levels.stop_loss,
        take_profits={"tp1": levels.tp1, "tp2": levels.tp2, "tp3": levels.tp3},
        tp_eta_minutes=prediction.minutes_to_target,
        prediction_time=iso(prediction.issued_at),
        valid_until=iso(prediction.valid_until),
        expired=prediction.expired,
        levels_side=levels.side.value,
        trust=_trust_result(prediction.trust),
        model_version=prediction.model_version,
        model_kind=prediction.model_kind,
        candle_open_time=iso(prediction.candle_open_time),
        move_probability=prediction.move_probability,
        usual_move_probability=prediction.usual_move_probability,
        side_probability={side.value: prediction.side_probability(side) for side in (Direction.LONG, Direction.SHORT)},
        barriers={"upper": upper, "lower": lower},
        horizon_ends=iso(prediction.horizon_ends),
    )


def _trust_result(trust: Trust) -> TrustResult:
    reasons = tuple(str(finding_sentence(finding)) for finding in trust.findings)
    severity = None if trust.severity is None else trust.severity.value
    return TrustResult(trust.verdict.value, severity, reasons, skill_result(trust.timing), skill_result(trust.side))


def skill_result(measured: MeasuredSkill | None) -> SkillResult:
    """A skill and what it proves; None is one that was never tested."""
    if measured is None:
        return SkillResult(Proof.UNTESTED.value, None, None, None)
    return SkillResult(measured.proof.value, measured.skill, (measured.low, measured.high), measured.n)


def confluence_json(agreed: Confluence) -> dict[str, Any]:
    """What a coin's timeframes say together, as the REST API sends it."""
    return {
        "score": round(agreed.score, 4),
        "direction": agreed.direction.value,
        "agreement": round(agreed.agreement, 4),
        "counted": _names(agreed.counted),
        "ignored": _names(agreed.ignored),
        "veto": None if agreed.veto is None else confluence_sentence(agreed.veto),
        "apart_from_side": agreed.apart_from_side,
        "sentence": confluence_sentence(agreed),
        "move": _move_json(agreed.move),
        "side": _side_json(agreed.side),
    }


def _move_json(agreed: MoveConfluence) -> dict[str, Any]:
    return {
        "score": round(agreed.score, 4),
        "agreement": round(agreed.agreement, 4),
        "likelier": _names(agreed.likelier),
        "expected": _names(agreed.expected),
        "counted": _names(agreed.counted),
        "proven": _names(agreed.proven),
        "proven_score": round(agreed.proven_score, 4),
        "sentence": confluence_sentence(agreed),
    }


def _side_json(agreed: SideConfluence) -> dict[str, Any]:
    return {
        "score": round(agreed.score, 4),
        "direction": agreed.leaning.value,
        "agreement": round(agreed.agreement, 4),
        "sided": _names(agreed.sided),
        "counted": _names(agreed.counted),
        "proven": _names(agreed.proven),
        "sentence": confluence_sentence(agreed),
    }


def _names(timeframes: Iterable[Timeframe]) -> list[str]:
    return [timeframe.value for timeframe in timeframes]
