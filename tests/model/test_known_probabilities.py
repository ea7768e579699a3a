"""The shipped models say what they have always said: rebuilding the house must not move a probability.

``known_probabilities.json`` holds SHORT, NO_TRADE and LONG of every shipped model on the newest candle of the simulated
market at NOON, as they came out before the house was rebuilt. A recipe that publishes new models writes it anew:
``python -m tests.model.test_known_probabilities``.
"""

from __future__ import annotations

import hashlib
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import joblib
import numpy as np
import pytest

from core.application import registry_of
from core.domain import Direction, Series, Timeframe
from core.market.clock import ManualClock
from core.market.on_demand import OnDemandCandles
from core.market.simulated import SimulatedMarket
from core.model.files import SCALER_FILE, LoadedModel
from core.prediction import Prediction
from core.settings import PROJECT
from core.signals.service import PredictionService

NOON = datetime(2025, 9, 15, 12, 0, tzinfo=UTC)
TABLE = Path(__file__).parent / "known_probabilities.json"

AMONG_PROCESSORS = 1e-7
"""Single precision rounds otherwise where a processor adds in another order: by 4.5e-8 at most among four kinds tried."""


@pytest.mark.slow
def test_every_shipped_model_gives_the_probabilities_it_gave_before() -> None:
    known = json.loads(TABLE.read_text())
    now = probabilities()
    assert {symbol: list(rows) for symbol, rows in now.items()} == {s: list(rows) for s, rows in known.items()}
    for symbol, rows in known.items():
        for timeframe, expected in rows.items():
            assert now[symbol][timeframe] == pytest.approx(expected, rel=0, abs=AMONG_PROCESSORS), (symbol, timeframe)


@pytest.mark.slow
def test_every_shipped_model_is_scaled_to_the_last_digit_as_its_scaler_pkl_says() -> None:
    registry = registry_of(PROJECT / "models")
    shipped = [found for found in registry.find_all(registry.available()).values() if isinstance(found, LoadedModel)]
    assert shipped
    for model in shipped:
        content = (registry.folder(model.series) / SCALER_FILE).read_bytes()
        assert hashlib.sha256(content).hexdigest() == model.metrics.sha256[SCALER_FILE]
        kept = joblib.load(io.BytesIO(content))
        np.testing.assert_array_equal(model.scaling.mean, kept.mean_)
        np.testing.assert_array_equal(model.scaling.scale, kept.scale_)


def probabilities() -> dict[str, dict[str, list[float]]]:
    """By symbol and timeframe, in the order of Direction."""
    market = SimulatedMarket(1, ManualClock(NOON))
    service = PredictionService(OnDemandCandles(market), registry_of(PROJECT / "models"))
    known: dict[str, dict[str, list[float]]] = {symbol: {} for symbol in market.symbols()}
    for (symbol, timeframe), outcome in service.predict_all([Series(s, tf) for tf in Timeframe for s in known]).items():
        if isinstance(outcome, Prediction):
            known[symbol][timeframe.value] = [outcome.probabilities[label] for label in Direction]
    return known


def main() -> None:
    rows = (f" {json.dumps(symbol)}: {json.dumps(row)}" for symbol, row in probabilities().items())
    TABLE.write_text("{\n" + ",\n".join(rows) + "\n}\n")


if __name__ == "__main__":
    main()
