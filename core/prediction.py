"""What models say: one call on one closed candle, its face for the first design, and what several calls say together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.domain import Direction, ModelKind, Series, Timeframe, TradeLevels
from core.findings import Expired, LateCandles, MeasuredAccuracy, Trust


@dataclass(frozen=True, eq=False)
class Prediction:
    """One model's call on one closed candle, equal only to itself.

    ``probabilities`` holds LONG, SHORT and NO_TRADE, calibrated, summing to 1. ``levels`` are of the direction called,
    or of the likelier of LONG and SHORT where that is NO_TRADE. ``minutes_to_target`` is the median time to tp1 among
    the training labels that reached it. ``accuracy`` is None where the model was never tested. ``model_kind`` says who
    speaks: ``cnn_lstm``, or ``ensemble`` for the network together with gradient-boosted trees.
    """

    series: Series
    direction: Direction
    probabilities: Mapping[Direction, float]
    levels: TradeLevels
    minutes_to_target: int | None
    candle_open_time: datetime
    issued_at: datetime
    trust: Trust
    accuracy: MeasuredAccuracy | None
    model_version: str
    model_kind: ModelKind

    @property
    def confidence(self) -> float:
        """The largest of the three probabilities."""
        return self.probabilities[self.direction]

    @property
    def candle_close_time(self) -> datetime:
        return self.candle_open_time + self.series.timeframe.duration

    @property
    def valid_until(self) -> datetime:
        """The close of the next candle, when a new prediction replaces this one."""
        return self.candle_close_time + self.series.timeframe.duration

    @property
    def expired(self) -> bool:
        """Whether its time was over when it was judged last: that was said of it, or that newer candles are late."""
        return any(isinstance(finding.facts, Expired | LateCandles) for finding in self.trust.findings)


@dataclass(frozen=True, slots=True)
class TrustResult:
    """A Trust as PredictionResult shows it: ``reasons`` are sentences, gravest first."""

    verdict: str
    severity: str | None
    reasons: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {"verdict": self.verdict, "severity": self.severity, "reasons": list(self.reasons)}


@dataclass(frozen=True, slots=True)
class PredictionResult:
    """A Prediction as the first design and the REST API show it. Times are ISO 8601 in UTC, prices in quote currency.

    ``probabilities`` maps LONG, SHORT and NO_TRADE to calibrated probabilities that sum to 1; ``confidence`` is the
    largest. ``model_accuracy`` was measured on ``test_candles`` candles, of which always calling the most frequent class
    gets ``majority_accuracy`` right; None where the model was never tested. ``levels_side`` is the direction the levels
    belong to: the likelier of LONG and SHORT when ``direction`` is NO_TRADE. ``expired`` tells that ``valid_until`` was
    over, by the market's clock, when this was made. Made by core.wording.result.
    """

    symbol: str
    timeframe: str
    direction: str
    confidence: float
    probabilities: Mapping[str, float]
    model_accuracy: float | None
    test_candles: int | None
    majority_accuracy: float | None
    entry: float
    stop_loss: float
    take_profits: Mapping[str, float]
    tp_eta_minutes: int | None
    prediction_time: str
    valid_until: str
    expired: bool
    levels_side: str
    trust: TrustResult
    model_version: str
    model_kind: str
    candle_open_time: str

    def to_dict(self) -> dict[str, Any]:
        """The prediction as it goes over the REST API: its fields, in their order, as plain data."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return values | {
            "probabilities": dict(self.probabilities),
            "take_profits": dict(self.take_profits),
            "trust": self.trust.to_dict(),
        }


# ---------------------------------------------------------------- several timeframes together


@dataclass(frozen=True, slots=True)
class Veto:
    """The longest timeframe that takes a side calls ``direction``, ``against`` the lean of the shorter ones."""

    timeframe: Timeframe
    direction: Direction
    confidence: float
    against: Direction


@dataclass(frozen=True, slots=True)
class Confluence:
    """What a coin's timeframes say together.

    ``score`` runs from -1 (all SHORT, certain) to 1 (all LONG, certain). ``leaning`` is its side, NO_TRADE where
    nothing leans; ``agreement`` is the weighted share of ``counted`` timeframes that are ``sided`` with it, of which
    those of ``doubtful`` have a warning against them. Timeframes whose model is weak are ``ignored``.
    """

    score: float
    leaning: Direction
    agreement: float
    sided: tuple[Timeframe, ...]
    doubtful: tuple[Timeframe, ...]
    counted: tuple[Timeframe, ...]
    ignored: tuple[Timeframe, ...]
    veto: Veto | None

    @property
    def direction(self) -> Direction:
        """The side they lean to, or NO_TRADE where nothing leans or a longer timeframe vetoes."""
        return Direction.NO_TRADE if self.veto else self.leaning
