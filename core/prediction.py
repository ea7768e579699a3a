"""What models say: one call on one closed candle, its face for the first design, and what several calls say together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.domain import Direction, ModelKind, Series, Timeframe, TradeLevels
from core.findings import Expired, LateCandles, Trust
from core.measured import MeasuredAccuracy


def given_a_move(probability: float, long: float, short: float) -> float:
    """The probability of one of the sides, given that ``long`` or ``short`` comes; a half where neither can."""
    return probability / (long + short) if long + short > 0 else 0.5


@dataclass(frozen=True, eq=False)
class Prediction:
    """One model's call on one closed candle, equal only to itself.

    ``probabilities`` holds LONG, SHORT and NO_TRADE, calibrated, summing to 1. ``levels`` are of the direction called,
    or of the likelier of LONG and SHORT where that is NO_TRADE. ``minutes_to_target`` is the median time to tp1 among
    the training labels that reached it. ``usual_move_probability`` is how often a barrier was touched within the next
    ``horizon_candles`` in training. ``close`` and ``atr`` (14 candles) are those of the candle, ``label_barriers`` the
    prices whose touch the probabilities are about, the upper one first; ``levels`` have them in whole ticks.
    ``accuracy`` is None where the model was never tested. ``model_kind`` says who speaks: ``cnn_lstm``, or ``ensemble``
    for the network together with gradient-boosted trees.
    """

    series: Series
    direction: Direction
    probabilities: Mapping[Direction, float]
    usual_move_probability: float
    horizon_candles: int
    close: float
    atr: float
    label_barriers: tuple[float, float]
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
    def move_probability(self) -> float:
        """P(move): that a barrier is touched within the horizon, whichever it is."""
        return 1 - self.probabilities[Direction.NO_TRADE]

    def side_probability(self, side: Direction) -> float:
        """P(LONG | move) or P(SHORT | move): that the barrier of ``side`` is the one, given that one is touched."""
        long, short = self.probabilities[Direction.LONG], self.probabilities[Direction.SHORT]
        return given_a_move(self.probabilities[side], long, short)

    @property
    def candle_close_time(self) -> datetime:
        return self.candle_open_time + self.series.timeframe.duration

    @property
    def valid_until(self) -> datetime:
        """The close of the next candle, when a new prediction replaces this one."""
        return self.candle_close_time + self.series.timeframe.duration

    @property
    def horizon_ends(self) -> datetime:
        """Until when a barrier has to be touched."""
        return self.candle_close_time + self.horizon_candles * self.series.timeframe.duration

    @property
    def expired(self) -> bool:
        """Whether its time was over when it was judged last: that was said of it, or that newer candles are late."""
        return any(isinstance(finding.facts, Expired | LateCandles) for finding in self.trust.findings)


@dataclass(frozen=True, slots=True)
class BarrierRun:
    """How far the price has gone since a call, by candles that closed up to ``until``.

    ``atr`` is the way from the call's close, in its ATR, positive upwards; the barriers lie at ``barrier_atr`` on both
    sides. What was ``touched_upper`` or ``touched_lower`` may have been left again.
    """

    atr: float
    barrier_atr: float
    touched_upper: bool
    touched_lower: bool
    until: datetime


@dataclass(frozen=True, slots=True)
class SkillResult:
    """A skill with its 95 % ``interval`` on ``n`` test candles, and what that proves; numbers are None where ``untested``."""

    verdict: str
    skill: float | None
    interval: tuple[float, float] | None
    n: int | None

    def to_dict(self) -> dict[str, Any]:
        """As plain data for the REST API."""
        interval = None if self.interval is None else list(self.interval)
        return {"verdict": self.verdict, "skill": self.skill, "interval": interval, "n": self.n}


@dataclass(frozen=True, slots=True)
class TrustResult:
    """A Trust as PredictionResult shows it: ``reasons`` are sentences, gravest first; notes are among them, as the last."""

    verdict: str
    severity: str | None
    reasons: tuple[str, ...]
    timing: SkillResult
    side: SkillResult

    def to_dict(self) -> dict[str, Any]:
        """As plain data for the REST API."""
        skills = {"timing": self.timing.to_dict(), "side": self.side.to_dict()}
        return {"verdict": self.verdict, "severity": self.severity, "reasons": list(self.reasons), **skills}


@dataclass(frozen=True, slots=True)
class PredictionResult:
    """A Prediction as the first design and the REST API show it. Times are ISO 8601 in UTC, prices in quote currency.

    ``probabilities`` maps LONG, SHORT and NO_TRADE to calibrated probabilities that sum to 1; ``confidence`` is the
    largest. ``model_accuracy`` was measured on ``test_candles`` candles, of which always calling the most frequent class
    gets ``majority_accuracy`` right; None where the model was never tested. ``levels_side`` is the direction the levels
    belong to: the likelier of LONG and SHORT when ``direction`` is NO_TRADE. ``expired`` tells that ``valid_until`` was
    over, by the market's clock, when this was made.

    ``move_probability`` is that one of the ``barriers`` is touched until ``horizon_ends``, ``usual_move_probability`` how
    often one was in training, and ``side_probability`` maps LONG and SHORT to their probabilities given that one is.
    Made by core.wording.result.
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
    move_probability: float
    usual_move_probability: float
    side_probability: Mapping[str, float]
    barriers: Mapping[str, float]
    horizon_ends: str

    def to_dict(self) -> dict[str, Any]:
        """The prediction as it goes over the REST API: its fields, in their order, as plain data."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return values | {
            "probabilities": dict(self.probabilities),
            "take_profits": dict(self.take_profits),
            "side_probability": dict(self.side_probability),
            "barriers": dict(self.barriers),
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
class MoveConfluence:
    """Whether a coin's timeframes await a move together.

    ``score`` is by how much P(move) is above the usual, -1 to 1; ``agreement`` is the weight of the ``likelier``
    timeframes, where it is above at all. On those of ``expected`` it is so far above that a move counts as likely; on
    those of ``proven`` the model's timing is, and ``proven_score`` is the score of these alone. Timeframes whose model
    is weak, or tells the moment worse than the class frequencies do, are not ``counted``.
    """

    score: float = 0.0
    agreement: float = 0.0
    likelier: tuple[Timeframe, ...] = ()
    expected: tuple[Timeframe, ...] = ()
    counted: tuple[Timeframe, ...] = ()
    proven: tuple[Timeframe, ...] = ()
    proven_score: float = 0.0


@dataclass(frozen=True, slots=True)
class SideConfluence:
    """Which way a coin's timeframes lean, given that the price moves.

    ``score`` is P(LONG | move) - P(SHORT | move), -1 to 1, and ``leaning`` its side; ``agreement`` is the weight of the
    timeframes that are ``sided`` with it. On those of ``proven`` the model's side is, and ``proven_score`` is the score
    of these alone. Timeframes whose model is weak, or tells the side worse than the class frequencies do, are not
    ``counted``.
    """

    score: float = 0.0
    leaning: Direction = Direction.NO_TRADE
    agreement: float = 0.0
    sided: tuple[Timeframe, ...] = ()
    counted: tuple[Timeframe, ...] = ()
    proven: tuple[Timeframe, ...] = ()
    proven_score: float = 0.0

    @property
    def leans_as_proven(self) -> bool:
        """Whether all that are counted lean to the side to which the proven ones do."""
        return self.proven_score * self.score > 0


@dataclass(frozen=True, slots=True)
class Confluence:
    """What a coin's timeframes say together: their calls, and apart from each other when and which way.

    ``score`` runs from -1 (all SHORT, certain) to 1 (all LONG, certain). ``leaning`` is its side, NO_TRADE where
    nothing leans; ``agreement`` is the weight of the timeframes that are ``sided`` with it, of which those of
    ``doubtful`` have a warning against them; ``opposed`` are those that call the other side. Timeframes whose model
    is weak are ``ignored``. Scores and weights are shares of the weight of all timeframes, so that what few of them
    say never counts as much as what all do.
    """

    score: float
    leaning: Direction
    agreement: float
    sided: tuple[Timeframe, ...]
    doubtful: tuple[Timeframe, ...]
    counted: tuple[Timeframe, ...]
    ignored: tuple[Timeframe, ...]
    veto: Veto | None
    opposed: tuple[Timeframe, ...] = ()
    move: MoveConfluence = MoveConfluence()
    side: SideConfluence = SideConfluence()

    @property
    def direction(self) -> Direction:
        """The side they lean to, or NO_TRADE where nothing leans or a longer timeframe vetoes."""
        return Direction.NO_TRADE if self.veto else self.leaning

    @property
    def apart_from_side(self) -> bool:
        """Whether the calls lean one way and P(LONG | move) the other.

        Calls count where a side is the likeliest of three classes, the side counts on every timeframe.
        """
        directions = {self.direction, self.side.leaning}
        return directions == {Direction.LONG, Direction.SHORT}
