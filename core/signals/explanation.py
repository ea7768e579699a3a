"""Why a model says what it says on a candle: what each group of features adds to P(move), and to the side apart.

Shapley values (Shapley, A value for n-person games, 1953) of the groups of core.model.features, exact: all 2^7 coalitions
are enumerated. A coalition is worth the mean answer over the model's background, training windows from which every group
outside of it is taken, window by window, whatever those inside are (the interventional value: Štrumbelj and Kononenko,
Explaining prediction models and individual predictions with feature contributions, 2014; Lundberg and Lee, A unified
approach to interpreting model predictions, 2017). So the effects add up from the background's mean to what was issued.

The background stays with the model for as long as that serves, so that two explanations of it differ by their candles alone:
core.learning.background says which windows it is of.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from math import comb

import numpy as np

from core.domain import Series
from core.errors import CandorError
from core.market.candles import CandleArrays, moment_of, unix_ms
from core.market.feed import CandleFeed
from core.model.features import DESCRIBED, FeatureGroup
from core.model.files import LoadedModel
from core.model.periods import Period
from core.model.probabilities import share_of_long
from core.model.promises import Promises
from core.model.registry import ModelRegistry
from core.prediction import Prediction
from core.signals.evaluation import answers_to
from core.signals.inputs import ModelInputs, Question, model_inputs

GROUPS = tuple(FeatureGroup)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a group adds to a probability, -1 to 1, and the standard error of that, as if background windows were apart."""

    group: FeatureGroup
    added: float
    error: float


@dataclass(frozen=True, slots=True)
class Explained:
    """One probability: ``issued`` is the ``background``'s mean and all that ``effects`` add to it, the largest first.

    ``model_error`` is how far the model's own test found such probabilities off on average, over ``test_candles``, and
    ``by_chance`` how far a perfect model would have been on as long a test; None where it was never measured.
    """

    issued: float
    background: float
    effects: tuple[Effect, ...]
    model_error: float | None
    by_chance: float | None
    test_candles: int | None

    def drowned(self, effect: Effect) -> bool:
        """Whether an effect is smaller than what the model gets wrong."""
        return self.model_error is not None and abs(effect.added) < self.model_error


@dataclass(frozen=True, slots=True)
class Background:
    """So many windows of a model's training ``period`` that a signal is compared with."""

    windows: int
    period: Period


@dataclass(frozen=True, slots=True)
class Explanation:
    """Of a model's answer on the candle that opened at ``candle_open_time``: P(move), and P(LONG | move) apart."""

    series: Series
    model_version: str
    candle_open_time: datetime
    background: Background
    move: Explained
    side: Explained

    def explains(self, prediction: Prediction) -> bool:
        """Whether it is of this very answer."""
        mine = self.series, self.model_version, self.candle_open_time
        return mine == (prediction.series, prediction.model_version, prediction.candle_open_time)


class NotExplained(CandorError):
    """What a signal was made of is there no more."""

    code = "not_explained"


class Explanations:
    """Explains a board's predictions when somebody asks, and remembers each until the next candle's. Thread-safe."""

    def __init__(self, feed: CandleFeed, registry: ModelRegistry) -> None:
        self._feed = feed
        self._registry = registry
        self._locks: defaultdict[Series, threading.Lock] = defaultdict(threading.Lock)
        self._kept: dict[Series, Explanation] = {}

    def of(self, prediction: Prediction) -> Explanation:
        """The explanation of what the board says of a series; NotExplained where its model or candles were replaced."""
        with self._locks[prediction.series]:  # so that what is made once keeps nobody waiting who asks for another
            kept = self._kept.get(prediction.series)
            if kept is None or not kept.explains(prediction):
                kept = self._kept[prediction.series] = self._made(prediction)
            return kept

    def _made(self, prediction: Prediction) -> Explanation:
        series = prediction.series
        model, candles = self._registry.find(series), self._feed.arrays(*series)
        until = candles[candles.open_time_ms <= unix_ms(prediction.candle_open_time)]
        made = explain(model, until) if isinstance(model, LoadedModel) and len(until) else None
        if made is None or not made.explains(prediction):
            raise NotExplained(
                f"What {series} said of {prediction.candle_open_time:%Y-%m-%d %H:%M} UTC cannot be explained any more: its "
                "model or its candles were replaced. The next candle's signal can be."
            )
        return made


def explain(model: LoadedModel, candles: CandleArrays) -> Explanation | None:
    """Explain the answer on the newest of ``candles``, which are closed; None where the model has no whole window of them."""
    [inputs] = model_inputs([Question(model, candles, 1.0, None)])  # the tick is of levels, and none are made
    if not isinstance(inputs, ModelInputs):
        return None
    answers = np.stack([_answers(model, inputs.window, other) for other in model.background])
    test = model.metrics.test
    return Explanation(
        model.series,
        model.version,
        moment_of(int(candles.open_time_ms[-1])),
        Background(len(model.background), model.metrics.periods.train),
        _explained(1 - answers[..., 1], test.move if test else None),
        _explained(share_of_long(answers), test.side if test else None),
    )


def shapley_values(worths: np.ndarray) -> np.ndarray:
    """What each player adds, shape (players, ...), of what coalitions are worth, shape (2^players, ...).

    A coalition's place has the bits of those in it; that of nobody is 0. All values add up to the last less the first.
    """
    return np.tensordot(_weights(len(worths).bit_length() - 1), worths, axes=1)


@cache
def _weights(players: int) -> np.ndarray:
    """How much each coalition counts for each player, (players, 2^players): as what it has with, or lacks without it."""
    coalitions = np.arange(2**players)
    inside = (coalitions >> np.arange(players)[:, None] & 1).astype(bool)
    others = np.bitwise_count(coalitions) - inside
    orders = np.array([players * comb(players - 1, n) for n in range(players)])
    return np.where(inside, 1.0, -1.0) / orders[others]


@cache
def _features_inside() -> np.ndarray:
    """Which features each coalition of GROUPS holds, bool (coalitions, features)."""
    group = np.array([GROUPS.index(feature.group) for feature in DESCRIBED])
    return (np.arange(2 ** len(GROUPS))[:, None] >> group & 1).astype(bool)


def _answers(model: LoadedModel, window: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Probabilities (coalitions, 3) of a window of which each coalition leaves the rest to another one."""
    return answers_to(model, np.where(_features_inside()[:, None], window, other))


def _explained(answers: np.ndarray, promised: Promises | None) -> Explained:
    """Of answers (windows, coalitions) what each group adds, on the mean over windows."""
    added = shapley_values(answers.T)
    error = added.std(axis=1, ddof=1) / np.sqrt(len(answers))
    effects = [Effect(*each) for each in zip(GROUPS, added.mean(axis=1).tolist(), error.tolist(), strict=True)]
    return Explained(
        issued=float(answers[0, -1]),
        background=float(answers[:, 0].mean()),
        effects=tuple(sorted(effects, key=lambda effect: -abs(effect.added))),
        model_error=None if promised is None else promised.ece,
        by_chance=None if promised is None else promised.ece_by_chance.mean,
        test_candles=None if promised is None else promised.n,
    )
