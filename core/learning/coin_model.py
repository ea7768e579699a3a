"""One coin's model: its own last layer on the shared network, judged on the test period and published."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.preprocessing import StandardScaler

from core.domain import LABEL_TO_DIRECTION, Direction, Timeframe
from core.learning.datasets import DIMENSIONS, LEARNED_FROM, require_enough_history, write_parquet
from core.learning.ensemble import Blend, predict
from core.learning.evaluation import class_frequencies, evaluate
from core.learning.kept import SharedNetwork
from core.learning.network import fit_last_layer
from core.learning.windows import windows_of
from core.model.barriers import BARRIER_ATR_MULTIPLE, HORIZON_CANDLES
from core.model.features import FEATURES
from core.model.network import CnnLstm
from core.model.novelty import NoveltyLimit
from core.model.registry import publish_model
from core.model.trees import BoostedTrees
from core.text import iso

_DECIMALS = 6  # of the numbers in metrics.json


def predictions_path(datasets: Path, symbol: str, timeframe: Timeframe) -> Path:
    """Where a model's predictions of its test period are kept, for tables over many models."""
    return datasets / symbol / f"{timeframe}_test_predictions.parquet"


@dataclass(frozen=True, slots=True)
class Ensemble:
    """What a coin that speaks as an ensemble has besides its network."""

    trees: BoostedTrees
    blend: Blend


def make_coin_model(
    dataset: pd.DataFrame,
    symbol: str,
    timeframe: Timeframe,
    shared: SharedNetwork,
    pull: float,
    ensemble: Ensemble | None,
    novelty: NoveltyLimit,
    market: str,
    trained_at: datetime,
    models: Path,
    datasets: Path,
) -> None:
    """Fit, judge and publish the model of one coin; TooLittleHistory where it has too few candles.

    ``pull`` keeps its last layer near the shared one, see core.learning.network.Recipe.
    """
    torch.set_num_threads(1)
    require_enough_history(dataset, timeframe)
    network = fit_last_layer(shared.network, windows_of([dataset], LEARNED_FROM, shared.scaler), pull)
    learned, test = (dataset[dataset["split"].isin(splits)] for splits in (LEARNED_FROM, ["test"]))
    climatology = class_frequencies(learned["label"].to_numpy())
    blend = Blend(1, shared.temperature) if ensemble is None else ensemble.blend
    trees = None if ensemble is None else ensemble.trees
    predicted = predict(network, trees, blend, windows_of([dataset], ["test"], shared.scaler))
    labels = test["label"].to_numpy().astype(np.int64)
    metrics = {
        "symbol": symbol,
        "timeframe": timeframe.value,
        "model_version": f"{trained_at:%Y%m%d}-{_content_hash(network, trees, blend, shared.scaler)}",
        "kind": "cnn_lstm" if trees is None else "ensemble",
        "trained_at": iso(trained_at),
        "market": market,
        "periods": {split: _period(dataset, split) for split in ("train", "validation", "test")},
        "features": list(FEATURES),
        "window": DIMENSIONS.window,
        "barrier_atr_multiple": BARRIER_ATR_MULTIPLE,
        "horizon_candles": HORIZON_CANDLES,
        "network_share": blend.share,
        "temperature": blend.temperature,
        "novelty": {"precision": novelty.precision.tolist(), "limit": novelty.limit},
        "climatology": {LABEL_TO_DIRECTION[n]: float(share) for n, share in enumerate(climatology)},
        "time_to_target_minutes": {
            side.value: _quartiles(learned, side, timeframe) for side in (Direction.LONG, Direction.SHORT)
        },
        "test": evaluate(predicted, labels, test["block"].to_numpy(), climatology),
    }
    publish_model(models, symbol, timeframe, network, shared.scaler, _rounded(metrics), trees)
    columns = {name: predicted[:, n].astype(np.float32) for n, name in LABEL_TO_DIRECTION.items()}
    write_parquet(
        test[["open_time", "label", "block"]].assign(**columns), predictions_path(datasets, symbol, timeframe)
    )


def _period(dataset: pd.DataFrame, split: str) -> dict[str, str]:
    times = dataset.loc[dataset["split"] == split, "open_time"]
    return {"from": iso(times.iloc[0]), "to": iso(times.iloc[-1])}


def _quartiles(learned: pd.DataFrame, side: Direction, timeframe: Timeframe) -> dict[str, float] | None:
    reached = learned.loc[learned["label"] == list(Direction).index(side), "candles_to_barrier"]
    if reached.empty:
        return None
    q25, median, q75 = np.percentile(reached, [25, 50, 75]) * timeframe.minutes
    return {"q25": float(q25), "median": float(median), "q75": float(q75)}


def _content_hash(network: CnnLstm, trees: BoostedTrees | None, blend: Blend, scaler: StandardScaler) -> str:
    """Eight hex digits that change with anything that changes a prediction."""
    digest = hashlib.sha256(np.array([*scaler.mean_, *scaler.scale_, blend.share, blend.temperature]).tobytes())
    digest.update(b"" if trees is None else trees.to_bytes())
    for tensor in network.state_dict().values():
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()[:8]


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DECIMALS)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return value
