"""What a model reads on a candle: its newest window of features, standardised, and what its answer is made with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.domain import Series, Timeframe
from core.findings import LateCandles, MarketTrouble, TooFewCandles, UnfamiliarCandle
from core.market.candles import CandleArrays, gap_before, segments_of
from core.market.feed import SERVING_HISTORY
from core.model.features import WARM_UP_CANDLES, newest_features
from core.model.files import LoadedModel
from core.model.novelty import unfamiliar
from core.model.scaling import Scaling, clip


@dataclass(frozen=True, slots=True)
class Question:
    """A model, and the candles it is asked on. ``tick_size`` is in quote currency.

    ``stale`` says why the candles are older than they should be, where they are.
    """

    model: LoadedModel
    candles: CandleArrays
    tick_size: float
    stale: LateCandles | MarketTrouble | None

    @property
    def series(self) -> Series:
        return self.model.series


@dataclass(frozen=True, slots=True)
class ModelInputs:
    """What a model reads to answer a question on the newest candle, and what its answer is made with.

    ``window`` is standardised, float32, shape (window, features); ``atr`` is in quote currency.
    """

    question: Question
    window: np.ndarray
    unfamiliar: UnfamiliarCandle | None
    atr: float

    @property
    def model(self) -> LoadedModel:
        return self.question.model


def model_inputs(questions: Sequence[Question]) -> list[ModelInputs | TooFewCandles]:
    """The inputs of each question, from the gap-free stretch that ends with the newest candle; TooFewCandles where short.

    In no order: each names its series. Those of one timeframe are computed together.
    """
    found: list[ModelInputs | TooFewCandles] = []
    together: dict[tuple[Timeframe, int], list[tuple[Question, CandleArrays]]] = {}
    for question in questions:
        stretch = _newest_stretch(question)
        if isinstance(stretch, TooFewCandles):
            found.append(stretch)
        else:
            together.setdefault((question.series.timeframe, question.model.metrics.window), []).append(
                (question, stretch)
            )
    for (timeframe, window), asked in together.items():
        found.extend(_read_together(asked, timeframe, window))
    return found


def _newest_stretch(question: Question) -> CandleArrays | TooFewCandles:
    """The newest candles without a gap, if they are enough for the model's window and its warm-up."""
    timeframe, candles = question.series.timeframe, question.candles
    recent = candles[-SERVING_HISTORY:] if len(candles) > SERVING_HISTORY else candles
    segments = segments_of(recent.open_time_ms, timeframe)
    newest = recent[segments[-1]] if len(segments) > 1 else recent
    needed = WARM_UP_CANDLES - 1 + question.model.metrics.window
    if len(newest) >= needed:
        return newest
    return TooFewCandles(question.series, len(newest), needed, gap_before(recent, segments, timeframe))


def _read_together(
    asked: Sequence[tuple[Question, CandleArrays]], timeframe: Timeframe, window: int
) -> Iterator[ModelInputs]:
    features, atr = newest_features([stretch for _, stretch in asked], timeframe, window)
    scalings = [question.model.scaling for question, _ in asked]
    mean, scale = (np.stack(each)[:, None] for each in ([s.mean for s in scalings], [s.scale for s in scalings]))
    standardised = Scaling(mean, scale).standardise(features)
    windows = clip(standardised)
    novel = unfamiliar(standardised[:, -1], [question.model.novelty for question, _ in asked])
    for place, (question, _) in enumerate(asked):
        yield ModelInputs(question, windows[place], novel[place], float(atr[place]))
