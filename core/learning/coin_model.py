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

from core.domain import DIRECTION_TO_LABEL, LABEL_TO_DIRECTION, Direction, Series, Timeframe
from core.errors import CandorError
from core.learning.background import background_rows
from core.learning.datasets import DIMENSIONS, LEARNED_FROM, Fold, read_parquet, write_parquet
from core.learning.evaluation import class_frequencies, evaluate
from core.learning.experiment import Learned
from core.learning.network import fit_last_layer, logits_of
from core.learning.promises import both_promises
from core.learning.recipes import Recipe
from core.learning.rounding import rounded
from core.learning.sources import CandleFile
from core.learning.validation import Blend
from core.learning.windows import Windows, can_be_learned_from, windows_of
from core.market.candle_files import CandleStore
from core.market.candles import unix_ms
from core.model.barriers import BARRIER_ATR_MULTIPLE, HORIZON_CANDLES
from core.model.features import FEATURES, season_days
from core.model.metrics import ModelMetrics
from core.model.network import CnnLstm
from core.model.probabilities import calibrated
from core.model.registry import LoadedModel, ModelRegistry, publish_model
from core.model.trees import BoostedTrees
from core.text import iso

_VERSION, CLIMATOLOGY = "model_version", "climatology"
"""Attributes of saved predictions. The class frequencies are those that the tested model has learned from: of one that
was trained on, metrics.json names those of all candles, and they know the test."""


@dataclass(frozen=True, slots=True)
class Publication:
    """Where a model goes, where its test predictions go, and what stands beside it: its market and its date."""

    models: Path
    datasets: Path
    market: str
    trained_at: datetime


@dataclass(frozen=True, slots=True)
class Basis:
    """What a coin's model is made of: its candles as a fold cuts them, the network that all coins share and their trees.

    ``ensemble`` is None where the network speaks alone.
    """

    dataset: pd.DataFrame
    shared: Learned[CnnLstm]
    ensemble: tuple[BoostedTrees, Blend] | None

    @property
    def is_enough(self) -> bool:
        """Whether the coin has labelled candles in the training and in the validation period."""
        return can_be_learned_from([self.dataset])


@dataclass(frozen=True, slots=True)
class CoinModel:
    """A model as it is published; ``trees`` where it is an ensemble."""

    network: CnnLstm
    trees: BoostedTrees | None
    blend: Blend
    scaler: StandardScaler

    def version(self, trained_at: datetime) -> str:
        """The date, and eight hex digits that change with anything that changes a prediction."""
        scaler, blend = self.scaler, self.blend
        numbers = [*scaler.mean_, *scaler.scale_, blend.timing_share, blend.side_share, blend.temperature]
        digest = hashlib.sha256(np.array(numbers).tobytes())
        digest.update(b"" if self.trees is None else self.trees.to_bytes())
        for tensor in self.network.state_dict().values():
            digest.update(tensor.contiguous().numpy().tobytes())
        return f"{trained_at:%Y%m%d}-{digest.hexdigest()[:8]}"


def own_network(shared: Learned[CnnLstm], dataset: pd.DataFrame, recipe: Recipe) -> CnnLstm:
    """The shared network with the last layer of the coin whose ``dataset`` it is; see fit_last_layer."""
    windows = windows_of([dataset], LEARNED_FROM, shared.scaling)
    return fit_last_layer(shared.model, windows, recipe.prior_strength, recipe.network.mirrored_timing)


def make_coin_model(
    series: Series, tested: Basis, until_end: Basis | None, recipe: Recipe, publication: Publication
) -> None:
    """Fit one coin's model, judge it and publish it; or the one made ``until_end``, with the figures of the tested one."""
    torch.set_num_threads(1)
    model = _model(tested, recipe)
    predicted = predict(
        model.network, model.trees, model.blend, windows_of([tested.dataset], ["test"], tested.shared.scaling)
    )
    metrics = _metrics(series, tested, model, publication)
    version, test = metrics["model_version"], _test(series, tested, predicted)
    published = tested
    if until_end is not None:
        published = until_end
        model = _model(until_end, recipe)
        tested_as = {"model_version": version, "periods": metrics["periods"]}
        metrics = _metrics(series, until_end, model, publication) | {"tested_as": tested_as}
    # First the predictions: what is published without them would never be made again.
    climatology = _climatology(tested.dataset)
    _write_predictions(publication.datasets, series, version, climatology, tested.dataset, predicted)
    background, complete = _background(published, model), rounded(metrics | {"test": test})
    publish_model(publication.models, series, model.network, model.scaler, background, complete, model.trees)


def _model(basis: Basis, recipe: Recipe) -> CoinModel:
    shared = basis.shared
    trees, blend = basis.ensemble or (None, Blend(1, 1, shared.temperature))
    return CoinModel(own_network(shared, basis.dataset, recipe), trees, blend, shared.scaler)


def _background(basis: Basis, model: CoinModel) -> np.ndarray:
    windows = windows_of([basis.dataset], ["train"], basis.shared.scaling)
    return windows.take(background_rows(predict(model.network, model.trees, model.blend, windows)))


def _metrics(series: Series, basis: Basis, model: CoinModel, publication: Publication) -> dict[str, Any]:
    """What metrics.json says of a model, but for its test; core.model.metrics has the contract."""
    dataset, novelty = basis.dataset, basis.shared.novelty
    learned = dataset[dataset["split"].isin(LEARNED_FROM)]
    assert novelty is not None
    return {
        "symbol": series.symbol,
        "timeframe": series.timeframe.value,
        "model_version": model.version(publication.trained_at),
        "kind": "cnn_lstm" if model.trees is None else "ensemble",
        "trained_at": iso(publication.trained_at),
        "market": publication.market,
        "periods": {split: _period(dataset, split) for split in ("train", "validation", "test")},
        "features": list(FEATURES),
        "season1_days": list(season_days(series.timeframe)),
        "window": DIMENSIONS.window,
        "barrier_atr_multiple": BARRIER_ATR_MULTIPLE,
        "horizon_candles": HORIZON_CANDLES,
        "network_share": model.blend.timing_share,
        "side_share": model.blend.side_share,
        "temperature": model.blend.temperature,
        "novelty": {"precision": novelty.precision.tolist(), "limit": novelty.limit},
        "climatology": {LABEL_TO_DIRECTION[n]: float(share) for n, share in enumerate(_climatology(dataset))},
        "time_to_target_minutes": {
            side.value: _quartiles(learned, side, series.timeframe) for side in (Direction.LONG, Direction.SHORT)
        },
    }


def _climatology(dataset: pd.DataFrame) -> np.ndarray:
    return class_frequencies(dataset.loc[dataset["split"].isin(LEARNED_FROM), "label"].to_numpy())


def _test(series: Series, basis: Basis, predicted: np.ndarray) -> dict[str, Any]:
    """The figures of the test period."""
    clock, climatology = basis.shared.clock, _climatology(basis.dataset)
    assert clock is not None
    test = basis.dataset[basis.dataset["split"] == "test"]
    labels, blocks = test["label"].to_numpy().astype(np.int64), test["block"].to_numpy()
    by_the_clock = clock.probabilities(series.symbol, test, series.timeframe, climatology)
    return evaluate(predicted, labels, blocks, climatology, by_the_clock) | both_promises(predicted, labels, blocks)


def _period(dataset: pd.DataFrame, split: str) -> dict[str, str] | None:
    times = dataset.loc[dataset["split"] == split, "open_time"]
    return None if times.empty else {"from": iso(times.iloc[0]), "to": iso(times.iloc[-1])}


def _quartiles(learned: pd.DataFrame, side: Direction, timeframe: Timeframe) -> dict[str, float] | None:
    reached = learned.loc[learned["label"] == DIRECTION_TO_LABEL[side], "candles_to_barrier"]
    if reached.empty:
        return None
    q25, median, q75 = np.percentile(reached, [25, 50, 75]) * timeframe.minutes
    return {"q25": float(q25), "median": float(median), "q75": float(q75)}


# ---------------------------------------------------------------- what models predict of their test periods


class OtherCandles(CandorError):
    """Candles that are not those on which a published model was tested."""

    code = "other_candles"


def predictions_path(datasets: Path, symbol: str, timeframe: Timeframe) -> Path:
    """Where a model's predictions of its test period are kept, for tables over many models."""
    return datasets / symbol / f"{timeframe}_test_predictions.parquet"


def saved_predictions(datasets: Path, metrics: ModelMetrics) -> pd.DataFrame | None:
    """What the very model whose test ``metrics`` tell of predicted of it; None where that is not there.

    Columns open_time, label, block, SHORT, NO_TRADE, LONG; attribute CLIMATOLOGY.
    """
    try:
        found = read_parquet(predictions_path(datasets, *metrics.series))
    except (CandorError, OSError):
        return None
    return found if found.attrs.get(_VERSION) == metrics.tested_version and CLIMATOLOGY in found.attrs else None


def save_predictions_again(series: Series, candles: Path, models: Path, datasets: Path) -> None:
    """Predict a published model's test period anew; OtherCandles where ``candles`` no longer hold it as it was."""
    torch.set_num_threads(1)
    model = ModelRegistry(models).get(*series)
    if model.metrics.tested_as is not None:
        raise OtherCandles(
            "it was trained on after its test, and what was tested is not kept; --force trains both anew"
        )
    period, test = model.metrics.test_period, model.metrics.test
    first, last = (unix_ms(moment) for moment in (period.from_, period.to))
    horizon = (HORIZON_CANDLES + 1) * series.timeframe.milliseconds
    file = CandleFile(CandleStore(candles).path(*series), series.timeframe)
    dataset = pd.concat(file.datasets(Fold(1, validation=first, test=first, end=last + horizon)))
    if test is None or (dataset["split"] == "test").sum() != test.n:
        raise OtherCandles("its candles are not those that it was tested on, so what it predicted of them is lost")
    climatology = np.array([getattr(model.metrics.climatology, direction) for direction in Direction])
    _write_predictions(datasets, series, model.version, climatology, dataset, predict_published(model, dataset))


def predict_published(model: LoadedModel, dataset: pd.DataFrame) -> np.ndarray:
    """Calibrated probabilities (n, 3) of a published model on the test period of ``dataset``."""
    metrics = model.metrics
    blend = Blend(metrics.network_share, metrics.side_share, metrics.temperature)
    return predict(model.network, model.trees, blend, windows_of([dataset], ["test"], model.scaling))


def predict(network: CnnLstm, trees: BoostedTrees | None, blend: Blend, windows: Windows) -> np.ndarray:
    """Calibrated probabilities (windows, 3) of a model: a network alone, or with trees that see the newest candle."""
    logits = logits_of(network, windows)
    if trees is None:
        return calibrated(logits, blend.temperature)
    newest = windows.newest()
    return blend(logits, trees.timing.logits(newest), trees.side_logits(newest))


def _write_predictions(
    datasets: Path, series: Series, version: str, climatology: np.ndarray, dataset: pd.DataFrame, predicted: np.ndarray
) -> None:
    columns = {name: predicted[:, n].astype(np.float32) for n, name in LABEL_TO_DIRECTION.items()}
    rows = dataset.loc[dataset["split"] == "test", ["open_time", "label", "block"]].assign(**columns)
    rows.attrs = {_VERSION: version, CLIMATOLOGY: climatology.tolist()}
    write_parquet(rows, predictions_path(datasets, *series))
