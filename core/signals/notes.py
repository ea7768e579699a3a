"""Notes on a model: what its own test measured that is no doubt, and that whoever reads its percentages should know."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

from core.findings import NotOverTheClock, QuietPromiseBroken
from core.measured import MeasuredSkill, Proof
from core.model.metrics import ModelMetrics
from core.model.promises import RELIABILITY_BINS, PromiseBin
from core.model.scores import DAY_MS, Z95, block_days

FEWEST_CANDLES = 100
"""Of a bin that is judged: fewer may come from a handful of days."""
FEWEST_BLOCKS = 20
"""Of days in a test: a bootstrap over fewer is too sure of itself."""


def not_over_the_clock(timing: MeasuredSkill, over_clock: MeasuredSkill) -> NotOverTheClock | None:
    """Where timing is proven, and not against what coin and hour of the week alone know."""
    proven = timing.proof is Proof.PROVEN and over_clock.proof is not Proof.PROVEN
    return NotOverTheClock(over_clock) if proven else None


def quiet_promise_broken(metrics: ModelMetrics) -> QuietPromiseBroken | None:
    """The bin of P(move) wholly under the usual one that is farthest off, of those whose distance luck hardly explains.

    Of five bins with intervals of 95 % a fifth of all faultless models would have one outside. So intervals are
    stretched until one in twenty has any (Bonferroni's correction).
    """
    if metrics.test is None or metrics.test.move is None or _blocks(metrics) < FEWEST_BLOCKS:
        return None
    quiet = _quiet(metrics.test.move.reliability, usual=1 - metrics.climatology.NO_TRADE)
    allowed = NormalDist().inv_cdf(1 - 0.025 / len(quiet)) / Z95 if quiet else 0.0
    broken = [each for each in quiet if _is_outside(each, allowed)]
    return max(broken, key=lambda each: abs(each.promised - each.came_true), default=None)


def _blocks(metrics: ModelMetrics) -> float:
    """Of days, as many as a label may look ahead, in the test period."""
    period = metrics.test_period
    return (period.to - period.from_).total_seconds() * 1000 / DAY_MS / block_days(metrics.timeframe)


def _quiet(bins: Sequence[PromiseBin], usual: float) -> list[QuietPromiseBroken]:
    """Every bin with enough candles that ends under ``usual``, as if it were broken."""
    under = [each for place, each in enumerate(bins) if (place + 1) / RELIABILITY_BINS <= usual]
    judged = [each for each in under if each.n >= FEWEST_CANDLES]
    return [
        QuietPromiseBroken(each.promised, each.came_true, each.interval[0], each.interval[1], each.n, len(judged))
        for each in judged
        if each.promised is not None and each.came_true is not None and each.interval is not None
    ]


def _is_outside(found: QuietPromiseBroken, stretched: float) -> bool:
    low, high = (found.came_true + stretched * (end - found.came_true) for end in (found.low, found.high))
    return not low <= found.promised <= high
