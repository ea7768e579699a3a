"""The experiments of one fold side by side: each judged on the same candles, and what is made of several."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.domain import DIRECTION_TO_LABEL
from core.learning.assessment import checks
from core.learning.assessment.comparison import (
    PREDICTION_COLUMNS,
    Judgement,
    always,
    judge,
    mean_of,
    require_same_candles,
    with_probabilities,
)
from core.learning.assessment.plan import (
    BOOSTED,
    LOGISTIC,
    MIRRORED_TREES,
    ONE_PART,
    SEEDS,
    SHARED,
    SHUFFLED,
    UNMIRRORED_TREES,
    USUAL,
    Plan,
)
from core.learning.assessment.predictions import OWN_LAYER, Published
from core.learning.assessment.questions import Answered, judge_side, judge_timing
from core.learning.clock import fit_clock
from core.learning.datasets import LEARNED_FROM, Fold
from core.learning.evaluation import class_frequencies
from core.learning.experiment import Experiment
from core.learning.validation import Blend, choose_ensemble, fit_blend
from core.model.pool import timing_and_side
from core.model.scores import CLASSES

CLIMATOLOGY, UNIFORM, PUBLISHED, NETWORK, ENSEMBLE = "climatology", "uniform", "published", "CNN-LSTM", "ensemble"

_NO_TRADE = DIRECTION_TO_LABEL["NO_TRADE"]
_SMALLEST = 1e-12  # of a probability whose logarithm is asked for


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a model, and the one it is compared with."""

    judgement: Judgement
    over: Judgement | None = None


class FoldComparison:
    """The experiments of one fold, read back and judged on the same candles of the same ``coins``."""

    def __init__(self, plan: Plan, fold: Fold, coins: Mapping[str, pd.DataFrame]) -> None:
        self._plan, self._fold, self._coins = plan, fold, coins
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
        names = (USUAL, LOGISTIC, ONE_PART, BOOSTED, MIRRORED_TREES, UNMIRRORED_TREES)
        learned = [self._judged(name) for name in names]
        by_name = {each.name: each for each in learned if each is not None}
        network, (ensemble, blend) = self._network(), self._ensemble()
        rows = [*constants, *learned, network, ensemble, shipped, self._judged(SHUFFLED)]
        sentences = [
            checks.agreement(published, shipped),
            checks.kinds(published),
            checks.calibration(published.predictions, shipped),
        ]
        if ensemble is not None and blend is not None:
            sentences.append(checks.blend_weights(blend, ensemble, network, by_name.get(BOOSTED)))
        if ONE_PART in by_name and BOOSTED in by_name:
            sentences.append(checks.two_forests(by_name[BOOSTED], by_name[ONE_PART], shipped))
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
        frame, blend = self._blended(fit_blend)
        return (None, None) if frame is None or blend is None else (self._judge(ENSEMBLE, frame), blend)

    def predictions_of_recipe(self) -> pd.DataFrame:
        """What the models predict that the recipe would publish: the ensemble, or the networks alone; empty without either."""
        frame, _ = self._blended(choose_ensemble)
        if frame is None:
            frame = self._test(self._trainings[SHARED, self._fold.number], OWN_LAYER)
        return pd.DataFrame({"symbol": []}) if frame is None else frame

    def _blended(self, choose: Callable[..., Blend | None]) -> tuple[pd.DataFrame | None, Blend | None]:
        network, trees = (self._trainings[name, self._fold.number] for name in (SHARED, BOOSTED))
        of_network, of_trees = self._plan.validation(network), self._plan.validation(trees)
        frame, frame_of_trees = self._test(network, OWN_LAYER), self._test(trees)
        if of_network is None or of_trees is None or frame is None or frame_of_trees is None:
            return None, None
        blend = choose(of_network, of_trees, self._plan.knows_sides(trees), self._plan.recipe.temperature_bounds)
        if blend is None:
            return None, None
        require_same_candles(frame, frame_of_trees)
        blended = blend(_logits_of(frame), *timing_and_side(_logits_of(frame_of_trees)))
        return with_probabilities(frame, blended), blend

    def shared_network(self) -> pd.DataFrame | None:
        """What the network predicts that all coins share."""
        return self._test(self._trainings[SHARED, self._fold.number])

    def judged_as(self, name: str, frame: pd.DataFrame) -> Judgement:
        return self._judge(name, frame)

    def answers(self, predictions: pd.DataFrame) -> tuple[Answered, Answered]:
        """How well predictions answer the two questions, each beside its own yardsticks."""
        climatology = always(self._climatology, predictions)[PREDICTION_COLUMNS].to_numpy()
        equal = np.full_like(climatology, 1 / CLASSES)
        clocks = {
            "the clock": self._by_a_clock(predictions, False),
            "the clock and season1": self._by_a_clock(predictions, True),
        }
        timing = judge_timing(predictions, {CLIMATOLOGY: climatology} | clocks, 1 - climatology[:, _NO_TRADE])
        return timing, judge_side(predictions, {"50/50": equal, CLIMATOLOGY: climatology})

    def _by_a_clock(self, predictions: pd.DataFrame, season: bool) -> np.ndarray:
        timeframe = self._plan.timeframe
        clock = fit_clock(self._coins, timeframe, season)
        tests = [self._coins[symbol] for symbol in predictions["symbol"].unique()]
        return np.concatenate(
            [
                clock.probabilities(symbol, dataset[dataset["split"] == "test"], timeframe, self._climatology[symbol])
                for symbol, dataset in zip(predictions["symbol"].unique(), tests, strict=True)
            ]
        )

    def _judged(self, name: str) -> Judgement | None:
        experiment = self._trainings.get((name, self._fold.number))
        frame = None if experiment is None else self._test(experiment)
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
