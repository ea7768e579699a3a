"""Why a model says what it says on a candle: what each group of features adds to P(move), and to the side apart.

Shapley values (Shapley, A value for n-person games, 1953) of the groups of core.model.features, exact: all 2^7 coalitions
are enumerated. A coalition is worth the mean answer over a background of earlier windows, from which every group outside
of it is taken, window by window, whatever those inside are (the interventional value: Štrumbelj and Kononenko,
Explaining prediction models and individual predictions with feature contributions, 2014; Lundberg and Lee, A unified
approach to interpreting model predictions, 2017). So the effects add up from the background's mean to what was issued.

The background is of the same series: of the candles at hand, those windows that end on every 17th candle since the Unix
epoch. Published models keep none of their training windows; 17 has no factor in common with the candles of a day or
a week, so that all hours and weekdays take part, and a window stays in the background as time passes.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from math import comb

import numpy as np

from core.domain import Series
from core.errors import CandorError
from core.market.candles import CandleArrays, moment_of, segments_of, unix_ms
from core.market.feed import CandleFeed
from core.model.features import DESCRIBED, FeatureGroup, feature_matrix
from core.model.files import LoadedModel
from core.model.promises import Promises
from core.model.registry import ModelRegistry
from core.model.scaling import clip
from core.prediction import Prediction
from core.signals.evaluation import answers_to
from core.signals.history import answerable
from core.signals.inputs import ModelInputs, Question, model_inputs

GROUPS = tuple(FeatureGroup)

STRIDE = 17
"""Candles from one background window to the next. Of 500 candles 20 windows or 21 end on such a one. Against every third
candle an effect is then off by 0.3 points at 15m (0.1 of the side), the largest of 56 by 0.8. One explanation takes
0.11 to 0.14 s of one core, nearly all of it the network's: 128 coalitions of each window."""

LEAST_WINDOWS = 8
"""Of fewer a mean says too little to compare with."""


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
    """Windows that a signal is compared with; ``first`` and ``last`` are the open times of the candles they end with."""

    windows: int
    first: datetime
    last: datetime


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
    """There is too little to compare a signal with, or what it was made of is there no more."""

    code = "not_explained"


class Explanations:
    """Explains a board's predictions when somebody asks, and remembers each until the next candle's. Thread-safe."""

    def __init__(self, feed: CandleFeed, registry: ModelRegistry) -> None:
        self._feed = feed
        self._registry = registry
        self._lock = threading.Lock()
        self._kept: dict[Series, Explanation] = {}

    def of(self, prediction: Prediction) -> Explanation:
        """The explanation of what the board says of a series; NotExplained says what there is too little of."""
        with self._lock:
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


def explain(model: LoadedModel, candles: CandleArrays) -> Explanation:
    """Explain the answer on the newest of ``candles``, which are closed; NotExplained says how many are missing."""
    found = model_inputs([Question(model, candles, 1.0, None)])  # the tick is of levels, and none are made
    inputs = [each for each in found if isinstance(each, ModelInputs)]
    times, windows = _background(model, candles)
    if not inputs or len(windows) < LEAST_WINDOWS:
        raise NotExplained(
            f"{model.series} has {len(windows)} earlier windows without a gap to compare its newest candle with; expected "
            f"at least {LEAST_WINDOWS}. One more comes with every {STRIDE} candles."
        )
    answers = np.stack([_answers(model, inputs[0].window, other) for other in windows])
    test = model.metrics.test
    return Explanation(
        model.series,
        model.version,
        moment_of(int(candles.open_time_ms[-1])),
        Background(len(windows), moment_of(int(times[0])), moment_of(int(times[-1]))),
        _explained(1 - answers[..., 1], test.move if test else None),
        _explained(_share_of_long(answers), test.side if test else None),
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


def _background(model: LoadedModel, candles: CandleArrays) -> tuple[np.ndarray, np.ndarray]:
    """Open times (n,) in Unix ms of the candles that background windows end with, and those, (n, window, features)."""
    step, length = model.series.timeframe.milliseconds, model.metrics.window
    read = np.concatenate(
        [
            feature_matrix(candles[segment], model.series.timeframe)
            for segment in segments_of(candles.open_time_ms, model.series.timeframe)
        ]
    )
    ends = answerable(model, candles[:-1])
    ends = ends[candles.open_time_ms[ends] // step % STRIDE == 0]
    rows = ends[:, None] + np.arange(1 - length, 1)
    return candles.open_time_ms[ends], clip(model.scaling.standardise(read[rows]))


def _share_of_long(answers: np.ndarray) -> np.ndarray:
    """P(LONG | move) of probabilities (..., 3), as a prediction says it."""
    short, long = answers[..., 0], answers[..., 2]
    moving = short + long
    return np.where(moving > 0, long / np.where(moving > 0, moving, 1.0), 0.5)


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
