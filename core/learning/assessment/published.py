"""Published models, judged as they are on candles they have not learned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch

from core.domain import Timeframe
from core.learning.assessment.predictions import prediction_rows
from core.learning.ensemble import Blend, predict
from core.learning.folds import Fold
from core.learning.windows import windows_of
from core.model.barriers import HORIZON_CANDLES
from core.model.metrics import ModelMetrics
from core.model.registry import ModelRegistry
from core.wording.sentences import problem_sentence


@dataclass(frozen=True, slots=True)
class Published:
    """Test predictions of the published models in the columns of core.learning.assessment.predictions, and their records.

    ``left_out`` says which coins could not be judged fairly, and why.
    """

    predictions: pd.DataFrame
    metrics: Mapping[str, ModelMetrics]
    left_out: Mapping[str, str]


def predict_with_published(
    models: Path, datasets: Mapping[str, pd.DataFrame], timeframe: Timeframe, fold: Fold
) -> Published:
    """What each coin's published model says about the test period of its dataset."""
    torch.set_num_threads(1)
    registry = ModelRegistry(models)
    parts, metrics, left_out = [], {}, {}
    for symbol, dataset in datasets.items():
        status = registry.status(symbol, timeframe)
        if status.state != "available" or status.metrics is None:
            left_out[symbol] = str(problem_sentence(status.problem)) if status.problem else "no model"
            continue
        learned_until = status.metrics.periods.validation.to + timeframe.duration * (HORIZON_CANDLES + 1)
        if learned_until.timestamp() * 1000 > fold.test:
            left_out[symbol] = (
                f"the published model has learned from candles until {learned_until:%Y-%m-%d %H:%M} UTC, "
                "which is after the test period begins; it would be judged on what it knows"
            )
            continue
        model = registry.get(symbol, timeframe)
        blend = Blend(status.metrics.network_share, status.metrics.temperature)
        predicted = predict(model.network, model.trees, blend, windows_of([dataset], ["test"], model.scaling))
        parts.append(prediction_rows(symbol, dataset, predicted))
        metrics[symbol] = status.metrics
    return Published(pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(), metrics, left_out)
