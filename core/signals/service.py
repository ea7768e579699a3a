"""Predictions: candles -> features -> network and trees -> calibrated probabilities -> levels and trust.

One prediction costs about a millisecond, the whole board some tens; a prediction of a candle that was
already seen costs microseconds, since it is remembered for as long as its model and its candles are the newest.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol, TypeVar

import numpy as np
import pandas as pd

from core.domain import (
    DIRECTION_TO_LABEL,
    LABEL_TO_DIRECTION,
    PredictionResult,
    Timeframe,
    normalise_symbol,
    resolve_symbol,
)
from core.errors import CandorError, UnusableModel
from core.market.candles import CandleArrays, check_candles, closed_candles
from core.market.chooser import choose_market
from core.market.feed import SeriesStatus
from core.market.on_demand import OnDemandCandles
from core.model.network import StackedCnnLstm
from core.model.pool import pooled_logits
from core.model.registry import LoadedModel, ModelRegistry, get_registry
from core.settings import get_settings
from core.signals.history import predict_along
from core.signals.inputs import Question, ask, conclude

__all__ = ["DIRECTION_TO_LABEL", "LABEL_TO_DIRECTION", "InferenceService", "PredictionResult", "Unavailable"]

_KEPT_STACKS = 16
"""Groups of models that were lately evaluated together and are kept stacked: one per timeframe in ordinary times."""


class CandleSource(Protocol):
    """What predictions need of a market: a feed, or candles fetched on demand."""

    def now(self) -> datetime: ...

    def symbols(self) -> tuple[str, ...]: ...

    def tick_size(self, symbol: str) -> float: ...

    def candles(self, symbol: str, timeframe: Timeframe) -> pd.DataFrame: ...

    def arrays(self, symbol: str, timeframe: Timeframe) -> CandleArrays: ...

    def status(self, symbol: str, timeframe: Timeframe) -> SeriesStatus: ...


class UnavailableKind(StrEnum):
    """Why a coin and timeframe have no prediction."""

    LOADING = "loading"
    NO_MODEL = "no_model"
    NO_CANDLES = "no_candles"


@dataclass(frozen=True, slots=True)
class Unavailable:
    """No prediction, and the sentence that says why."""

    kind: UnavailableKind
    sentence: str


Pair = tuple[str, Timeframe]
Outcome = PredictionResult | Unavailable
Key = TypeVar("Key", bound=Hashable)


class PredictionsBySymbol(dict[str, PredictionResult | None]):
    """Keyed by full symbol; ``results["ETH"]`` finds ``ETHUSDT``, as everywhere else."""

    def __missing__(self, written: str) -> PredictionResult | None:
        symbol = normalise_symbol(written)
        if symbol == written or symbol not in self:
            raise KeyError(written)
        return self[symbol]


@dataclass(frozen=True, slots=True)
class _Answer:
    """A remembered prediction and what it holds for: this very model and these very candles."""

    model: LoadedModel
    candles: CandleArrays
    stale: str | None
    result: PredictionResult


class InferenceService:
    """Predictions for every symbol of a market. Cheap to make: models and candles come on first use and stay.

    Without arguments it follows the market and the models of the CANDOR_* settings. Thread-safe.
    """

    def __init__(self, candles: CandleSource | None = None, registry: ModelRegistry | None = None) -> None:
        self._source = candles
        self.registry = registry or get_registry()
        self._lock = threading.Lock()
        self._answers: dict[Pair, _Answer] = {}
        self._stacks: dict[tuple[LoadedModel, ...], StackedCnnLstm] = {}

    @property
    def candle_source(self) -> CandleSource:
        if self._source is None:
            with self._lock:
                if self._source is None:
                    self._source = OnDemandCandles(choose_market(get_settings()))
        return self._source

    def predict(self, symbol: str, timeframe: str) -> PredictionResult | None:
        """The model's call on the newest closed candle, or None where there is no model or no candles for it.

        Raises UnknownSymbol or UnknownTimeframe, with a suggestion. ``assess`` tells why None is None.
        """
        pair = resolve_symbol(symbol, self.candle_source.symbols()), Timeframe.parse(timeframe)
        return _prediction(self.assess([pair])[pair])

    def predict_batch(self, symbols: Sequence[str], timeframe: str) -> PredictionsBySymbol:
        """Predictions of several symbols on one timeframe, in the order asked. Errors as of ``predict``."""
        known, parsed = self.candle_source.symbols(), Timeframe.parse(timeframe)
        outcomes = self.assess([(resolve_symbol(symbol, known), parsed) for symbol in symbols])
        return PredictionsBySymbol({symbol: _prediction(outcome) for (symbol, _), outcome in outcomes.items()})

    def predict_timeframes(self, symbol: str) -> dict[str, PredictionResult | None]:
        """Predictions of one symbol on every timeframe, shortest first. Errors as of ``predict``."""
        resolved = resolve_symbol(symbol, self.candle_source.symbols())
        outcomes = self.assess([(resolved, timeframe) for timeframe in Timeframe])
        return {timeframe.value: _prediction(outcome) for (_, timeframe), outcome in outcomes.items()}

    def assess(self, pairs: Iterable[Pair]) -> dict[Pair, Outcome]:
        """A prediction for each symbol and timeframe, or the reason why there is none.

        Networks of equal shape on one timeframe are evaluated together, and trees for all models that share them.
        """
        prepared = {pair: self._prepare(pair) for pair in pairs}
        questions = [step for step in prepared.values() if isinstance(step, Question)]
        concluded = {
            question.pair: self._conclude(question, logits)
            for question, logits in zip(questions, self._evaluate(questions), strict=True)
        }
        return {pair: concluded[pair] if isinstance(step, Question) else step for pair, step in prepared.items()}

    def predict_history(self, symbol: str, timeframe: str, candles: pd.DataFrame | None = None) -> pd.DataFrame:
        """What the model says of every closed candle of ``candles`` that has a full window without a gap.

        A DataFrame indexed by candle open_time with the columns SHORT, NO_TRADE, LONG: calibrated
        probabilities. ``candles`` defaults to what the market holds. Closed by whose clock? The market's, or this
        machine's where ``candles`` are given before any market was asked. FileNotFoundError without a model,
        UnusableModel where its files cannot be trusted, BadCandles for candles out of order or with impossible prices.
        """
        parsed = Timeframe.parse(timeframe)
        model = self.registry.get(symbol, parsed)
        if candles is None:
            candles = self.candle_source.candles(resolve_symbol(symbol, self.candle_source.symbols()), parsed)
        candles = check_candles(candles, parsed)
        candles = closed_candles(candles, parsed, datetime.now(UTC) if self._source is None else self._source.now())
        return predict_along(model, candles)

    def _prepare(self, pair: Pair) -> Question | Outcome:
        symbol, timeframe = pair
        source = self.candle_source
        try:
            model = self.registry.get(symbol, timeframe)
        except (FileNotFoundError, UnusableModel) as error:
            return Unavailable(UnavailableKind.NO_MODEL, str(error))
        kind = UnavailableKind.NO_CANDLES
        try:
            status = source.status(symbol, timeframe)
            if status.state == "loading":
                kind = UnavailableKind.LOADING
            candles = source.arrays(symbol, timeframe)
            stale = status.reason if status.state in {"stale", "bad"} else None
            known = self._answers.get(pair)
            if known is not None and known.model is model and known.candles is candles and known.stale == stale:
                return known.result
            return ask(pair, model, candles, source.tick_size(symbol), stale)
        except CandorError as error:
            return Unavailable(kind, str(error))

    def _evaluate(self, questions: Sequence[Question]) -> np.ndarray:
        """Logits, float64, shape (questions, 3)."""
        logits = np.empty((len(questions), 3))
        for places in _alike((q.pair[1], q.model.network.dimensions) for q in questions).values():
            asked = [questions[place] for place in places]
            logits[places] = self._stack(tuple(q.model for q in asked))(np.stack([q.window for q in asked]))
        for trees, places in _alike(question.model.trees for question in questions).items():
            if trees is not None:
                asked = [questions[place] for place in places]
                shares = np.array([[question.model.metrics.network_share] for question in asked])
                newest = np.stack([question.window[-1] for question in asked])
                logits[places] = pooled_logits(logits[places], trees.logits(newest), shares)
        return logits

    def _stack(self, models: tuple[LoadedModel, ...]) -> StackedCnnLstm:
        """The models as one network."""
        with self._lock:
            stack = self._stacks.pop(models, None) or StackedCnnLstm([model.network for model in models])
            self._stacks[models] = stack
            while len(self._stacks) > _KEPT_STACKS:
                del self._stacks[next(iter(self._stacks))]
            return stack

    def _conclude(self, question: Question, logits: np.ndarray) -> PredictionResult:
        result = conclude(question, logits, self.candle_source.now())
        self._answers[question.pair] = _Answer(question.model, question.candles, question.stale, result)
        return result


def _prediction(outcome: Outcome) -> PredictionResult | None:
    return outcome if isinstance(outcome, PredictionResult) else None


def _alike(keys: Iterable[Key]) -> dict[Key, list[int]]:
    """The places at which each key stands."""
    places: dict[Key, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return places
