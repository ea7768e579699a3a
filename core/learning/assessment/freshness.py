"""What freshness is worth: the network trained until one period earlier beside the one trained until a period begins.

That is what publishing a model trained until the end of all candles gains over publishing the one that was tested. Both are
there anyway, the older one as the walk-forward model of the period before.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from core.learning.assessment.comparison import Judgement, joined, require_same_candles
from core.learning.assessment.fold_comparison import FoldComparison, Row
from core.learning.assessment.plan import SHARED, Plan
from core.learning.assessment.predictions import NEXT_PERIOD, judged
from core.learning.datasets import Fold, TooLittleHistory
from core.model.evaluated import Unmeasured

UNTIL_IT, UNTIL_EARLIER = "trained until it begins", "trained until one period earlier"


@dataclass(frozen=True, slots=True)
class Freshness:
    """Fresh networks beside older ones, on ``n`` candles of all ``periods`` that both were judged on."""

    periods: int
    n: int
    row: Row


def fresh_beside_older(plan: Plan) -> Freshness | Unmeasured:
    """Over every period but the first, of the coins that both networks know."""
    if len(plan.folds) < 2:
        return Unmeasured(reason="one_period")
    pairs = [pair for fold, after in pairwise(plan.folds) if (pair := _fresh_and_older(plan, fold, after)) is not None]
    if not pairs:
        return Unmeasured(reason="failed")
    fresh, older = zip(*pairs, strict=True)
    n = sum(each.pooled["n"] for each in fresh if each.pooled is not None)
    return Freshness(len(pairs), n, Row(joined(UNTIL_IT, fresh), joined(UNTIL_EARLIER, older)))


def _fresh_and_older(plan: Plan, fold: Fold, after: Fold) -> tuple[Judgement, Judgement] | None:
    """The networks of two folds on the period of the later one; None where either failed."""
    try:
        coins = judged(plan.sources.coins(after), plan.timeframe, plan.recipe.held_out)
    except TooLittleHistory:
        return None
    comparison, before = FoldComparison(plan, after, coins), plan.predictions(plan.trainings()[SHARED, fold.number])
    fresh = comparison.shared_network()
    if before is None or fresh is None:
        return None
    older = before[(before["split"] == NEXT_PERIOD) & before["symbol"].isin(coins)].reset_index(drop=True)
    fresh = fresh[fresh["symbol"].isin(older["symbol"].unique())].reset_index(drop=True)
    if older.empty:
        return None
    require_same_candles(older, fresh)
    return comparison.judged_as(SHARED, fresh), comparison.judged_as(SHARED, older)
