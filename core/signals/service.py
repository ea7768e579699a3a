"""Predictions: candles -> model inputs -> network and trees -> calibrated probabilities -> levels and trust.

One prediction costs about a millisecond, the whole board some tens; a prediction of a candle that was
already seen costs microseconds, since it is remembered for as long as its model and its candles are the newest.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

import numpy as np
import pandas as pd

from core.domain import Series, Timeframe
from core.errors import CandorError
from core.findings import (
    AwaitingCandles,
    AwaitingMarket,
    LateCandles,
    MarketTrouble,
    MissingCandles,
    ModelProblem,
    TooFewCandles,
    Unavailable,
    UnavailableKind,
)
from core.market.candles import CandleArrays
from core.market.series import Held, HeldSeries, SeriesStatus, trouble_of
from core.model.files import LoadedModel
from core.model.pool import pooled_logits
from core.model.probabilities import calibrated
from core.model.registry import ModelRegistry, unavailable
from core.model.stacked import StackedCnnLstm
from core.prediction import Prediction
from core.signals.inputs import ModelInputs, Question, model_inputs
from core.signals.trust import Verdicts
from core.signals.verdict import conclude

_KEPT_STACKS = 16
"""Groups of models that were lately evaluated together and are kept stacked: one for each of the closes of a day in
ordinary times, or one per timeframe where they are many."""

MOST_ACROSS_TIMEFRAMES = 256
"""So many networks are evaluated as one whatever their timeframe, which saves steps; of more, each group costs megabytes."""

Outcome = Prediction | Unavailable
Key = TypeVar("Key", bound=Hashable)


class CandleSource(Protocol):
    """What predictions need of a market: a feed, or candles fetched on demand."""

    def now(self) -> datetime: ...

    def symbols(self) -> tuple[str, ...]: ...

    def tick_size(self, symbol: str) -> float: ...

    def candles(self, symbol: str, timeframe: Timeframe) -> pd.DataFrame: ...

    def reading(self, symbol: str, timeframe: Timeframe) -> tuple[HeldSeries, SeriesStatus]: ...


@dataclass(frozen=True, slots=True)
class _Remembered:
    """A prediction and what it holds for: this very model and these very candles."""

    model: LoadedModel
    candles: CandleArrays
    stale: LateCandles | MarketTrouble | None
    prediction: Prediction


class PredictionService:
    """Predictions of every series of ``candles`` with the models of ``registry``. Thread-safe.

    Cheap to make: models come on first use and stay.
    """

    def __init__(self, candles: CandleSource, registry: ModelRegistry) -> None:
        self.candles = candles
        self.registry = registry
        self._lock = threading.Lock()
        self._remembered: dict[Series, _Remembered] = {}
        self._verdicts = Verdicts()
        self._stacks: dict[tuple[LoadedModel, ...], StackedCnnLstm] = {}

    def predict_all(self, wanted: Iterable[Series]) -> dict[Series, Outcome]:
        """A prediction for each series, or the reason why there is none.

        Networks of equal shape are evaluated together, and trees for all models that share them.
        """
        prepared = {series: self._prepare(series, model) for series, model in self.registry.find_all(wanted).items()}
        questions = [step for step in prepared.values() if isinstance(step, Question)]
        inputs = model_inputs(questions)
        asked = [each for each in inputs if isinstance(each, ModelInputs)]
        concluded: dict[Series, Outcome] = {
            each.series: Unavailable(UnavailableKind.NO_CANDLES, each)
            for each in inputs
            if isinstance(each, TooFewCandles)
        }
        for each, probabilities in zip(asked, self._probabilities(asked), strict=True):
            concluded[each.question.series] = self._conclude(each, probabilities)
        return {series: concluded[series] if isinstance(step, Question) else step for series, step in prepared.items()}

    def _prepare(self, series: Series, model: LoadedModel | ModelProblem) -> Question | Outcome:
        if not isinstance(model, LoadedModel):
            return unavailable(model)
        try:
            return self._question(series, model)
        except CandorError as error:  # the market has just been switched, or does not list the coin's price step
            awaited = error.facts if isinstance(error.facts, AwaitingMarket | AwaitingCandles) else None
            return Unavailable(UnavailableKind.NO_CANDLES, awaited or trouble_of(error))

    def _question(self, series: Series, model: LoadedModel) -> Question | Outcome:
        held, status = self.candles.reading(*series)
        if not isinstance(held, Held):
            return _nothing(status)
        stale = status.problem if isinstance(status.problem, LateCandles | MarketTrouble) else None
        known = self._remembered.get(series)
        if known is not None and known.model is model and known.candles is held.arrays and known.stale == stale:
            return known.prediction
        return Question(model, held.arrays, self.candles.tick_size(series.symbol), stale)

    def _probabilities(self, asked: Sequence[ModelInputs]) -> np.ndarray:
        """Calibrated probabilities, float64, shape (asked, 3)."""
        temperatures = np.array([each.model.metrics.temperature for each in asked])
        return calibrated(self._evaluate(asked), temperatures[:, None])

    def _evaluate(self, asked: Sequence[ModelInputs]) -> np.ndarray:
        """Logits, float64, shape (asked, 3)."""
        logits = np.empty((len(asked), 3))
        few = len(asked) <= MOST_ACROSS_TIMEFRAMES
        for places in _alike(
            (None if few else each.question.series.timeframe, each.model.network.dimensions) for each in asked
        ).values():
            alike = [asked[place] for place in places]
            logits[places] = self._stack(tuple(each.model for each in alike))(np.stack([each.window for each in alike]))
        for trees, places in _alike(each.model.trees for each in asked).items():
            if trees is not None:
                alike = [asked[place] for place in places]
                newest = np.stack([each.window[-1] for each in alike])
                timing, side = trees.timing.logits(newest), trees.side_logits(newest)
                shares = np.array([(of.network_share, of.side_share) for of in (each.model.metrics for each in alike)])
                logits[places] = pooled_logits(logits[places], timing, side, *shares.T)
        return logits

    def _stack(self, models: tuple[LoadedModel, ...]) -> StackedCnnLstm:
        """The models as one network."""
        with self._lock:
            stack = self._stacks.pop(models, None) or StackedCnnLstm([model.network for model in models])
            self._stacks[models] = stack
            while len(self._stacks) > _KEPT_STACKS:
                del self._stacks[next(iter(self._stacks))]
            return stack

    def _conclude(self, inputs: ModelInputs, probabilities: np.ndarray) -> Prediction:
        prediction = conclude(inputs, probabilities, self.candles.now(), self._verdicts)
        asked = inputs.question
        self._remembered[asked.series] = _Remembered(asked.model, asked.candles, asked.stale, prediction)
        return prediction


def _nothing(status: SeriesStatus) -> Unavailable:
    """Why a series of which nothing is held has no prediction."""
    assert status.problem is not None and not isinstance(status.problem, LateCandles | MissingCandles)
    kind = UnavailableKind.LOADING if status.state == "loading" else UnavailableKind.NO_CANDLES
    return Unavailable(kind, status.problem)


def _alike(keys: Iterable[Key]) -> dict[Key, list[int]]:
    """The places at which each key stands."""
    places: dict[Key, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return places
