"""From sums to the figures of a record: shares, skills, accuracy, results, each with its n and its interval."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy.special import stdtrit

from core.domain import Direction
from core.journal.measures import BinMeasure, Measure
from core.journal.selection import Selection, Tally
from core.journal.sequences import Sequences
from core.journal.slices import LEAST_BLOCKS, Accuracy, MoveCalls, Result, Share, SideCalls, Skill, Slice, TimeToTarget
from core.model.promises import RELIABILITY_BINS
from core.model.scores import wilson_intervals

T = TypeVar("T")

LOSSES = {
    Measure.LOSS: (Measure.BASE_LOSS, Measure.RESOLVED),
    Measure.TIMING_LOSS: (Measure.BASE_TIMING_LOSS, Measure.RESOLVED),
    Measure.SIDE_LOSS: (Measure.BASE_SIDE_LOSS, Measure.CAME),
}
"""Of each question's loss that of the class frequencies, and over how many signals both are summed."""


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """What the figures of several groups of signals are made of.

    ``calibration_errors`` has one for each group, None where there are no bins.
    """

    names: Sequence[str]
    tally: Tally
    calibration_errors: Sequence[float | None]


def groups_of(
    cells: Selection,
    group: np.ndarray,
    names: Sequence[str],
    block: np.ndarray,
    calibration_errors: Sequence[float | None] | None = None,
) -> Groups:
    """The signals of ``cells``, told apart by ``group``, a place among ``names`` for each cell."""
    tally = Tally(cells.sums, group, len(names), block)
    return Groups(names, tally, calibration_errors or [None] * len(names))


def slices_of(groups: Groups) -> tuple[Slice, ...]:
    """The figures of every group, those without a signal too, in order."""
    tally = groups.tally
    n = tally.whole(Measure.RESOLVED)
    brier = _mean(tally, Measure.BRIER)
    columns = (
        _move_calls(tally),
        _side_calls(tally),
        _accuracies(tally),
        *(skills(tally, loss) for loss in LOSSES),
        [float(value) if n[place] else None for place, value in enumerate(brier)],
        [error if n[place] else None for place, error in enumerate(groups.calibration_errors)],
        _times(tally),
        _results(tally),
    )
    counts = (_counts(tally, Measure.SIGNALS), _counts(tally, Measure.RESOLVED))
    return tuple(Slice(str(name), *row) for name, *row in zip(groups.names, *counts, *columns, strict=True))


def skills(tally: Tally, loss: Measure) -> list[Skill | None]:
    """Of every group, in the question whose ``loss`` this is."""
    base, of = LOSSES[loss]
    sequences = Sequences.ends_of(tally[base] - tally[loss], tally[base])
    n, mean, half = tally.whole(of), sequences.mean[:, -1], sequences.half_width()[:, -1]
    blocks = sequences.blocks[:, -1]
    return [
        Skill(float(mean[g]), *_interval(mean[g], half[g]), round(n[g]), int(blocks[g])) if n[g] > 0.5 else None
        for g in range(len(n))
    ]


def calibration_errors(bins: Selection, group: np.ndarray, groups: int) -> list[float | None]:
    """Of the forecasts in ``bins``, of each group: the mean distance of promise and outcome, weighed by signals."""
    place = group * RELIABILITY_BINS + bins.part("bin")
    size = groups * RELIABILITY_BINS
    sums = [np.bincount(place, weights=each, minlength=size).reshape(groups, RELIABILITY_BINS) for each in bins.sums]
    n, apart = sums[BinMeasure.N].sum(axis=1), np.abs(sums[BinMeasure.FORECAST] - sums[BinMeasure.CAME]).sum(axis=1)
    return [float(a / count) if count > 0.5 else None for a, count in zip(apart, n, strict=True)]


def shares(
    hits: np.ndarray, n: np.ndarray, promised: np.ndarray | None = None, usual: np.ndarray | None = None
) -> list[Share | None]:
    """Of every group of (groups, blocks): how many of ``n`` were hits, beside the mean of what was ``promised`` in sum.

    ``usual`` is the sum of how often each comes anyway.
    """
    sequences = Sequences.ends_of(hits, n)
    count, hit = n.sum(axis=1), hits.sum(axis=1)
    blocks, error = sequences.blocks[:, -1], sequences.error[:, -1]
    worth, low, high = (each.tolist() for each in _worth(count, hit, blocks, error))
    columns = (np.rint(count).astype(np.int64).tolist(), np.rint(hit).astype(np.int64).tolist())
    means = [_means(sums, count) for sums in (promised, usual)]
    rows = zip(*columns, means[0], worth, low, high, means[1], strict=True)
    return [Share(*row) if row[0] else None for row in rows]


def share_of_days(hits: Mapping[int, int], n: Mapping[int, int], days_a_block: int) -> Share | None:
    """How many of ``n`` were hits, both counted by UTC day, in blocks of so many days; None where there are none."""
    if not n:
        return None
    block = np.array([day // days_a_block for day in n]) - min(n) // days_a_block
    counts = [np.bincount(block, weights=[each.get(day, 0) for day in n])[None] for each in (hits, n)]
    [share] = shares(*counts)
    return share


def _means(sums: np.ndarray | None, count: np.ndarray) -> list[float] | list[None]:
    return [None] * len(count) if sums is None else (sums.sum(axis=1) / np.where(count > 0, count, 1)).tolist()


def _worth(
    n: np.ndarray, hits: np.ndarray, blocks: np.ndarray, error: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """As many independent signals as ``n`` are worth, and the ends of the interval of as many; see Share."""
    share = hits / np.where(n > 0, n, 1)
    scatter, enough = share * (1 - share), blocks >= LEAST_BLOCKS
    measurable = enough & (scatter > 0) & (error > 0)
    worth = np.where(measurable, scatter / np.where(measurable, error, 1) ** 2, blocks)
    worth = np.where(enough, np.minimum(np.maximum(worth, 1), n), np.minimum(blocks, n))
    deviations = -stdtrit(np.where(enough, blocks, LEAST_BLOCKS) - 1, 0.025)
    low, high = wilson_intervals(share, np.maximum(worth, 1e-9), deviations)
    return worth, np.where(enough, low, 0.0), np.where(enough, high, 1.0)


def _interval(mean: float, half: float) -> tuple[float | None, float | None]:
    return (None, None) if np.isinf(half) else (float(mean - half), float(mean + half))


def _counts(tally: Tally, measure: int) -> list[int]:
    return [round(each) for each in tally.whole(measure)]


def _mean(tally: Tally, measure: int, over: int = Measure.RESOLVED) -> np.ndarray:
    n = tally.whole(over)
    return tally.whole(measure) / np.where(n > 0, n, 1)


def _where(count: Sequence[int], make: Callable[[int], T]) -> list[T | None]:
    return [make(place) if n else None for place, n in enumerate(count)]


def _move_calls(tally: Tally) -> Iterator[MoveCalls]:
    found = [shares(*(tally[measure] for measure in measures)) for measures in _MOVES]
    return (MoveCalls(*each) for each in zip(*found, strict=True))


_MOVES = (
    (Measure.LIKELY_CAME, Measure.LIKELY, Measure.LIKELY_P_MOVE, Measure.LIKELY_USUALLY),
    (Measure.USUAL_CAME, Measure.USUAL, Measure.USUAL_P_MOVE, Measure.USUAL_USUALLY),
    (Measure.QUIET_CAME, Measure.QUIET, Measure.QUIET_P_MOVE, Measure.QUIET_USUALLY),
)
"""Of each band what shares are made of."""


def _side_calls(tally: Tally) -> list[SideCalls | None]:
    right = shares(tally[Measure.CALLED_RIGHT], tally[Measure.CALLED], tally[Measure.CALLED_SURE])
    up, down = (_mean(tally, each, Measure.CALLED).tolist() for each in (Measure.CALLED_LONG, Measure.CALLED_SHORT))
    return [
        None
        if share is None
        else SideCalls(share, Direction.LONG if up[g] >= down[g] else Direction.SHORT, max(up[g], down[g]))
        for g, share in enumerate(right)
    ]


def _accuracies(tally: Tally) -> list[Accuracy | None]:
    right = shares(tally[Measure.RIGHT], tally[Measure.RESOLVED], tally[Measure.CONFIDENCE])
    short, long = tally.whole(Measure.CAME_SHORT), tally.whole(Measure.CAME_LONG)
    happened = np.stack([short, tally.whole(Measure.RESOLVED) - short - long, long])
    majority, tested = happened.argmax(axis=0), _counts(tally, Measure.TESTED)
    promised = _mean(tally, Measure.TESTED_ACCURACY, Measure.TESTED).tolist()
    return [
        None
        if share is None
        else Accuracy(
            share,
            tuple(Direction)[majority[g]],
            float(happened[majority[g], g] / share.n),
            promised[g] if tested[g] else None,
        )
        for g, share in enumerate(right)
    ]


def _times(tally: Tally) -> list[TimeToTarget | None]:
    within = shares(tally[Measure.REACHED_IN_TIME], tally[Measure.REACHED], tally[Measure.REACHED] / 2)
    took = _mean(tally, Measure.REACHED_MINUTES, Measure.REACHED).tolist()
    promised = _mean(tally, Measure.PROMISED_MINUTES, Measure.REACHED).tolist()
    return [None if share is None else TimeToTarget(share, promised[g], took[g]) for g, share in enumerate(within)]


def _results(tally: Tally) -> list[Result | None]:
    sequences = Sequences.ends_of(tally[Measure.R], tally[Measure.TRADED])
    mean, half = sequences.mean[:, -1], sequences.half_width()[:, -1]
    n, blocks = _counts(tally, Measure.TRADED), sequences.blocks[:, -1]
    return _where(n, lambda g: Result(float(mean[g]), *_interval(mean[g], half[g]), n[g], int(blocks[g])))
