"""What can be taken away from a page: candles as CSV, a prediction as JSON."""

from __future__ import annotations

import json

import pandas as pd

from core.prediction import Prediction
from core.wording.result import result_of


def candles_csv(candles: pd.DataFrame) -> bytes:
    """Candles as CSV with a header; open_time in ISO 8601 UTC, prices as the market gave them."""
    times = candles["open_time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return candles.assign(open_time=times).to_csv(index=False).encode()


def prediction_json(prediction: Prediction) -> bytes:
    """A prediction exactly as the REST API sends it."""
    return (json.dumps(result_of(prediction).to_dict(), indent=2) + "\n").encode()
