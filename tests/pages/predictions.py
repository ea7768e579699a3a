"""A prediction to start from in tests of what pages make of one."""

from __future__ import annotations

from typing import Any

from core.domain import Direction, PredictionResult, Trust


def prediction(
    direction: Direction = Direction.LONG, side: Direction = Direction.LONG, **changes: Any
) -> PredictionResult:
    """BTCUSDT at 100 with levels 2 apart on ``side``, called at noon on 1h; ``changes`` replace what differs."""
    sign = 1 if side is Direction.LONG else -1
    probabilities = {"LONG": 0.25, "NO_TRADE": 0.30, "SHORT": 0.25} | {direction.value: 0.45}
    fields: dict[str, Any] = {
        "symbol": "BTCUSDT",
        "timeframe": "1h",
        "direction": direction.value,
        "confidence": 0.45,
        "probabilities": probabilities,
        "model_accuracy": 0.42,
        "test_candles": 1000,
        "majority_accuracy": 0.35,
        "prediction_time": "2025-09-03T12:00:01Z",
        "valid_until": "2025-09-03T13:00:00Z",
        "entry": 100.0,
        "stop_loss": 100.0 - 2 * sign,
        "take_profits": {"tp1": 100.0 + 2 * sign, "tp2": 100.0 + 4 * sign, "tp3": 100.0 + 6 * sign},
        "levels_side": side.value,
        "tp_eta_minutes": 105,
        "trust": Trust(),
        "model_version": "hand-made",
        "candle_open_time": "2025-09-03T11:00:00Z",
    }
    return PredictionResult(**fields | changes)
