"""Predictions: candles -> features -> network -> calibrated probabilities -> levels and trust.

One prediction costs about a millisecond, the whole board some tens; a prediction of a candle that was
already seen costs microseconds, since it is remembered for as long as its model and its candles are the newest.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

import numpy as np
import pandas as pd
import torch

from core.cnn_lstm import StackedCnnLstm
from core.domain import (
    DIRECTION_TO_LABEL,
    LABEL_TO_DIRECTION,
    CandorError,
    Direction,
    PredictionResult,
    Timeframe,
    UnusableModel,
    iso,
    normalise_symbol,
    resolve_symbol,
)
from core.feature_calculator import FEATURE_CLIP, WARM_UP_CANDLES, calculate_features, feature_matrix
from core.market.candles import CandleArrays, check_candles, closed_candles, open_times_ms, segments_of
from core.market.choice import choose_market
from core.market.feed import SERVING_HISTORY, SeriesStatus
from core.market.on_demand import OnDemandCandles
from core.model_registry import LoadedModel, ModelRegistry, get_registry
from core.novelty import Novel, novel
from core.settings import get_settings
from core.trade_levels import average_true_range, trade_levels
from core.trust import judge

__all__ = ["DIRECTION_TO_LABEL", "LABEL_TO_DIRECTION", "InferenceService", "PredictionResult", "Unavailable"]

_KEPT_STACKS = 16
"""Groups of models that were lately evaluated together and are kept stacked: one per timeframe in ordinary times."""

_HISTORY_BATCH = 2048  # windows per forward pass of predict_history


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


class PredictionsBySymbol(dict[str, PredictionResult | None]):
    """Keyed by full symbol; ``results["ETH"]`` finds ``ETHUSDT``, as everywhere else."""

    def __missing__(self, written: str) -> PredictionResult | None:
        symbol = normalise_symbol(written)
        if symbol == written or symbol not in self:
            raise KeyError(written)
        return self[symbol]


@dataclass(frozen=True, slots=True)
class _Question:
    """All that a model is asked on one candle, and what its answer is made of.

    ``window`` is standardised, float32, shape (window, features); ``tick_size`` and ``atr`` are in quote currency.
    ``stale`` is the feed's sentence where the candles are older than they should be.
    """

    pair: Pair
    model: LoadedModel
    candles: CandleArrays
    tick_size: float
    window: np.ndarray
    novelty: Novel | None
    atr: float
    stale: str | None


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

        Models of equal shape on one timeframe are evaluated together.
        """
        prepared = {pair: self._prepare(pair) for pair in pairs}
        questions = [step for step in prepared.values() if isinstance(step, _Question)]
        concluded = {
            question.pair: self._conclude(question, logits)
            for question, logits in zip(questions, self._evaluate(questions), strict=True)
        }
        return {pair: concluded[pair] if isinstance(step, _Question) else step for pair, step in prepared.items()}

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
        features = calculate_features(candles, parsed)
        ends = _full_window_ends(open_times_ms(candles), parsed, model.metrics.window)
        standardised = _clip(_standardise(features.to_numpy(), model))
        logits = [
            _forward(
                model,
                np.stack([standardised[end - model.metrics.window : end] for end in ends[at : at + _HISTORY_BATCH]]),
            )
            for at in range(0, len(ends), _HISTORY_BATCH)
        ]
        probabilities = _softmax(np.concatenate(logits) / model.metrics.temperature) if logits else np.empty((0, 3))
        return pd.DataFrame(probabilities, index=features.index[ends - 1], columns=[d.value for d in Direction])

    def _prepare(self, pair: Pair) -> _Question | Outcome:
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
            return _ask(pair, model, candles, source.tick_size(symbol), stale)
        except CandorError as error:
            return Unavailable(kind, str(error))

    def _evaluate(self, questions: Sequence[_Question]) -> list[np.ndarray]:
        """Logits, float64, shape (3,), for each question."""
        groups: dict[object, list[int]] = {}
        for place, question in enumerate(questions):
            groups.setdefault((question.pair[1], question.model.network.dimensions), []).append(place)
        logits: dict[int, np.ndarray] = {}
        for places in groups.values():
            asked = [questions[place] for place in places]
            answers = self._stack(tuple(q.model for q in asked))(np.stack([q.window for q in asked]))
            logits.update(zip(places, answers.astype(np.float64), strict=True))
        return [logits[place] for place in range(len(questions))]

    def _stack(self, models: tuple[LoadedModel, ...]) -> StackedCnnLstm:
        """The models as one network."""
        with self._lock:
            stack = self._stacks.pop(models, None) or StackedCnnLstm([model.network for model in models])
            self._stacks[models] = stack
            while len(self._stacks) > _KEPT_STACKS:
                del self._stacks[next(iter(self._stacks))]
            return stack

    def _conclude(self, question: _Question, logits: np.ndarray) -> PredictionResult:
        result = _result(question, logits, self.candle_source.now())
        self._answers[question.pair] = _Answer(question.model, question.candles, question.stale, result)
        return result


def _prediction(outcome: Outcome) -> PredictionResult | None:
    return outcome if isinstance(outcome, PredictionResult) else None


def _ask(
    pair: Pair, model: LoadedModel, candles: CandleArrays, tick_size: float, stale: str | None
) -> _Question | Unavailable:
    """The question a model is asked on the newest candle, from the gap-free stretch that ends with it."""
    recent = candles[-SERVING_HISTORY:] if len(candles) > SERVING_HISTORY else candles
    segments = segments_of(recent.open_time_ms, pair[1])
    newest = recent[segments[-1]] if len(segments) > 1 else recent
    window = model.metrics.window
    needed = WARM_UP_CANDLES - 1 + window
    if len(newest) < needed:
        return Unavailable(UnavailableKind.NO_CANDLES, _too_short(pair, len(newest), needed, len(segments) > 1))
    features = feature_matrix(newest, pair[1], newest=window)
    atr = float(average_true_range(newest.high, newest.low, newest.close)[-1])
    standardised = _standardise(features, model)
    unfamiliar = novel(standardised[-1], model.novelty)
    return _Question(pair, model, candles, tick_size, _clip(standardised), unfamiliar, atr, stale)


def _too_short(pair: Pair, got: int, needed: int, gap: bool) -> str:
    since = "since the last gap" if gap else "so far"
    return (
        f"{pair[0]} has {got} {pair[1]} candles without a gap {since}; a prediction needs {needed}, "
        f"the next {needed - got} closed candles will do."
    )


def _standardise(features: np.ndarray, model: LoadedModel) -> np.ndarray:
    return (features - model.mean) / model.scale


def _clip(standardised: np.ndarray) -> np.ndarray:
    """What a network reads: float32, within the range it was trained on."""
    return np.clip(standardised, -FEATURE_CLIP, FEATURE_CLIP).astype(np.float32)


def _forward(model: LoadedModel, windows: np.ndarray) -> np.ndarray:
    """Logits, float64, shape (windows, 3), out of standardised windows (windows, window, features)."""
    with torch.inference_mode():
        return model.network(torch.from_numpy(windows)).double().numpy()


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _full_window_ends(times_ms: np.ndarray, timeframe: Timeframe, window: int) -> np.ndarray:
    """Row numbers just past each window whose features are all finite and which spans no gap."""
    first = WARM_UP_CANDLES - 1 + window
    ends = [np.arange(s.start + first, s.stop + 1) for s in segments_of(times_ms, timeframe)]
    return np.concatenate(ends) if ends else np.empty(0, dtype=int)


def _result(question: _Question, logits: np.ndarray, now: datetime) -> PredictionResult:
    """The prediction as users see it; ``now`` is the market's time."""
    metrics = question.model.metrics
    symbol, timeframe = question.pair
    values = _softmax(logits / metrics.temperature)
    probabilities = {direction: float(values[label]) for direction, label in DIRECTION_TO_LABEL.items()}
    direction = Direction(LABEL_TO_DIRECTION[int(values.argmax())])
    likelier = Direction.LONG if probabilities["LONG"] >= probabilities["SHORT"] else Direction.SHORT
    side = likelier if direction is Direction.NO_TRADE else direction
    levels = trade_levels(
        side, float(question.candles.close[-1]), metrics.barrier_atr_multiple * question.atr, question.tick_size
    )
    times_to_target = getattr(metrics.time_to_target_minutes, side)
    opened = datetime.fromtimestamp(int(question.candles.open_time_ms[-1]) / 1000, UTC)
    return PredictionResult(
        symbol=symbol,
        timeframe=timeframe.value,
        direction=direction.value,
        confidence=probabilities[direction],
        probabilities={d: probabilities[d] for d in ("LONG", "SHORT", "NO_TRADE")},
        model_accuracy=None if metrics.test is None else metrics.test.accuracy,
        test_candles=None if metrics.test is None else metrics.test.n,
        majority_accuracy=None if metrics.test is None else metrics.test.majority_accuracy,
        prediction_time=iso(now),
        valid_until=iso(opened + 2 * timeframe.duration),
        entry=levels.entry,
        stop_loss=levels.stop_loss,
        take_profits={"tp1": levels.tp1, "tp2": levels.tp2, "tp3": levels.tp3},
        levels_side=side.value,
        tp_eta_minutes=None if times_to_target is None else round(times_to_target.median),
        trust=judge(metrics, now, question.novelty, question.stale),
        model_version=metrics.model_version,
        candle_open_time=iso(opened),
    )
