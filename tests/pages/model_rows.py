"""Rows of the model quality page for tests, out of hand-made metrics."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from core.domain import Series, Timeframe
from core.findings import NoModel, UnusableFiles
from core.model.metrics import ModelMetrics
from core.model.registry import ModelStatus
from pages.components.quality.rows import ModelRow, row_of
from tests.hand_made_models import metrics, sealed
from tests.problems import no_model

TRAINED = datetime(2025, 6, 1, tzinfo=UTC)
NOW = datetime(2025, 6, 13, tzinfo=UTC)


def model_row(symbol: str = "BTCUSDT", timeframe: Timeframe = Timeframe.M15, **changes: Any) -> ModelRow:
    """The row of a model that is 12 days old."""
    described = model_metrics(symbol, timeframe, **changes)
    return row_of(ModelStatus(described.series, described), NOW)


def ensemble_row(symbol: str = "BTCUSDT", timeframe: Timeframe = Timeframe.M15) -> ModelRow:
    return model_row(symbol, timeframe, kind="ensemble", network_share=0.58)


def trained_on_row() -> ModelRow:
    """Of a model that was tested as trained until 2023-12-20, on 2024, and then trained on until 2024-12-20."""
    described = metrics("ETHUSDT", Timeframe.M15)
    tested_as = {"model_version": "the twin", "periods": described["periods"]}
    later = {
        "train": {"from": "2023-01-01T00:00:00Z", "to": "2024-11-01T00:00:00Z"},
        "validation": {"from": "2024-11-02T00:00:00Z", "to": "2024-12-20T00:00:00Z"},
        "test": None,
    }
    return model_row("ETHUSDT", Timeframe.M15, periods=later, tested_as=tested_as)


def model_metrics(symbol: str = "BTCUSDT", timeframe: Timeframe = Timeframe.M15, **changes: Any) -> ModelMetrics:
    """What metrics.json says of a hand-made model."""
    return ModelMetrics.model_validate(sealed(metrics(symbol, timeframe, **changes)))


def missing_row(symbol: str = "BTCUSDT", timeframe: Timeframe = Timeframe.D1) -> ModelRow:
    facts = no_model(symbol, timeframe).facts
    assert isinstance(facts, NoModel)
    return row_of(ModelStatus(Series(symbol, timeframe), facts), NOW)


def unusable_row(symbol: str = "BTCUSDT", timeframe: Timeframe = Timeframe.H4) -> ModelRow:
    reason = f"{symbol}/{timeframe}: scaler.pkl is damaged or foreign (EOFError); train the model anew."
    return row_of(ModelStatus(Series(symbol, timeframe), UnusableFiles(reason)), NOW)
