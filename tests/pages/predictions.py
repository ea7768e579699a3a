"""A prediction to start from in tests of what pages make of one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from core.domain import Direction, Series, Timeframe, TradeLevels
from core.findings import Trust
from core.measured import MeasuredAccuracy
from core.prediction import Prediction

CANDLE = datetime(2025, 9, 3, 11, 0, tzinfo=UTC)


def prediction(direction: Direction = Direction.LONG, side: Direction = Direction.LONG, **changes: Any) -> Prediction:
    """BTCUSDT at 100 with levels 2 apart on ``side``, called at noon on 1h; ``changes`` replace what differs."""
    shares = {Direction.LONG: 0.25, Direction.NO_TRADE: 0.30, Direction.SHORT: 0.25} | {direction: 0.45}
    fields: dict[str, Any] = {
        "series": Series("BTCUSDT", Timeframe.H1),
        "direction": direction,
        "probabilities": shares,
        "usual_move_probability": 0.65,
        "horizon_candles": 16,
        "close": 100.0,
        "atr": 2 / 2.2,
        "label_barriers": (102.0, 98.0),
        "levels": levels(side),
        "minutes_to_target": 105,
        "candle_open_time": CANDLE,
        "issued_at": datetime(2025, 9, 3, 12, 0, 1, tzinfo=UTC),
        "trust": Trust(),
        "accuracy": measured(0.42),
        "model_version": "hand-made",
        "model_kind": "cnn_lstm",
    }
    return Prediction(**fields | changes)


def levels(side: Direction = Direction.LONG) -> TradeLevels:
    """Of a trade at 100, 2 apart."""
    sign = 1 if side is Direction.LONG else -1
    return TradeLevels(side, 100.0, 100.0 - 2 * sign, *(100.0 + n * 2 * sign for n in (1, 2, 3)))


def measured(accuracy: float, n: int = 1000, majority: Direction = Direction.LONG) -> MeasuredAccuracy:
    """An accuracy beside a baseline of 35 %."""
    return MeasuredAccuracy(accuracy, accuracy - 0.03, accuracy + 0.03, n, majority, 0.35)
