"""The figures of some signals: shares, skills, results, none without its n and what to judge it by.

Shares and probabilities are fractions, losses natural-log losses (nats), times minutes. Signals of one day hang together,
so intervals come from blocks of whole days (core.journal.track_record).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.domain import Direction

ENOUGH = 30
"""Outcomes; of fewer a page says "not enough yet" and shows no figure as if it were one."""

LEAST_BLOCKS = 5
"""Blocks of whole days, and independent outcomes: of fewer blocks nobody can say how much they scatter, so that any number
of outcomes in them may be worth no more than one each; and an interval of fewer independent outcomes spans nearly all."""

WIDE = 0.2
"""An interval of a share that is wider holds nearly any promise."""


class Question(StrEnum):
    """What probabilities answer: all three classes at once, whether a barrier is touched, and which one where one is."""

    WHOLE = "whole"
    TIMING = "timing"
    SIDE = "side"


class Counted:
    """A figure over ``n`` signals, which hang together within days: ``independent`` ones would tell as much."""

    __slots__ = ()

    n: int

    @property
    def independent(self) -> float:
        raise NotImplementedError

    @property
    def enough(self) -> bool:
        """Whether it may be shown as a figure."""
        return self.n >= ENOUGH and self.independent >= LEAST_BLOCKS


class InBlocks(Counted):
    """A figure over signals of so many ``blocks`` of whole days, each of which counts as one independent signal here."""

    __slots__ = ()

    blocks: int

    @property
    def independent(self) -> float:
        return min(self.blocks, self.n)


@dataclass(frozen=True, slots=True)
class Share(Counted):
    """``hits`` of ``n`` came; ``promised`` is the mean probability given for it, None where none was.

    ``low`` to ``high`` is a 95 % binomial interval (Wilson) of as many independent signals as these are worth,
    ``worth``, which the scatter between blocks tells; of fewer than LEAST_BLOCKS each is worth one, and the interval is
    0 to 1. Of moves, ``usual`` is how often one comes anyway, as the models' training had it for these very signals.
    """

    n: int
    hits: int
    promised: float | None
    worth: float
    low: float
    high: float
    usual: float | None = None

    @property
    def independent(self) -> float:
        return self.worth

    @property
    def share(self) -> float:
        return self.hits / self.n


class Bounded(InBlocks):
    """A figure that lies between ``low`` and ``high``, and what that proves; both are None where it is too early."""

    __slots__ = ()

    low: float | None
    high: float | None

    @property
    def interval(self) -> tuple[float, float] | None:
        """``low`` and ``high``; None where the figure may not be shown, or nobody can tell how sure it is."""
        return None if not self.enough or self.low is None or self.high is None else (self.low, self.high)

    @property
    def proven(self) -> bool:
        return self.low is not None and self.low > 0

    @property
    def worse(self) -> bool:
        return self.high is not None and self.high < 0


@dataclass(frozen=True, slots=True)
class Skill(Bounded):
    """1 - the models' mean log loss / that of ``baseline``: 0 is no better than it, 1 is perfect; over ``n`` signals.

    The baseline is the class frequencies that each model was given by its training, known before any signal. ``low``
    to ``high`` holds the true skill with 95 % at all times together, however often one looks (core.journal.sequences);
    None where there are too few blocks to tell. The side's log loss is taken over the signals after which one barrier came
    first: after a tie, as where nothing was touched, there is no side that a probability could have been given to.
    """

    skill: float
    low: float | None
    high: float | None
    n: int
    blocks: int


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often the largest of three probabilities was what happened.

    Always calling ``majority``, which was most frequent in this very sample, is right ``majority_accuracy`` of the time.
    ``tested`` is what the models' tests promised, on average over those of these signals whose model was tested.
    """

    right: Share
    majority: Direction
    majority_accuracy: float
    tested: float | None


@dataclass(frozen=True, slots=True)
class MoveCalls:
    """How often one barrier came first after P(move) was clearly above the model's usual one, about it, clearly below it.

    A tie is no such move: the probability that both are touched at once is in P(NO_TRADE).
    None where no such signal is resolved. The margin is core.model.scores.LIKELY.
    """

    likely: Share | None
    usual: Share | None
    quiet: Share | None


@dataclass(frozen=True, slots=True)
class SideCalls:
    """Of the LONG and SHORT signals after which a barrier was touched: how often that of the side called came first.

    Where one candle touched both, neither side was right. ``majority`` is the side that came more often there; always calling it is right ``majority_share`` of the time.
    """

    right: Share
    majority: Direction
    majority_share: float


@dataclass(frozen=True, slots=True)
class TimeToTarget:
    """Of the LONG and SHORT signals that reached their target: how many of them ``within`` the promised time.

    What a model promises is its median, so half of them or a few more come within it, if promises are kept.
    ``promised_minutes`` is the mean of those medians, ``mean_minutes`` the mean of what it took.
    """

    within: Share
    promised_minutes: float
    mean_minutes: float


@dataclass(frozen=True, slots=True)
class Result(Bounded):
    """Mean result of ``n`` LONG and SHORT signals in R, after fees, as if each had been traded. None of them was.

    ``low`` to ``high`` holds the true mean with 95 % at all times together; None where there are too few blocks.
    """

    mean_r: float
    low: float | None
    high: float | None
    n: int
    blocks: int


@dataclass(frozen=True, slots=True)
class Slice:
    """The figures of some signals. ``name`` is what they have in common: ``15m``, ``BTCUSDT``, ``likely``, ``2025-09``.

    ``signals`` are ``resolved`` and ``open`` ones; all figures are of the resolved, None where none of them can say.
    ``brier`` is over three classes, 0 to 2. ``calibration_error`` is of P(move), over 15 bins; of few signals it is
    large by chance alone. Signals told apart by what they said have none: ``moves`` says what they promised.
    """

    name: str
    signals: int
    resolved: int
    moves: MoveCalls
    sides: SideCalls | None
    accuracy: Accuracy | None
    skill: Skill | None
    timing_skill: Skill | None
    side_skill: Skill | None
    brier: float | None
    calibration_error: float | None
    time_to_target: TimeToTarget | None
    result: Result | None

    @property
    def open(self) -> int:
        """How many signals are not resolved: their horizon is not over, or candles of it are missing."""
        return self.signals - self.resolved

    @property
    def enough(self) -> bool:
        """Whether what happened may be told in figures; each of them says so of itself, too."""
        return self.accuracy is not None and self.accuracy.right.enough

    @property
    def independent(self) -> float:
        """As many independent outcomes as the resolved ones are worth."""
        return 0.0 if self.accuracy is None else self.accuracy.right.worth
