"""What comes of one timeframe's experiments side by side: tables of models, of ablations and of walk-forward folds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from core.domain import Timeframe
from core.learning.assessment import checks
from core.learning.assessment.checks import peeking_features
from core.learning.assessment.comparison import (
    PREDICTION_COLUMNS,
    Judgement,
    always,
    joined,
    judge,
    mean_of,
    require_same_candles,
    with_probabilities,
)
from core.learning.assessment.plan import BOOSTED, LOGISTIC, SEEDS, SHARED, SHUFFLED, UNMIRRORED_TREES, Plan
from core.learning.assessment.predictions import OWN_LAYER, Published, judged, predict_with_published
from core.learning.datasets import LEARNED_FROM, Fold, TooLittleHistory
from core.learning.evaluation import CLASSES, class_frequencies
from core.learning.experiment import Experiment
from core.learning.validation import Blend, fit_blend
from core.market.candles import moment_of
from core.model.features import calculate_features
from core.text import command

CLIMATOLOGY, UNIFORM, PUBLISHED, NETWORK, ENSEMBLE = "climatology", "uniform", "published", "CNN-LSTM", "ensemble"

_SMALLEST = 1e-12  # of a probability whose logarithm is asked for
_PEEK_ENDS = (150, 1000, 5000)  # candles in the beginnings that the prefix check compares


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a model, and the one it is compared with."""

    judgement: Judgement
    over: Judgement | None = None


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


def compare(plan: Plan, models: Path) -> TimeframeAssessment:
    """Judge what is kept of a plan; TooLittleHistory or FileNotFoundError where nothing can be."""
    last = plan.folds[-1]
    coins = judged(plan.sources.coins(last), plan.timeframe, plan.recipe.held_out)
    published = predict_with_published(models, coins, plan.timeframe, last)
    if published.predictions.empty:
        raise FileNotFoundError(
            f"No published {plan.timeframe} model can be judged on these candles "
            f"({next(iter(published.left_out.values()))}). Train models first: {command('train_models')}"
        )
    comparison = _FoldComparison(plan, last, {symbol: coins[symbol] for symbol in published.metrics})
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
    )


def _compare_fold(plan: Plan, fold: Fold) -> FoldResult | None:
    try:
        coins = judged(plan.sources.coins(fold), plan.timeframe, plan.recipe.held_out)
    except TooLittleHistory:
        return None  # its experiments have failed for the same reason and are listed
    judgements = _FoldComparison(plan, fold, coins).anew()
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


class _FoldComparison:
    """The experiments of one fold, read back and judged on the same candles of the same ``coins``."""

    def __init__(self, plan: Plan, fold: Fold, coins: Mapping[str, pd.DataFrame]) -> None:
        self._plan, self._fold = plan, fold
        self._climatology = {
            symbol: class_frequencies(dataset.loc[dataset["split"].isin(LEARNED_FROM), "label"].to_numpy())
            for symbol, dataset in coins.items()
        }
        self._trainings = plan.trainings()

    def models(self, published: Published) -> tuple[list[Row], list[str]]:
        """Rows of the published models and of what they are measured against, and sentences about them."""
        shipped = self._judge(PUBLISHED, published.predictions)
        constants = [
            self._judge(CLIMATOLOGY, always(self._climatology, published.predictions)),
            self._judge(UNIFORM, always(np.full(CLASSES, 1 / CLASSES), published.predictions), calls=False),
        ]
        learned = [self._judged(name) for name in (LOGISTIC, BOOSTED, UNMIRRORED_TREES)]
        network, (ensemble, blend) = self._network(), self._ensemble()
        rows = [*constants, *learned, network, ensemble, shipped, self._judged(SHUFFLED)]
        sentences = [
            checks.agreement(published, shipped),
            checks.kinds(published),
            checks.calibration(published.predictions, shipped),
        ]
        if ensemble is not None and blend is not None:
            sentences.append(checks.blend_weights(blend, ensemble, network, learned[1]))
        shuffled = self._test(self._trainings[SHUFFLED, self._fold.number])
        if shuffled is not None:
            sentences.append(checks.shuffled_verdict(shuffled))
        return [Row(each, None if each is shipped else shipped) for each in rows if each is not None], sentences

    def anew(self) -> tuple[Judgement, ...]:
        """What was trained for this fold from nothing."""
        found = [*(self._judged(name) for name in (LOGISTIC, BOOSTED, SHARED)), self._network(), self._ensemble()[0]]
        return tuple(each for each in found if each is not None)

    def ablations(self) -> list[Row]:
        """The networks without their own last layers, and that shared network with one thing changed."""
        shared, network = self._judged(SHARED), self._network()
        if shared is None or network is None:
            return []
        rows = [Row(replace(shared, name="without the per-coin layer"), network)]
        found = {name: self._test(each) for (name, _), each in self._plan.ablations().items()}
        others = {name: frame for name, frame in found.items() if frame is not None}
        seeds = [frame for name, frame in others.items() if name.startswith("seed ")]
        one = self._test(self._trainings[SHARED, self._fold.number])
        if len(seeds) == SEEDS - 1 and one is not None:
            rows.append(Row(self._judge(f"mean of {SEEDS} seeds", mean_of([one, *seeds])), shared))
        return rows + [Row(self._judge(name, frame), shared) for name, frame in others.items()]

    def _network(self) -> Judgement | None:
        """The networks with their own last layers."""
        frame = self._test(self._trainings[SHARED, self._fold.number], OWN_LAYER)
        return None if frame is None else self._judge(NETWORK, frame)

    def _ensemble(self) -> tuple[Judgement | None, Blend | None]:
        """Networks blended with the trees, as early-stopped trainings of both say on every coin's validation period."""
        network, trees = (self._trainings[name, self._fold.number] for name in (SHARED, BOOSTED))
        of_network, of_trees = self._plan.validation(network), self._plan.validation(trees)
        frame, frame_of_trees = self._test(network, OWN_LAYER), self._test(trees)
        if of_network is None or of_trees is None or frame is None or frame_of_trees is None:
            return None, None
        blend = fit_blend(of_network, of_trees, self._plan.recipe.temperature_bounds)
        require_same_candles(frame, frame_of_trees)
        blended = blend(_logits_of(frame), _logits_of(frame_of_trees))
        return self._judge(ENSEMBLE, with_probabilities(frame, blended)), blend

    def _judged(self, name: str) -> Judgement | None:
        frame = self._test(self._trainings[name, self._fold.number])
        return None if frame is None else self._judge(name, frame)

    def _test(self, experiment: Experiment, split: str = "test") -> pd.DataFrame | None:
        """Predictions of the coins judged here; None where the experiment failed."""
        frame = self._plan.predictions(experiment)
        if frame is None:
            return None
        return frame[frame["symbol"].isin(self._climatology) & (frame["split"] == split)].reset_index(drop=True)

    def _judge(self, name: str, frame: pd.DataFrame, calls: bool = True) -> Judgement:
        return judge(name, frame, self._climatology, calls)


def _logits_of(predictions: pd.DataFrame) -> np.ndarray:
    """What an experiment's probabilities were made from, up to a constant per row: float64 (rows, 3)."""
    p = predictions[PREDICTION_COLUMNS].to_numpy(dtype=np.float64)
    return np.log(np.maximum(p, _SMALLEST)) * predictions.attrs["temperature"]
