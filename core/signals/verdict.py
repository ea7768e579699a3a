"""From a model's probabilities to a prediction: a direction, its levels, and how far to believe it."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from core.domain import Direction
from core.findings import Trust
from core.market.candles import moment_of
from core.measured import MeasuredAccuracy
from core.prediction import Prediction
from core.signals.inputs import ModelInputs
from core.signals.levels import trade_levels
from core.signals.trust import Verdicts

_LABELS = tuple(Direction)
_SHOWN_ORDER = (Direction.LONG, Direction.SHORT, Direction.NO_TRADE)


def conclude(inputs: ModelInputs, values: np.ndarray, now: datetime, verdicts: Verdicts) -> Prediction:
    """The prediction out of calibrated probabilities (3,); ``now`` is the market's time."""
    question = inputs.question
    trust, accuracy = verdicts.judge(inputs.model, now, inputs.unfamiliar, question.stale, question.broken)
    return concluded(inputs, values, now, trust, accuracy)


def concluded(
    inputs: ModelInputs, values: np.ndarray, now: datetime, trust: Trust, accuracy: MeasuredAccuracy | None
) -> Prediction:
    """As ``conclude``, with a verdict that is already known."""
    question, metrics = inputs.question, inputs.model.metrics
    by_label = dict(zip(_LABELS, values.tolist(), strict=True))
    direction = _LABELS[int(values.argmax())]
    likelier = Direction.LONG if by_label[Direction.LONG] >= by_label[Direction.SHORT] else Direction.SHORT
    side = likelier if direction is Direction.NO_TRADE else direction
    close, atr = float(question.candles.close[-1]), float(inputs.atr)
    distance = metrics.barrier_atr_multiple * atr
    times_to_target = getattr(metrics.time_to_target_minutes, side)
    return Prediction(
        series=question.series,
        direction=direction,
        probabilities={each: by_label[each] for each in _SHOWN_ORDER},
        usual_move_probability=1 - metrics.climatology.NO_TRADE,
        horizon_candles=metrics.horizon_candles,
        close=close,
        atr=atr,
        label_barriers=(close + distance, close - distance),
        levels=trade_levels(side, close, distance, question.tick_size),
        minutes_to_target=None if times_to_target is None else round(times_to_target.median),
        candle_open_time=moment_of(int(question.candles.open_time_ms[-1])),
        issued_at=now,
        trust=trust,
        accuracy=accuracy,
        model_version=metrics.model_version,
        model_kind=metrics.kind,
    )
