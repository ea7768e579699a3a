"""What a model promised of its two questions, and what came true: is a barrier touched, and which one where one was.

Probabilities are calibrated ones of shape (n, 3) in the order SHORT, NO_TRADE, LONG; labels are 0, 1, 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.domain import DIRECTION_TO_LABEL
from core.learning.chance import errors_by_chance
from core.learning.evaluation import block_weights, interval_of
from core.model.probabilities import calibration_error
from core.model.promises import RELIABILITY_BINS, bin_of

_SHORT, _NO_TRADE, _LONG = (DIRECTION_TO_LABEL[name] for name in ("SHORT", "NO_TRADE", "LONG"))
_SMALLEST = 1e-12  # whoever is certain that no barrier is touched says nothing of which one


@dataclass(frozen=True, slots=True)
class Answers:
    """Of each candle that asked a question: its row, the probability promised, whether it came true, and its block of days."""

    rows: np.ndarray
    promised: np.ndarray
    happened: np.ndarray  # bool
    blocks: np.ndarray


@dataclass(frozen=True, slots=True)
class Promise:
    """So many answers that promised a share on average, and the share that came true with its 95 % interval."""

    name: str
    n: int
    promised: float
    came_true: float
    low: float
    high: float


def answers_when(probabilities: np.ndarray, labels: np.ndarray, blocks: np.ndarray) -> Answers:
    """P(move) of every candle."""
    return Answers(np.arange(len(labels)), 1 - probabilities[:, _NO_TRADE], labels != _NO_TRADE, blocks)


def answers_which_way(probabilities: np.ndarray, labels: np.ndarray, blocks: np.ndarray) -> Answers:
    """P(LONG | move) of the candles after which a barrier was touched."""
    rows = np.flatnonzero(labels != _NO_TRADE)
    up, down = (np.maximum(probabilities[rows, side], _SMALLEST) for side in (_LONG, _SHORT))
    return Answers(rows, up / (up + down), labels[rows] == _LONG, blocks[rows])


def promises(answers: Answers, groups: Mapping[str, np.ndarray]) -> Iterator[Promise]:
    """Of each group of answers that is not empty; its interval is over whole blocks of days drawn anew."""
    _, block = np.unique(answers.blocks, return_inverse=True)
    weights = block_weights(int(block.max(initial=0)) + 1)
    for name, inside in groups.items():
        if not inside.any():
            continue
        happened = answers.happened[inside]
        n, hits = (np.bincount(block[inside], weights=w, minlength=weights.shape[1]) for w in (None, happened))
        drawn = weights @ n
        low, high = interval_of((weights @ hits)[drawn > 0] / drawn[drawn > 0])
        promised = float(answers.promised[inside].mean())
        yield Promise(name, int(inside.sum()), promised, float(happened.mean()), float(low), float(high))


def bins(answers: Answers) -> dict[int, Promise]:
    """The bins of probability that hold any answer, by their place."""
    number = bin_of(answers.promised)
    names = {
        f"{place / RELIABILITY_BINS:.0%} to {(place + 1) / RELIABILITY_BINS:.0%}": place
        for place in range(RELIABILITY_BINS)
    }
    groups = {name: number == place for name, place in names.items()}
    return {names[each.name]: each for each in promises(answers, groups)}


@dataclass(frozen=True, slots=True)
class Measured:
    """How well the promises of one question were kept: the bins that hold any of ``n`` answers, by their place.

    ``ece`` is the calibration error over them; ``ece_by_chance`` and ``ece_limit`` are the mean, and what 19 of 20 stay
    under, of a perfectly calibrated model.
    """

    n: int
    ece: float
    ece_by_chance: float
    ece_limit: float
    bins: Mapping[int, Promise]

    def to_json(self) -> dict[str, Any]:
        """core.model.promises.Promises says what each key means."""
        return {
            "n": self.n,
            "ece": self.ece,
            "ece_by_chance": {"mean": self.ece_by_chance, "p95": self.ece_limit},
            "reliability": [_bin(self.bins.get(place)) for place in range(RELIABILITY_BINS)],
        }


def measure(answers: Answers, candle: np.ndarray, coin: np.ndarray) -> Measured:
    """Of one answer at least; ``candle`` and ``coin`` number those of every answer, from 0."""
    full = bins(answers)
    found = full.values()
    chance = errors_by_chance(answers.promised, candle, coin)
    return Measured(
        len(answers.rows),
        calibration_error([b.n for b in found], [b.promised for b in found], [b.came_true for b in found]),
        float(chance.mean()),
        float(np.percentile(chance, 95)),
        full,
    )


def both_promises(probabilities: np.ndarray, labels: np.ndarray, blocks: np.ndarray) -> dict[str, Any]:
    """What the ``test`` part of metrics.json says of both questions of one coin; of one that no candle asked, None."""
    asked = {"move": answers_when, "side": answers_which_way}
    return {name: _of_one_coin(ask(probabilities, labels, blocks)) for name, ask in asked.items()}


def _of_one_coin(answers: Answers) -> dict[str, Any] | None:
    rows = answers.rows
    return measure(answers, rows, np.zeros(len(rows), dtype=int)).to_json() if len(rows) else None


def _bin(promise: Promise | None) -> dict[str, Any]:
    if promise is None:
        return {"n": 0, "promised": None, "came_true": None, "interval": None}
    interval = [promise.low, promise.high]
    return {"n": promise.n, "promised": promise.promised, "came_true": promise.came_true, "interval": interval}
