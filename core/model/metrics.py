"""What metrics.json says about a model: written by training, checked by the registry, read by pages and API.

Key names are a contract; more may follow, none may vanish. Every model of a coin and timeframe carries one.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, ValidationError, model_validator

from core.domain import DIRECTION_TO_LABEL, Direction, ModelKind, Series, Timeframe
from core.errors import UnusableModel
from core.model.bounds import (
    BarrierMultiple,
    Candles,
    FeatureMean,
    FeatureScale,
    Horizon,
    Loss,
    Moment,
    Precision,
    Sha256,
    Share,
    ShareInterval,
    Skill,
    SkillInterval,
    Text,
)
from core.model.features import FEATURES, season_days
from core.model.periods import Period, Periods, Record, TestedAs, TimeToTarget
from core.model.promises import RELIABILITY_BINS, ROUNDING, Promises
from core.model.strict_json import NotPlainJson, parse_json
from core.text import shorten

LARGEST_METRICS = 200_000
"""Bytes of metrics.json; ours take 13,000."""


class ClassFrequencies(Record):
    """Shares of the three classes; they sum to 1."""

    SHORT: Share
    NO_TRADE: Share
    LONG: Share

    @model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        if abs(self.SHORT + self.NO_TRADE + self.LONG - 1) > 1e-3:
            raise ValueError(f"class frequencies must sum to 1, not {self.SHORT + self.NO_TRADE + self.LONG:.4f}")
        return self


_OneEach = Field(min_length=len(FEATURES), max_length=len(FEATURES))


class FeatureScaling(Record):
    """Mean and standard deviation of each feature over the training candles: see core.model.scaling."""

    mean: Annotated[list[FeatureMean], _OneEach]
    scale: Annotated[list[FeatureScale], _OneEach]


class Novelty(Record):
    """What tells an unfamiliar candle: see core.model.novelty. ``precision`` is of the standardised features."""

    precision: Annotated[list[Annotated[list[Precision], _OneEach]], _OneEach]
    limit: Annotated[float, Field(gt=0, le=1e9)]

    @model_validator(mode="after")
    def _measures_distances(self) -> Self:
        """Of an inverse covariance every squared distance is positive; of any other matrix some have no root."""
        matrix = np.array(self.precision)
        if not np.allclose(matrix, matrix.T) or np.linalg.eigvalsh(matrix)[0] <= 0:
            raise ValueError("precision must be symmetric and positive definite, as an inverse covariance is")
        return self


class ReliabilityBin(Record):
    """Predictions whose confidence fell into (lower, upper]; the two means are None where there are none."""

    lower: Share
    upper: Share
    n: Candles
    mean_confidence: Share | None
    accuracy: Share | None

    @model_validator(mode="after")
    def _measured_where_there_are_candles(self) -> Self:
        if (self.mean_confidence is None or self.accuracy is None) != (self.n == 0):
            raise ValueError("a bin has its two means where it has candles, and only there")
        return self


class Evaluation(Record):
    """How a model did on a period that nothing was chosen on. Losses are mean natural-log losses (nats).

    ``majority_accuracy`` is what always calling the test period's own most frequent class would score: the
    strictest of the constant baselines, since it is chosen with hindsight.
    ``skill`` is 1 - log_loss / climatology_log_loss, climatology being the class frequencies of all the candles
    the model has learned from.
    ``timing_skill`` is the same for the question "is a barrier touched?", ``direction_skill`` for "which one?"
    where one was touched; ``timing_skill_over_clock`` is timing against a table of coin and hour of the week.
    ``confusion_matrix`` counts candles: rows are what happened, columns what was called,
    both in the order SHORT, NO_TRADE, LONG. Intervals of skills come from a bootstrap over
    blocks of whole UTC days, as many as a label may look ahead.
    ``move`` tells what P(move) promised and what came true, ``side`` the same of P(LONG | move) where a barrier was
    touched; None where nobody measured it.
    """

    n: Annotated[Candles, Field(ge=1)]
    accuracy: Share
    accuracy_interval: ShareInterval
    majority_accuracy: Share
    balanced_accuracy: Share
    log_loss: Loss
    climatology_log_loss: Loss
    uniform_log_loss: Loss
    skill: Skill
    skill_interval: SkillInterval
    timing_skill: Skill
    timing_skill_interval: SkillInterval
    timing_skill_over_clock: Skill
    timing_skill_over_clock_interval: SkillInterval
    direction_skill: Skill
    direction_skill_interval: SkillInterval
    brier: Annotated[float, Field(ge=0, le=2)]
    ece: Share
    confusion_matrix: Annotated[
        list[Annotated[list[Candles], Field(min_length=3, max_length=3)]],
        Field(min_length=3, max_length=3),
    ]
    reliability: Annotated[list[ReliabilityBin], Field(min_length=RELIABILITY_BINS, max_length=RELIABILITY_BINS)]
    move: Promises | None = None
    side: Promises | None = None

    @model_validator(mode="after")
    def _counts_agree(self) -> Self:
        counted = sum(map(sum, self.confusion_matrix))
        if counted != self.n:
            raise ValueError(f"confusion_matrix counts {counted} candles, n says {self.n}")
        binned = sum(each.n for each in self.reliability)
        if binned > self.n:
            raise ValueError(f"reliability counts {binned} candles, n says {self.n}")
        self._agrees("accuracy", sum(row[i] for i, row in enumerate(self.confusion_matrix)))
        self._agrees("majority_accuracy", max(map(sum, self.confusion_matrix)))
        low, high = self.accuracy_interval
        if not low - ROUNDING <= self.accuracy <= high + ROUNDING:
            raise ValueError(f"accuracy {self.accuracy} is outside its own interval, {low} to {high}")
        return self

    def _agrees(self, name: str, right: int) -> None:
        """What decides between red and green must follow from the counted candles, never be merely claimed."""
        claimed, counted = getattr(self, name), right / self.n
        if abs(claimed - counted) > ROUNDING:
            raise ValueError(f"{name} is {claimed}, but confusion_matrix makes it {counted:.6f}")

    @model_validator(mode="after")
    def _promises_are_about_the_same_candles(self) -> Self:
        short, quiet, long = map(sum, self.confusion_matrix)
        for name, promises, n, hits in (
            ("move", self.move, self.n, self.n - quiet),
            ("side", self.side, short + long, long),
        ):
            if promises and (promises.n != n or abs(promises.came_true - hits / n) > ROUNDING):
                raise ValueError(
                    f"{name} says that {promises.came_true:.4f} of {promises.n} came true, "
                    f"but confusion_matrix counts {hits} of {n}"
                )
        return self

    def calls(self, direction: Direction) -> int:
        """How many test candles were called ``direction``."""
        column = DIRECTION_TO_LABEL[direction]
        return sum(row[column] for row in self.confusion_matrix)


class ModelMetrics(Record):
    """The whole of metrics.json. ``test`` is None for a model that was never tested.

    In an ensemble the network weighs ``network_share`` in the question whether a barrier is touched and ``side_share`` in
    the question which one, the trees the rest; ``temperature`` is that of both together. ``season1_days`` says how
    many days ago the seasons began whose mean the feature season1 is. A model with ``tested_as`` has learned until the end of all
    candles, and ``test`` tells how that other model did.
    """

    symbol: Annotated[Text, Field(min_length=1, max_length=40)]
    timeframe: Annotated[Timeframe, Field(strict=False)]
    model_version: Annotated[Text, Field(min_length=1, max_length=80)]
    trained_at: Moment
    market: Annotated[Text, Field(min_length=1, max_length=80)]
    periods: Periods
    tested_as: TestedAs | None = None
    features: list[str]
    season1_days: list[int]
    window: Annotated[int, Field(ge=1, le=1024)]
    barrier_atr_multiple: BarrierMultiple
    horizon_candles: Horizon
    temperature: Annotated[float, Field(ge=0.01, le=10)]
    novelty: Novelty
    climatology: ClassFrequencies
    time_to_target_minutes: TimeToTarget
    scaling: FeatureScaling
    kind: ModelKind = "cnn_lstm"
    network_share: Share = 1.0
    side_share: Share = 1.0
    sha256: dict[Literal["cnn_lstm_best.pt", "scaler.pkl", "background.npy", "boosted_trees.npz"], Sha256]
    test: Evaluation | None

    @property
    def series(self) -> Series:
        return Series(self.symbol, self.timeframe)

    @property
    def tested_version(self) -> str:
        """The version of the model that ``test`` is about."""
        return self.tested_as.model_version if self.tested_as else self.model_version

    @property
    def tested_periods(self) -> Periods:
        """The periods of the model that ``test`` is about."""
        return self.tested_as.periods if self.tested_as else self.periods

    @property
    def test_period(self) -> Period:
        """The period that ``test`` is about; neither of the model's own nor of the tested one's others holds it."""
        found = self.tested_periods.test
        assert found is not None
        return found

    @property
    def training_candles(self) -> int:
        """How many candles there are from the first to the last of the training period, gaps counted in."""
        train = self.periods.train
        return (train.to - train.from_) // self.timeframe.duration + 1

    @model_validator(mode="after")
    def _reads_our_features(self) -> Self:
        if tuple(self.features) != FEATURES:
            foreign = [name for name in self.features if name not in FEATURES]
            raise ValueError(
                f"features must be the {len(FEATURES)} of core.model.features in their order; "
                f"got {len(self.features)}" + (f", among them {shorten(foreign[0])!r}" if foreign else "")
            )
        if tuple(self.season1_days) != season_days(self.timeframe):
            raise ValueError(
                f"season1_days must be {list(season_days(self.timeframe))} at {self.timeframe}; got {shorten(self.season1_days)}"
            )
        return self

    @model_validator(mode="after")
    def _was_tested_some_time(self) -> Self:
        if self.tested_periods.test is None:
            where = "tested_as" if self.tested_as else "a model without tested_as"
            raise ValueError(f"{where} has no test period; expected the one that the figures are of")
        return self

    @model_validator(mode="after")
    def _has_the_parts_of_its_kind(self) -> Self:
        if (self.network_share < 1) != (self.kind == "ensemble"):
            raise ValueError(
                f"network_share is {self.network_share} and kind {self.kind}; expected 1 for cnn_lstm, below 1 for ensemble"
            )
        if self.side_share < 1 and self.kind != "ensemble":
            raise ValueError(
                f"side_share is {self.side_share} and kind {self.kind}; expected 1 where there are no trees"
            )
        files = {"cnn_lstm_best.pt", "scaler.pkl", "background.npy"} | (
            {"boosted_trees.npz"} if self.kind == "ensemble" else set()
        )
        if set(self.sha256) != files:
            raise ValueError(f"sha256 names {sorted(self.sha256)}; a model of kind {self.kind} has {sorted(files)}")
        return self


def validate_metrics(values: object) -> ModelMetrics:
    """``values`` (parsed JSON) as ModelMetrics; UnusableModel names the first key that is missing or wrong."""
    try:
        return ModelMetrics.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = shorten(".".join(map(str, first["loc"])), 80)
        got = "" if first["type"] == "missing" or not key else f" is {shorten(first['input'])!r}"
        where = f"The key {key!r} of metrics.json" if key else "metrics.json"
        raise UnusableModel(f"{where}{got}: {first['msg'].removeprefix('Value error, ')}.") from None


def parse_metrics(content: bytes) -> ModelMetrics:
    """What a metrics.json says; UnusableModel names the first thing that is wrong with it."""
    try:
        values = parse_json(content)
    except NotPlainJson as error:
        raise UnusableModel(f"metrics.json is damaged or foreign: {error}; train the model anew.") from None
    return validate_metrics(values)
