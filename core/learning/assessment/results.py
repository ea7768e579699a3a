"""What comes of one timeframe's experiments side by side: tables of models, of ablations and of walk-forward folds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.domain import Timeframe
from core.learning.assessment.checks import peeking_features
from core.learning.assessment.comparison import Judgement, joined
from core.learning.assessment.fold_comparison import FoldComparison, Row
from core.learning.assessment.freshness import Freshness, fresh_beside_older
from core.learning.assessment.plan import Plan
from core.learning.assessment.predictions import judged, predict_with_published
from core.learning.assessment.questions import Answered
from core.learning.datasets import Fold, TooLittleHistory
from core.market.candles import moment_of
from core.model.evaluated import Unmeasured
from core.model.features import calculate_features
from core.text import command

_PEEK_ENDS = (150, 1000, 5000)  # candles in the beginnings that the prefix check compares


@dataclass(frozen=True, slots=True)
class FoldResult:
    """The models of one walk-forward fold."""

    fold: Fold
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class TimeframeAssessment:
    """All results of one timeframe; ``first`` and ``end`` are the open of its first and the close of its last candle."""

    timeframe: Timeframe
    first: datetime
    end: datetime
    fold: Fold
    models: tuple[Row, ...]
    ablations: tuple[Row, ...]
    folds: tuple[FoldResult, ...]
    all_folds: tuple[Judgement, ...]
    notes: tuple[str, ...]
    timing: Answered
    side: Answered
    fresh: Freshness | Unmeasured


def compare(plan: Plan, models: Path) -> TimeframeAssessment:
    """Judge what is kept of a plan; TooLittleHistory or FileNotFoundError where nothing can be."""
    last = plan.folds[-1]
    coins = judged(plan.sources.coins(last), plan.timeframe, plan.recipe.held_out)
    anew = FoldComparison(plan, last, coins).predictions_of_recipe()
    published = predict_with_published(models, coins, plan.timeframe, last, anew)
    if published.predictions.empty:
        raise FileNotFoundError(
            f"No published {plan.timeframe} model can be judged on these candles "
            f"({next(iter(published.left_out.values()))}). Train models first: {command('train_models')}"
        )
    comparison = FoldComparison(plan, last, {symbol: coins[symbol] for symbol in published.metrics})
    rows, sentences = comparison.models(published)
    earlier = [result for fold in plan.folds[:-1] if (result := _compare_fold(plan, fold)) is not None]
    folds = (*earlier, FoldResult(last, comparison.anew())) if earlier else ()
    too_young = [file.symbol for file in plan.sources.own if file.symbol not in coins]
    sentences.append(_peeking(plan))
    if too_young:
        sentences.append(f"Without enough history for a model: {', '.join(too_young)}.")
    sentences += [f"{coin} is not judged: {why}." for coin, why in published.left_out.items()]
    return TimeframeAssessment(
        plan.timeframe,
        moment_of(plan.sources.first),
        moment_of(last.end),
        last,
        tuple(rows),
        tuple(comparison.ablations()),
        folds,
        _all_folds(folds),
        tuple(sentences),
        *comparison.answers(published.predictions),
        fresh_beside_older(plan),
    )


def _compare_fold(plan: Plan, fold: Fold) -> FoldResult | None:
    try:
        coins = judged(plan.sources.coins(fold), plan.timeframe, plan.recipe.held_out)
    except TooLittleHistory:
        return None  # its experiments have failed for the same reason and are listed
    judgements = FoldComparison(plan, fold, coins).anew()
    return FoldResult(fold, judgements) if judgements else None


def _all_folds(folds: tuple[FoldResult, ...]) -> tuple[Judgement, ...]:
    """Each model that was judged on every fold, over all of them."""
    by_name = [{judgement.name: judgement for judgement in result.judgements} for result in folds]
    names = [name for name in (by_name[-1] if by_name else ()) if all(name in fold for fold in by_name)]
    return tuple(joined(name, [fold[name] for fold in by_name]) for name in names)


def _peeking(plan: Plan) -> str:
    """A sentence: whether any feature of these candles changes when later ones arrive."""
    peeking: set[str] = set()
    for file in plan.sources.own:
        candles = file.candles()
        ends = [end for end in _PEEK_ENDS if end < len(candles)]
        beginning = candles.iloc[: max(_PEEK_ENDS) + 500]
        peeking.update(peeking_features(calculate_features, beginning, plan.timeframe, ends))
    if peeking:
        return f"LEAK: {', '.join(sorted(peeking))} change when later candles arrive; no figure here can be trusted."
    return f"No feature changed when later candles arrived ({len(plan.sources.own)} coins checked)."
