"""Rows of the model quality page for tests, out of hand-made metrics."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from core.domain import Timeframe
from core.model_metrics import ModelMetrics
from core.model_registry import ModelStatus
from pages.components.model_rows import ModelRow, row_of
from tests.hand_made_models import metrics

TRAINED = datetime(2025, 6, 1, tzinfo=UTC)
NOW = datetime(2025, 6, 13, tzinfo=UTC)


def model_row(symbol: str = "BTCUSDT", timeframe: Timeframe = Timeframe.M15, **changes: Any) -> ModelRow:
    """The row of a model that is 12 days old."""
    seal = {"sha256": {"cnn_lstm_best.pt": "0" * 64, "scaler.pkl": "0" * 64}}
    described = ModelMetrics.model_validate(metrics(symbol, timeframe, **changes) | seal)
    return row_of(ModelStatus(symbol, timeframe, "available", None, described), NOW)


def missing_row(symbol: str = "BTCUSDT", timeframe: Timeframe = Timeframe.D1) -> ModelRow:
    reason = (
        f"No model of {symbol} on {timeframe}: /srv/candor/models/{symbol}/{timeframe}/cnn_lstm_best.pt does not "
        f"exist. Train it with: python scripts/train_models.py --candles FOLDER --symbols {symbol}"
    )
    return row_of(ModelStatus(symbol, timeframe, "missing", reason, None), NOW)


def unusable_row(symbol: str = "BTCUSDT", timeframe: Timeframe = Timeframe.H4) -> ModelRow:
    reason = f"{symbol}/{timeframe}: scaler.pkl is damaged or foreign (EOFError); train the model anew."
    return row_of(ModelStatus(symbol, timeframe, "unusable", reason, None), NOW)
