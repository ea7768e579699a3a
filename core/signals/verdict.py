"""From a model's probabilities to a prediction: a direction, its levels, and how far to believe it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import numpy as np

from core.domain import Direction
from core.findings import Trust
from core.market.candles import moment_of
from core.measured import MeasuredAccuracy
from core.model.files import LoadedModel
from core.prediction import Prediction
from core.signals.inputs import ModelInputs
from core.signals.levels import trade_levels
from core.signals.trust import Verdicts

_LABELS = tuple(Direction)
_SHOWN_ORDER = (Direction.LONG, Direction.SHORT, Direction.NO_TRADE)


class CandleSeen(NamedTuple):
    """The candle that a call is made on: when it opened (Unix milliseconds), and prices in quote currency."""

    open_ms: int
    close: float
    atr: float
    tick_size: float


def conclude(inputs: ModelInputs, values: np.ndarray, now: datetime, verdicts: Verdicts) -> Prediction:
    """The prediction out of calibrated probabilities (3,); ``now`` is the market's time."""
    question, candles = inputs.question, inputs.question.candles
    trust, accuracy = verdicts.judge(inputs.model, now, inputs.unfamiliar, question.stale, question.broken)
    seen = CandleSeen(int(candles.open_time_ms[-1]), float(candles.close[-1]), float(inputs.atr), question.tick_size)
    return concluded(inputs.model, seen, values, now, trust, accuracy)


def concluded(
    model: LoadedModel,
    seen: CandleSeen,
    values: np.ndarray,
    now: datetime,
    trust: Trust,
    accuracy: MeasuredAccuracy | None,
) -> Prediction:
    """As ``conclude``, with a verdict that is already known."""
    metrics, by_label = model.metrics, dict(zip(_LABELS, values.tolist(), strict=True))
    direction = _LABELS[int(values.argmax())]
    likelier = Direction.LONG if by_label[Direction.LONG] >= by_label[Direction.SHORT] else Direction.SHORT
    side = likelier if direction is Direction.NO_TRADE else direction
    distance = metrics.barrier_atr_multiple * seen.atr
    times_to_target = getattr(metrics.time_to_target_minutes, side)
    return Prediction(
        series=model.series,
        direction=direction,
        probabilities={each: by_label[each] for each in _SHOWN_ORDER},
        usual_move_probability=1 - metrics.climatology.NO_TRADE,
        horizon_candles=metrics.horizon_candles,
        close=seen.close,
        atr=seen.atr,
        label_barriers=(seen.close + distance, seen.close - distance),
        levels=trade_levels(side, seen.close, distance, seen.tick_size),
        minutes_to_target=None if times_to_target is None else round(times_to_target.median),
        candle_open_time=moment_of(seen.open_ms),
        issued_at=now,
        trust=trust,
        accuracy=accuracy,
        model_version=metrics.model_version,
        model_kind=metrics.kind,
    )
