"""What a model is asked on a candle, and what its answer means: the pure parts of a prediction.

Candles become a question, a standardised window of features; logits become calibrated probabilities, levels and
a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from core.domain import DIRECTION_TO_LABEL, LABEL_TO_DIRECTION, Direction, PredictionResult, Timeframe
from core.errors import NotEnoughCandles
from core.market.candles import CandleArrays, segments_of
from core.market.feed import SERVING_HISTORY
from core.model.barriers import average_true_range
from core.model.features import WARM_UP_CANDLES, feature_matrix
from core.model.files import LoadedModel
from core.model.novelty import Novel, novel
from core.model.probabilities import calibrated
from core.model.scaling import clip
from core.signals.levels import trade_levels
from core.signals.trust import judge
from core.text import iso


@dataclass(frozen=True, slots=True)
class Question:
    """All that a model is asked on one candle, and what its answer is made of.

    ``window`` is standardised, float32, shape (window, features); ``tick_size`` and ``atr`` are in quote currency.
    ``stale`` is the feed's sentence where the candles are older than they should be.
    """

    pair: tuple[str, Timeframe]
    model: LoadedModel
    candles: CandleArrays
    tick_size: float
    window: np.ndarray
    novelty: Novel | None
    atr: float
    stale: str | None


def ask(
    pair: tuple[str, Timeframe], model: LoadedModel, candles: CandleArrays, tick_size: float, stale: str | None
) -> Question:
    """The question on the newest candle, from the gap-free stretch that ends with it; NotEnoughCandles where it is short."""
    recent = candles[-SERVING_HISTORY:] if len(candles) > SERVING_HISTORY else candles
    segments = segments_of(recent.open_time_ms, pair[1])
    newest = recent[segments[-1]] if len(segments) > 1 else recent
    window = model.metrics.window
    needed = WARM_UP_CANDLES - 1 + window
    if len(newest) < needed:
        raise NotEnoughCandles(_too_short(pair, len(newest), needed, len(segments) > 1))
    features = feature_matrix(newest, pair[1], newest=window)
    atr = float(average_true_range(newest.high, newest.low, newest.close)[-1])
    standardised = model.scaling.standardise(features)
    unfamiliar = novel(standardised[-1], model.novelty)
    return Question(pair, model, candles, tick_size, clip(standardised), unfamiliar, atr, stale)


def _too_short(pair: tuple[str, Timeframe], got: int, needed: int, gap: bool) -> str:
    since = "since the last gap" if gap else "so far"
    return (
        f"{pair[0]} has {got} {pair[1]} candles without a gap {since}; a prediction needs {needed}, "
        f"the next {needed - got} closed candles will do."
    )


def conclude(question: Question, logits: np.ndarray, now: datetime) -> PredictionResult:
    """The prediction as users see it, out of logits (3,); ``now`` is the market's time."""
    metrics = question.model.metrics
    symbol, timeframe = question.pair
    values = calibrated(logits, metrics.temperature)
    probabilities = {direction: float(values[label]) for direction, label in DIRECTION_TO_LABEL.items()}
    direction = Direction(LABEL_TO_DIRECTION[int(values.argmax())])
    likelier = Direction.LONG if probabilities["LONG"] >= probabilities["SHORT"] else Direction.SHORT
    side = likelier if direction is Direction.NO_TRADE else direction
    levels = trade_levels(
        side, float(question.candles.close[-1]), metrics.barrier_atr_multiple * question.atr, question.tick_size
    )
    times_to_target = getattr(metrics.time_to_target_minutes, side)
    opened = datetime.fromtimestamp(int(question.candles.open_time_ms[-1]) / 1000, UTC)
    return PredictionResult(
        symbol=symbol,
        timeframe=timeframe.value,
        direction=direction.value,
        confidence=probabilities[direction],
        probabilities={d: probabilities[d] for d in ("LONG", "SHORT", "NO_TRADE")},
        model_accuracy=None if metrics.test is None else metrics.test.accuracy,
        test_candles=None if metrics.test is None else metrics.test.n,
        majority_accuracy=None if metrics.test is None else metrics.test.majority_accuracy,
        prediction_time=iso(now),
        valid_until=iso(opened + 2 * timeframe.duration),
        entry=levels.entry,
        stop_loss=levels.stop_loss,
        take_profits={"tp1": levels.tp1, "tp2": levels.tp2, "tp3": levels.tp3},
        levels_side=side.value,
        tp_eta_minutes=None if times_to_target is None else round(times_to_target.median),
        trust=judge(metrics, now, question.novelty, question.stale),
        model_version=metrics.model_version,
        candle_open_time=iso(opened),
        model_kind=metrics.kind,
    )
