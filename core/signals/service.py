"""Predictions: candles -> model inputs -> network and trees -> calibrated probabilities -> levels and trust.

One prediction costs about a millisecond, the whole board some tens; a prediction of a candle that was
already seen costs microseconds, since it is remembered for as long as its model and its candles are the newest.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
import pandas as pd

from core.domain import Series, Timeframe
from core.errors import CandorError
from core.findings import (
    AwaitingCandles,
    AwaitingMarket,
    BrokenPromise,
    CandleProblem,
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
from core.model.registry import ModelRegistry, unavailable
from core.model.stacked import StackedCnnLstm
from core.prediction import Prediction
from core.signals.evaluation import probabilities
from core.signals.inputs import ModelInputs, Question, model_inputs
from core.signals.trust import Verdicts
from core.signals.verdict import conclude

_KEPT_STACKS = 16
"""Groups of models that were lately evaluated together and are kept stacked: one for each of the closes of a day in
ordinary times, or one per timeframe where they are many."""

Outcome = Prediction | Unavailable


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
    broken: BrokenPromise | None
    prediction: Prediction

    def holds(
        self,
        model: LoadedModel,
        candles: CandleArrays,
        stale: LateCandles | MarketTrouble | None,
        broken: BrokenPromise | None,
    ) -> bool:
        same = self.model is model and self.candles is candles
        return same and self.stale == stale and self.broken == broken


BrokenBy = Callable[[Series, str], BrokenPromise | None]
"""What the record has against a model of some series, by its version; a memory read."""


class PredictionService:
    """Predictions of every series of ``candles`` with the models of ``registry``. Thread-safe.

    Cheap to make: models come on first use and stay. ``broken_by`` tells which of them do not keep what they promise.
    """

    def __init__(
        self, candles: CandleSource, registry: ModelRegistry, broken_by: BrokenBy = lambda series, version: None
    ) -> None:
        self.candles = candles
        self.registry = registry
        self._broken_by = broken_by
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
        for each, values in zip(asked, probabilities(asked, self._stack), strict=True):
            concluded[each.question.series] = self._conclude(each, values)
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
        broken = self._broken_by(series, model.metrics.model_version)
        known = self._remembered.get(series)
        if known is not None and known.holds(model, held.arrays, stale, broken):
            return known.prediction
        return Question(model, held.arrays, self.candles.tick_size(series.symbol), stale, broken)

    def _stack(self, models: tuple[LoadedModel, ...]) -> StackedCnnLstm:
        """The models as one network."""
        with self._lock:
            stack = self._stacks.pop(models, None) or StackedCnnLstm([model.parameters for model in models])
            self._stacks[models] = stack
            while len(self._stacks) > _KEPT_STACKS:
                del self._stacks[next(iter(self._stacks))]
            return stack

    def _conclude(self, inputs: ModelInputs, values: np.ndarray) -> Prediction:
        prediction = conclude(inputs, values, self.candles.now(), self._verdicts)
        asked = inputs.question
        self._remembered[asked.series] = _Remembered(asked.model, asked.candles, asked.stale, asked.broken, prediction)
        return prediction


def _nothing(status: SeriesStatus) -> Unavailable:
    """Why a series of which nothing is held has no prediction."""
    assert status.problem is not None and not isinstance(status.problem, LateCandles | MissingCandles)
    return Unavailable(
        UnavailableKind.LOADING if _may_come(status.problem) else UnavailableKind.NO_CANDLES, status.problem
    )


def _may_come(problem: CandleProblem) -> bool:
    """Whether candles are on their way, as far as anybody knows: the market was asked, and has not refused."""
    return isinstance(problem, AwaitingCandles) or (isinstance(problem, AwaitingMarket) and problem.trouble is None)
