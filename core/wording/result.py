"""Predictions and confluence as the first design and the REST API show them: text, and sentences for facts."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from core.findings import Trust
from core.prediction import Confluence, Prediction, PredictionResult, TrustResult
from core.text import iso
from core.wording.english import ENGLISH
from core.wording.sentences import confluence_sentence, finding_sentence
from core.wording.style import PLAIN


@lru_cache(maxsize=4096)
def result_of(prediction: Prediction) -> PredictionResult:
    """The face of a prediction, made once: a board is asked for it far more often than it changes."""
    levels, accuracy = prediction.levels, prediction.accuracy
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
    )


def _trust_result(trust: Trust) -> TrustResult:
    reasons = tuple(str(finding_sentence(finding)) for finding in trust.findings)
    return TrustResult(trust.verdict.value, trust.severity and trust.severity.value, reasons)


def confluence_json(agreed: Confluence) -> dict[str, Any]:
    """What a coin's timeframes say together, as the REST API sends it."""
    return {
        "score": round(agreed.score, 4),
        "direction": agreed.direction.value,
        "agreement": round(agreed.agreement, 4),
        "counted": [timeframe.value for timeframe in agreed.counted],
        "ignored": [timeframe.value for timeframe in agreed.ignored],
        "veto": None if agreed.veto is None else ENGLISH.veto(agreed.veto, PLAIN),
        "sentence": confluence_sentence(agreed),
    }
