"""What the track record answers: figures of one origin's signals, none without its n and what to judge it by.

Everything here is a pure function of the ledger up to entry ``seq``. Shares and probabilities are fractions, losses
are natural-log losses (nats), times Unix milliseconds or minutes, and periods UTC. What happened to a signal is its
label: LONG where the upper barrier was touched first, SHORT the lower, NO_TRADE neither or both inside one candle. A tie
counts against whatever was called, the move (its label is no move) and the side (it is among the sides called, and wrong);
the side's log loss and calibration, which ask which barrier came first, leave it out.

Signals of one day hang together: coins move together, and labels of one horizon overlap. So nothing here counts
signals as if they were independent: intervals come from blocks of whole UTC days, as many as a label may look ahead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.domain import Direction, Series, Timeframe
from core.journal.slices import Bounded, InBlocks, Question, Share, Slice
from core.journal.vocabulary import Origin


class Dimension(StrEnum):
    """What signals are told apart by; models have a list of their own."""

    TIMEFRAME = "timeframe"
    SYMBOL = "symbol"
    DIRECTION = "direction"
    VERDICT = "verdict"
    BAND = "band"
    PERIOD = "period"
    """The UTC month of the candle: ``2025-09``."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which signals a record is of. Empty or None means all; ``since_ms`` is the first moment of a UTC day.

    Live and replayed signals are never in one record.
    """

    origin: Origin = Origin.LIVE
    timeframe: Timeframe | None = None
    symbols: frozenset[str] = frozenset()
    since_ms: int | None = None


# ---------------------------------------------------------------- figures


# ---------------------------------------------------------------- calibration


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Forecasts in (lower, upper]: their mean is ``came.promised``, never the bin's middle. No bin is empty."""

    lower: float
    upper: float
    came: Share


@dataclass(frozen=True, slots=True)
class Calibration(InBlocks):
    """Whether what is promised comes as often as promised; ``error`` is the mean distance, weighed by signals.

    For Question.TIMING forecasts are P(move); for WHOLE the largest of the three probabilities; for SIDE that of the
    likelier side, given that one barrier comes first, of the signals after which one did.
    """

    question: Question
    n: int
    blocks: int
    error: float
    bins: tuple[CalibrationBin, ...]


# ---------------------------------------------------------------- is it proven, is it getting worse


@dataclass(frozen=True, slots=True)
class SkillSequence(Bounded):
    """How much less log loss a timeframe's models have a day than their class frequencies, and how sure that is.

    ``mean`` is nats a signal, ``low`` to ``high`` its confidence sequence: it holds the truth with 95 % at all times
    together, so that nobody errs by looking every day (core.journal.sequences). Both ends are None before enough
    ``blocks`` of ``days_a_block`` whole UTC days are over.
    ``more_days`` is how many more it takes until the interval leaves 0, should the mean stay what it is; 0 where it has,
    None where the mean is not above 0 or it cannot be said. ``path`` is the sequence after each block, oldest first.
    """

    timeframe: Timeframe
    question: Question
    n: int
    blocks: int
    days_a_block: int
    mean: float
    low: float | None
    high: float | None
    more_days: int | None
    path: tuple[SequencePoint, ...] = ()


@dataclass(frozen=True, slots=True)
class SequencePoint:
    """What a sequence said once the block that ends at ``until_ms`` was over.

    The newest block may not be ``over``: then it is what is known of it ``until_ms``, the newest candle.
    """

    until_ms: int
    mean: float
    low: float
    high: float
    over: bool = True


@dataclass(frozen=True, slots=True)
class Reliance(InBlocks):
    """Log loss as it came beside the one that the issued probabilities expect of themselves (their mean entropy).

    ``gap`` = ``log_loss`` - ``expected`` is 0 for calibrated probabilities, whatever the market does. ``low`` is its
    lower confidence bound at all times together, at a level so strict that among all models of a ledger there is a
    false alarm with 5 % at most, ever; None before there are enough blocks. ``n`` signals in ``blocks`` of whole days.
    """

    log_loss: float
    expected: float
    low: float | None
    n: int
    blocks: int

    @property
    def gap(self) -> float:
        return self.log_loss - self.expected

    @property
    def alarm(self) -> bool:
        """Whether the probabilities promise more than comes: the verdict ``stale_model``."""
        return self.low is not None and self.low > 0


@dataclass(frozen=True, slots=True)
class TimeframeReliance:
    """The same of all models of a timeframe together."""

    timeframe: Timeframe
    reliance: Reliance


@dataclass(frozen=True, slots=True)
class Tested:
    """What a model's own test said, on ``n`` candles from ``from_ms`` to ``until_ms`` that nothing was chosen on."""

    n: int
    from_ms: int
    until_ms: int
    accuracy: float
    majority_accuracy: float
    log_loss: float
    skill: float
    skill_low: float
    skill_high: float
    timing_skill: float | None
    side_skill: float | None


@dataclass(frozen=True, slots=True)
class Fall:
    """By how much a model's ``record`` is below its ``test``, and in standard errors of the difference: ``deviations``.

    Positive where it fell. It is the standard error of one look; nothing is proven by it.
    """

    test: float
    record: float
    deviations: float


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """One model's record beside its test; ``test`` and what is compared with it are None where it never was tested.

    ``accuracy_fall`` and ``skill_fall`` are None, too, before enough blocks are over.
    """

    series: Series
    model_version: str
    figures: Slice
    reliance: Reliance | None
    test: Tested | None
    accuracy_fall: Fall | None
    skill_fall: Fall | None


# ---------------------------------------------------------------- single signals


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One resolved signal: what was said and what ``happened``. ``loss`` = -ln(the probability given to what happened).

    In a ``tie`` one candle touched both barriers, and NO_TRADE is what happened. A ``late`` one is in no figure
    (core.journal.lateness).
    """

    seq: int
    origin: Origin
    series: Series
    model_version: str
    candle_open_ms: int
    direction: Direction
    probabilities: Mapping[Direction, float] = field(hash=False)
    happened: Direction
    tie: bool
    loss: float
    r: float | None
    late: bool


# ---------------------------------------------------------------- all of it


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """The record of ``scope`` as of entry ``seq``.

    ``unjudged`` signals are in no figure: their model's class frequencies are not in the ledger. Nor are the ``late`` ones:
    issued live, but when their entry could not be had any more (core.journal.lateness). ``models`` begin with the one that
    fell farthest below its test, ``misses`` with the largest loss, ``hits`` with the smallest.
    """

    scope: Scope
    seq: int
    unjudged: int
    late: int
    whole: Slice
    slices: Mapping[Dimension, tuple[Slice, ...]]
    calibration: Mapping[Question, Calibration]
    sequences: tuple[SkillSequence, ...]
    reliance: tuple[TimeframeReliance, ...]
    models: tuple[ModelRecord, ...]
    misses: tuple[RecordedCall, ...]
    hits: tuple[RecordedCall, ...]

    @property
    def enough(self) -> bool:
        """Whether there are outcomes enough to say anything."""
        return self.whole.enough
