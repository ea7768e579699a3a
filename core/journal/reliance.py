"""Whether models are better than what they are compared with, and whether they still keep what they promise."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from core.domain import Timeframe
from core.journal.figures import LOSSES
from core.journal.history import History
from core.journal.measures import Measure
from core.journal.selection import Tally
from core.journal.sequences import ALPHA, Sequences, more_blocks
from core.journal.slices import Question, Slice
from core.journal.speakers import TIMEFRAMES
from core.journal.track_record import Fall, Reliance, SequencePoint, SkillSequence, Tested, TimeframeReliance
from core.journal.vocabulary import Origin
from core.model.scores import DAY_MS, Z95, block_days


def alarm_level(history: History) -> float:
    """How likely one sequence is to raise a false alarm, ever, so that among all of a ledger one does with 5 % at most.

    There is one for each model and each timeframe, live and replayed apart; Bonferroni's bound holds however they hang
    together. A ledger that takes in models over the years adds a little each time.
    """
    return ALPHA / (len(Origin) * (len(history.models) + len(TIMEFRAMES)))


def reliances(tally: Tally, level: float) -> list[Reliance | None]:
    """Of every group: log loss as it came beside the one that the probabilities expect of themselves."""
    n = tally[Measure.RESOLVED]
    sequences = Sequences.ends_of(tally[Measure.LOSS] - tally[Measure.ENTROPY], n)
    low = (sequences.mean - sequences.reach_below(level))[:, -1]
    blocks, count = sequences.blocks[:, -1], n.sum(axis=1)
    loss, expected = tally.whole(Measure.LOSS), tally.whole(Measure.ENTROPY)
    return [
        Reliance(
            float(loss[g] / of),
            float(expected[g] / of),
            None if math.isinf(low[g]) else float(low[g]),
            round(of),
            int(blocks[g]),
        )
        if of > 0.5
        else None
        for g, of in enumerate(count)
    ]


def timeframe_reliances(tally: Tally, level: float) -> tuple[TimeframeReliance, ...]:
    """Of a tally by TIMEFRAMES: all models of each together."""
    together = zip(TIMEFRAMES, reliances(tally, level), strict=True)
    return tuple(TimeframeReliance(timeframe, each) for timeframe, each in together if each is not None)


# ---------------------------------------------------------------- skill, block after block


def skill_sequences(tally: Tally, first_day: int, newest_ms: int) -> Iterator[SkillSequence]:
    """Of a tally by TIMEFRAMES, in every question, where anything is resolved; its first blocks hold ``first_day``.

    A block is over once a candle opened after it, which the newest did at ``newest_ms``.
    """
    for question, (loss, (base, of)) in zip(Question, LOSSES.items(), strict=True):
        n = tally[of]
        sequences, half = (found := Sequences.of(tally[base] - tally[loss], n)), found.half_width()
        for place, timeframe in enumerate(TIMEFRAMES):
            if n[place].sum() > 0.5:
                days = block_days(timeframe)
                ends = (first_day // days + tally.numbers + 1) * days * DAY_MS
                yield _skill_sequence(timeframe, question, sequences, half, n, place, ends, newest_ms)


def _skill_sequence(
    timeframe: Timeframe,
    question: Question,
    sequences: Sequences,
    half: np.ndarray,
    n: np.ndarray,
    place: int,
    ends: np.ndarray,
    newest_ms: int,
) -> SkillSequence:
    """``ends`` has when each block ends, Unix milliseconds."""
    days = block_days(timeframe)
    measured = np.flatnonzero((n[place] > 0) & np.isfinite(half[place]))
    mean, reach, ends = sequences.mean[place, measured], half[place, measured], ends[measured]
    columns = np.minimum(ends, newest_ms), mean, mean - reach, mean + reach, ends <= newest_ms
    points = (each.tolist() for each in columns)
    path = tuple(SequencePoint(*point) for point in zip(*points, strict=True))
    blocks, last, error = (float(each[place, -1]) for each in (sequences.blocks, sequences.mean, sequences.error))
    more = more_blocks(int(blocks), last, error)
    return SkillSequence(
        timeframe=timeframe,
        question=question,
        n=round(n[place].sum()),
        blocks=int(blocks),
        days_a_block=days,
        mean=last,
        low=path[-1].low if path else None,
        high=path[-1].high if path else None,
        more_days=None if more is None else more * days,
        path=path,
    )


# ---------------------------------------------------------------- a record beside its test


def accuracy_falls(figures: Sequence[Slice], tests: Sequence[Tested | None]) -> list[Fall | None]:
    """How far each model's accuracy is below its test's; test candles are thought to be worth as little as signals."""
    return [_accuracy_fall(each, test) for each, test in zip(figures, tests, strict=True)]


def _accuracy_fall(figures: Slice, test: Tested | None) -> Fall | None:
    if test is None or figures.accuracy is None:
        return None
    right = figures.accuracy.right
    if right.worth < 2 or right.high - right.low >= 1:
        return None
    scatter = test.accuracy * (1 - test.accuracy)
    variance = scatter / (test.n * right.worth / right.n) + scatter / right.worth
    return _fall(test.accuracy, right.share, variance)


def skill_falls(tally: Tally, tests: Sequence[Tested | None]) -> list[Fall | None]:
    """How far each model's skill is below its test's."""
    base, _ = LOSSES[Measure.LOSS]
    sequences = Sequences.ends_of(tally[base] - tally[Measure.LOSS], tally[base])
    last = zip(tests, sequences.mean[:, -1].tolist(), sequences.error[:, -1].tolist(), strict=True)
    return [
        None
        if test is None or math.isinf(error)
        else _fall(test.skill, skill, error**2 + ((test.skill_high - test.skill_low) / (2 * Z95)) ** 2)
        for test, skill, error in last
    ]


def _fall(test: float, record: float, variance: float) -> Fall | None:
    return Fall(test, record, (test - record) / math.sqrt(variance)) if variance > 0 else None
