"""Published models, judged as they are on candles they have not learned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pandas as pd
import torch

from core.domain import Timeframe
from core.learning.assessment.comparison import Judgement
from core.learning.ensemble import Blend, predict
from core.learning.experiment import prediction_rows
from core.learning.folds import Fold
from core.learning.windows import windows_of
from core.model.barriers import HORIZON_CANDLES
from core.model.metrics import ModelMetrics
from core.model.registry import ModelRegistry

_AGREE = 1e-4  # nats; metrics.json keeps six decimals, and another processor sums in another order


@dataclass(frozen=True, slots=True)
class Published:
    """Test predictions of the published models in the columns of core.learning.experiment.run, and their records.

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
            left_out[symbol] = status.reason or "no model"
            continue
        learned_until = status.metrics.periods.validation.to + timedelta(minutes=timeframe.minutes) * (
            HORIZON_CANDLES + 1
        )
        if learned_until.timestamp() * 1000 > fold.cuts.test:
            left_out[symbol] = (
                f"the published model has learned from candles until {learned_until:%Y-%m-%d %H:%M} UTC, "
                "which is after the test period begins; it would be judged on what it knows"
            )
            continue
        model = registry.get(symbol, timeframe)
        blend = Blend(status.metrics.network_share, status.metrics.temperature)
        predicted = predict(model.network, model.trees, blend, windows_of([dataset], ["test"], model.scaler))
        parts.append(prediction_rows(symbol, dataset, "test", predicted))
        metrics[symbol] = status.metrics
    return Published(pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(), metrics, left_out)


def kinds(published: Published) -> str:
    """A sentence: how many of the published models are ensembles, and with which weights."""
    shares = [found.network_share for found in published.metrics.values() if found.kind == "ensemble"]
    if not shares:
        return f"All {len(published.metrics)} published models are a CNN-LSTM alone."
    low, high = min(shares), max(shares)
    weights = f"{low:.0%}" if low == high else f"{low:.0%} to {high:.0%}"
    alone = [symbol for symbol, found in published.metrics.items() if found.kind != "ensemble"]
    others = f" {', '.join(alone)}: a CNN-LSTM alone." if alone else ""
    return (
        f"{len(shares)} of {len(published.metrics)} published models are ensembles, in which the CNN-LSTM has "
        f"{weights} of the weight.{others}"
    )


def agreement(published: Published, judgement: Judgement) -> str:
    """A sentence: whether metrics.json says of each model's test period what was measured now."""
    compared, apart = 0, {}
    for symbol, measured in judgement.coins.items():
        said = published.metrics[symbol].test
        if said is not None and said.n == measured["n"]:
            compared += 1
            if abs(said.log_loss - measured["log_loss"]) > _AGREE:
                apart[symbol] = f"{symbol} says {said.log_loss:.4f}, measured {measured['log_loss']:.4f}"
    others = len(judgement.coins) - compared
    if apart:
        return f"metrics.json does NOT agree with what was measured here for {len(apart)} models: {'; '.join(apart.values())}."
    rest = f"; {others} were tested on other candles" if others else ""
    return f"The log loss in metrics.json agrees with what was measured here for {compared} of {len(judgement.coins)} models{rest}."
