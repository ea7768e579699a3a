"""What is added up over resolved signals: measures of each, and its forecasts with whether they came true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from core.journal.slices import Question
from core.model.scores import Band, entropies

SHORT, NO_TRADE, LONG, TIE = range(4)
"""What happened. The first three are labels, and the places of probabilities, in the order of Direction; in a TIE one candle
touched both barriers, and its label is NO_TRADE (core.signals.outcomes)."""


def labels_of(happened: np.ndarray) -> np.ndarray:
    """What probabilities are judged by."""
    return np.where(happened == TIE, NO_TRADE, happened)


class Measure(IntEnum):
    """What is added up over the signals of a cell; all but SIGNALS over the resolved ones."""

    SIGNALS = 0
    RESOLVED = 1
    CAME_SHORT = 2
    CAME_LONG = 3
    P_MOVE = 4
    RIGHT = 5
    CONFIDENCE = 6
    LOSS = 7
    TIMING_LOSS = 8
    SIDE_LOSS = 9
    ENTROPY = 10
    BRIER = 11
    CALLED = 12
    """A side was called, and a barrier was touched: a tie is among these, and never right."""
    CALLED_RIGHT = 13
    CALLED_SURE = 14
    """The probability of the side called, given a move."""
    CALLED_LONG = 15
    """A side was called, and the upper barrier came first."""
    REACHED = 16
    """The target was reached, and the model had said in how many minutes that is usual."""
    REACHED_IN_TIME = 17
    REACHED_MINUTES = 18
    PROMISED_MINUTES = 19
    TRADED = 20
    """A side was called, whatever happened: with this result in R."""
    R = 21
    BASE_LOSS = 22
    """Of the class frequencies that the model was given by its training."""
    BASE_TIMING_LOSS = 23
    BASE_SIDE_LOSS = 24
    CAME = 25
    TESTED = 26
    """The model was tested, with this accuracy."""
    TESTED_ACCURACY = 27
    QUIET = 28
    """P(move) was in this Band, as below USUAL and LIKELY; the next two are CAME and P_MOVE of these alone."""
    QUIET_CAME = 29
    QUIET_P_MOVE = 30
    USUAL = 31
    USUAL_CAME = 32
    USUAL_P_MOVE = 33
    LIKELY = 34
    LIKELY_CAME = 35
    LIKELY_P_MOVE = 36
    CALLED_SHORT = 37
    """A side was called, and the lower barrier came first."""
    QUIET_USUALLY = 38
    """The model's usual P(move) of those whose P(move) was in this Band, as below."""
    USUAL_USUALLY = 39
    LIKELY_USUALLY = 40


class BinMeasure(IntEnum):
    """What is added up over the forecasts of a bin."""

    N = 0
    FORECAST = 1
    CAME = 2


@dataclass(frozen=True, slots=True, eq=False)
class Resolved:
    """Resolved signals as arrays of one length: ``p``, ``losses`` and ``usual_losses`` are (signals, 3), the others flat.

    ``label`` is what happened to judge probabilities by, ``tie`` whether one candle touched both barriers.
    ``band`` is the place of P(move) among Band, ``usual_move`` how often a move comes anyway.
    ``losses`` are those of the issued probabilities and ``usual_losses`` of the class frequencies, nats, by Question.
    ``minutes`` is what it took until the touch and ``promised`` what the model says of the called side, NaN where it
    says nothing; ``r`` is NaN where no side was called, ``tested``, an accuracy, where the model was not tested.
    """

    called: np.ndarray
    band: np.ndarray
    usual_move: np.ndarray
    label: np.ndarray
    tie: np.ndarray
    p: np.ndarray
    losses: np.ndarray
    usual_losses: np.ndarray
    minutes: np.ndarray
    promised: np.ndarray
    r: np.ndarray
    tested: np.ndarray


def measured(resolved: Resolved) -> Iterator[np.ndarray]:
    """Every Measure from RESOLVED on, one array each."""
    called, label, p = resolved.called, resolved.label, resolved.p
    yield np.ones(len(label))
    yield label == SHORT
    yield label == LONG
    yield 1 - p[:, NO_TRADE]
    yield called == label
    yield p.max(axis=1)
    yield from resolved.losses.T
    yield entropies(p)
    yield (p**2).sum(axis=1) - 2 * p[np.arange(len(p)), label] + 1
    yield from _sides(resolved)
    yield from _times_to_target(resolved)
    yield ~np.isnan(resolved.r)
    yield np.nan_to_num(resolved.r)
    yield from resolved.usual_losses.T
    yield label != NO_TRADE
    yield ~np.isnan(resolved.tested)
    yield np.nan_to_num(resolved.tested)
    for place in range(len(Band)):
        inside = resolved.band == place
        yield inside
        yield inside & (label != NO_TRADE)
        yield np.where(inside, 1 - p[:, NO_TRADE], 0)
    yield _side_called(resolved) & (label == SHORT)
    for place in range(len(Band)):
        yield np.where(resolved.band == place, resolved.usual_move, 0)


def forecasts(resolved: Resolved, question: Question) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The forecasts in a question, whether they came true, and of which signals it can be asked.

    Of the side those after which one barrier came first: P(side | move) is about these, and says nothing of a tie.
    """
    label, p = resolved.label, resolved.p
    came, everything = label != NO_TRADE, np.ones(len(label), dtype=bool)
    match question:
        case Question.WHOLE:
            return p.max(axis=1), resolved.called == label, everything
        case Question.TIMING:
            return 1 - p[:, NO_TRADE], came, everything
        case Question.SIDE:
            sides = p[:, SHORT] + p[:, LONG]
            up = p[:, LONG] / np.where(sides > 0, sides, 1)
            return np.maximum(up, 1 - up), np.where(up >= 0.5, label == LONG, label == SHORT), came


def _side_called(resolved: Resolved) -> np.ndarray:
    """Of which signals the side called was right or wrong."""
    return np.asarray((resolved.called != NO_TRADE) & ((resolved.label != NO_TRADE) | resolved.tie))


def _sides(resolved: Resolved) -> Iterator[np.ndarray]:
    called, label, p, asked = resolved.called, resolved.label, resolved.p, _side_called(resolved)
    sides = p[:, SHORT] + p[:, LONG]
    sure = np.where(called == LONG, p[:, LONG], p[:, SHORT]) / np.where(sides > 0, sides, 1)
    yield asked
    yield asked & (called == label)
    yield np.where(asked, sure, 0)
    yield asked & (label == LONG)


def _times_to_target(resolved: Resolved) -> Iterator[np.ndarray]:
    reached = (resolved.called == resolved.label) & ~np.isnan(resolved.promised)
    yield reached
    yield reached & (resolved.minutes <= resolved.promised)
    yield np.where(reached, resolved.minutes, 0)
    yield np.where(reached, resolved.promised, 0)
