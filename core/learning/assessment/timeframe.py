"""What is measured at one timeframe: which experiments that takes, and what comes of them side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from core.domain import Timeframe
from core.learning.assessment.calibration_chance import calibration_error_by_chance
from core.learning.assessment.comparison import (
    Judgement,
    always,
    joined,
    judge,
    mean_of,
    require_same_candles,
    with_probabilities,
)
from core.learning.assessment.leakage import peeking_features
from core.learning.assessment.published import Published, agreement, kinds, predict_with_published
from core.learning.datasets import LEARNED_FROM, TooLittleHistory
from core.learning.ensemble import Blend, fit_blend
from core.learning.evaluation import CLASSES, class_frequencies
from core.learning.experiment import (
    OWN_LAYER,
    PREDICTION_COLUMNS,
    TIME_FEATURES,
    Experiment,
    Learner,
    Material,
    judged,
)
from core.learning.folds import Fold
from core.market.candles import CandleStore
from core.model.features import calculate_features

CLIMATOLOGY, UNIFORM, LOGISTIC, BOOSTED = "climatology", "uniform", "logistic regression", "LightGBM"
PUBLISHED, NETWORK, ENSEMBLE, SHARED, SHUFFLED = (
    "published",
    "CNN-LSTM",
    "ensemble",
    "CNN-LSTM, shared by all coins",
    "LightGBM on shuffled labels",
)
UNMIRRORED_TREES = "LightGBM without mirroring"

_LEARNERS: dict[str, Learner] = {SHARED: "cnn-lstm", BOOSTED: "lightgbm", LOGISTIC: "logistic"}
_SEEDS = 3
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


class TimeframePlan:
    """The experiments of one timeframe. The last of ``folds`` is the split of the published models."""

    def __init__(
        self, material: Material, folds: tuple[Fold, ...], base: Experiment, first_ms: int, kept: Path
    ) -> None:
        self.timeframe, self.material, self.folds = material.timeframe, material, folds
        self._base, self._first_ms, self._kept = base, first_ms, kept
        self._digest = material.digest()

    def file(self, experiment: Experiment) -> Path:
        return experiment.file(self._kept, self._digest)

    def kept(self, experiment: Experiment) -> pd.DataFrame | None:
        """What an experiment predicted; None where it failed."""
        file = self.file(experiment)
        return pd.read_parquet(file) if file.is_file() else None

    def trainings(self) -> dict[tuple[str, int], Experiment]:
        """Everything that needs no other experiment, by name and number of its fold."""
        last = self.folds[-1].number
        found = {
            (name, fold.number): replace(self._base, fold=fold, learner=learner)
            for fold in self.folds
            for name, learner in _LEARNERS.items()
        }
        trees = found[BOOSTED, last]
        found[SHUFFLED, last] = replace(trees, shuffled=True)
        found[UNMIRRORED_TREES, last] = replace(trees, boosting=replace(trees.boosting, mirror=False))
        return found

    def ablations(self) -> dict[str, Experiment]:
        """Networks with one thing changed; each takes steps and temperature from the network it is compared with.

        Empty as long as that network is not there.
        """
        network = self.trainings()[SHARED, self.folds[-1].number]
        if not self.file(network).is_file():
            return {}
        said = pd.read_parquet(self.file(network)).attrs
        network = replace(network, follow=(said["steps"], said["temperature"]))
        found = {f"seed {seed}": replace(network, seed=seed) for seed in range(network.seed + 1, network.seed + _SEEDS)}
        extras = (*self.material.more, *self.material.other)
        if any(file.spot for file in extras):
            found["without spot history"] = replace(network, spot=False)
        if any(file.shifts != (0,) for file in extras):
            found["without candles that open at other times"] = replace(network, shifted=False)
        found[f"without time features ({', '.join(TIME_FEATURES)})"] = replace(network, hidden=TIME_FEATURES)
        found["without mirroring"] = replace(network, recipe=replace(network.recipe, mirror=False))
        return found

    def compare(self, models: Path) -> TimeframeAssessment:
        """Judge what is there; TooLittleHistory or FileNotFoundError where nothing can be."""
        last = self.folds[-1]
        coins = judged(self.material.coins(last), self.timeframe)
        published = predict_with_published(models, coins, self.timeframe, last)
        if published.predictions.empty:
            raise FileNotFoundError(
                f"No published {self.timeframe} model can be judged on these candles "
                f"({next(iter(published.left_out.values()))}). Train models first: python scripts/train_models.py"
            )
        comparison = _Comparison(self, last, coins, set(published.metrics))
        rows, notes = comparison.models(published)
        earlier = [result for fold in self.folds[:-1] if (result := self._compare_fold(fold)) is not None]
        final = FoldResult(last, comparison.anew())
        folds = (*earlier, final) if earlier else ()
        names = [j.name for j in final.judgements if all(any(j.name == o.name for o in f.judgements) for f in folds)]
        return TimeframeAssessment(
            self.timeframe,
            _moment(self._first_ms),
            _moment(last.end),
            last,
            tuple(rows),
            tuple(comparison.ablations()),
            folds,
            tuple(joined(n, [next(j for j in f.judgements if j.name == n) for f in folds]) for n in names if folds),
            (
                *notes,
                *self._checks(),
                *self._too_young(coins),
                *(f"{coin} is not judged: {why}." for coin, why in published.left_out.items()),
            ),
        )

    def _compare_fold(self, fold: Fold) -> FoldResult | None:
        try:
            coins = judged(self.material.coins(fold), self.timeframe)
        except TooLittleHistory:
            return None  # its experiments have failed for the same reason and are listed
        judgements = _Comparison(self, fold, coins, set(coins)).anew()
        return FoldResult(fold, judgements) if judgements else None

    def _too_young(self, coins: Mapping[str, pd.DataFrame]) -> list[str]:
        young = [file.symbol for file in self.material.candles if file.symbol not in coins]
        return [f"Without enough history for a model: {', '.join(young)}."] if young else []

    def _checks(self) -> list[str]:
        peeking: set[str] = set()
        for file in self.material.candles:
            candles = CandleStore(file.path.parent.parent).read(file.symbol, self.timeframe)
            ends = [end for end in _PEEK_ENDS if end < len(candles)]
            peeking.update(
                peeking_features(calculate_features, candles.iloc[: max(_PEEK_ENDS) + 500], self.timeframe, ends)
            )
        if peeking:
            return [
                f"LEAK: {', '.join(sorted(peeking))} change when later candles arrive; no figure here can be trusted."
            ]
        return [f"No feature changed when later candles arrived ({len(self.material.candles)} coins checked)."]


class _Comparison:
    """The experiments of one fold, read back and judged on the same candles of the same coins."""

    def __init__(self, plan: TimeframePlan, fold: Fold, coins: Mapping[str, pd.DataFrame], symbols: set[str]) -> None:
        self._plan, self._fold, self._symbols = plan, fold, symbols
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
        learned = [self._judged_training(name) for name in (LOGISTIC, BOOSTED, UNMIRRORED_TREES)]
        network = self._test(self._training(SHARED), OWN_LAYER)
        alone = None if network is None else self._judge(NETWORK, network)
        ensemble, blend = (None, None) if network is None else self._ensemble(network)
        rows = [*constants, *learned, alone, ensemble, shipped, self._judged_training(SHUFFLED)]
        notes = [agreement(published, shipped), kinds(published), _calibration(published.predictions, shipped)]
        if ensemble is not None and blend is not None:
            notes.append(
                f"The ensemble gives the CNN-LSTM {blend.share:.0%} of the weight and LightGBM the rest, at a "
                f"temperature of {blend.temperature:.3f}: halfway between equal weights and those that the validation "
                "period asks for. " + _beats_its_parts(ensemble, alone, learned[1])
            )
        shuffled = self._test(self._training(SHUFFLED))
        if shuffled is not None:
            notes.append(shuffled_verdict(shuffled))
        return [Row(each, None if each is shipped else shipped) for each in rows if each is not None], notes

    def anew(self) -> tuple[Judgement, ...]:
        """What was trained for this fold from nothing."""
        found = [self._judged_training(name) for name in (LOGISTIC, BOOSTED, SHARED)]
        network = self._test(self._training(SHARED), OWN_LAYER)
        if network is not None:
            found += [self._judge(NETWORK, network), self._ensemble(network)[0]]
        return tuple(each for each in found if each is not None)

    def ablations(self) -> list[Row]:
        """The networks without their own last layers, and that shared network with one thing changed."""
        shared, network = self._judged_training(SHARED), self._test(self._training(SHARED), OWN_LAYER)
        if shared is None or network is None:
            return []
        rows = [Row(replace(shared, name="without the per-coin layer"), self._judge(NETWORK, network))]
        others = {name: self._test(self._kept(each)) for name, each in self._plan.ablations().items()}
        seeds = [frame for name, frame in others.items() if name.startswith("seed ") and frame is not None]
        one = self._test(self._training(SHARED))
        if len(seeds) == _SEEDS - 1 and one is not None:
            rows.append(Row(self._judge(f"mean of {_SEEDS} seeds", mean_of([one, *seeds])), shared))
        rows += [Row(self._judge(name, frame), shared) for name, frame in others.items() if frame is not None]
        return rows

    def _ensemble(self, network_on_test: pd.DataFrame) -> tuple[Judgement | None, Blend | None]:
        """``network_on_test`` blended with the trees, as the rehearsals of both say on every coin's validation period."""
        network, trees = (self._plan.kept(self._trainings[name, self._fold.number]) for name in (SHARED, BOOSTED))
        trees_on_test = self._test(self._training(BOOSTED))
        if network is None or trees is None or trees_on_test is None:
            return None, None
        rehearsals = [frame[frame["split"] == "validation"] for frame in (network, trees)]
        require_same_candles(*rehearsals)
        labels, blocks = (rehearsals[0][name].to_numpy().astype(np.int64) for name in ("label", "block"))
        blend = fit_blend(_logits_of(rehearsals[0]), _logits_of(rehearsals[1]), labels, blocks)
        require_same_candles(network_on_test, trees_on_test)
        blended = blend(_logits_of(network_on_test), _logits_of(trees_on_test))
        return self._judge(ENSEMBLE, with_probabilities(network_on_test, blended)), blend

    def _judged_training(self, name: str) -> Judgement | None:
        frame = self._test(self._training(name))
        return None if frame is None else self._judge(name, frame)

    def _training(self, name: str) -> pd.DataFrame | None:
        return self._kept(self._trainings[name, self._fold.number])

    def _kept(self, experiment: Experiment) -> pd.DataFrame | None:
        """Predictions of the coins judged here; None where the experiment failed."""
        frame = self._plan.kept(experiment)
        return None if frame is None else frame[frame["symbol"].isin(self._symbols)]

    def _test(self, frame: pd.DataFrame | None, split: str = "test") -> pd.DataFrame | None:
        return None if frame is None else frame[frame["split"] == split].reset_index(drop=True)

    def _judge(self, name: str, frame: pd.DataFrame, calls: bool = True) -> Judgement:
        return judge(name, frame, self._climatology, calls)


def _calibration(predictions: pd.DataFrame, judgement: Judgement) -> str:
    """A sentence: how much of the calibration error chance explains."""
    chance = calibration_error_by_chance(predictions)
    assert judgement.pooled is not None
    return (
        f"A perfectly calibrated model would show, on a period of this length, an ECE of {chance.pooled:.3f} over all "
        f"candles (under {chance.pooled_limit:.3f} 19 times in 20) and of {chance.worst:.3f} for the worst coin (under "
        f"{chance.worst_limit:.3f}); the published models show {judgement.pooled['ece']:.3f} and "
        f"{judgement.pooled['worst_ece']:.3f}."
    )


def _logits_of(predictions: pd.DataFrame) -> np.ndarray:
    """What an experiment's probabilities were made from, up to a constant per row: float64 (rows, 3)."""
    p = predictions[PREDICTION_COLUMNS].to_numpy(dtype=np.float64)
    return np.log(np.maximum(p, _SMALLEST)) * predictions.attrs["temperature"]


def _beats_its_parts(ensemble: Judgement, network: Judgement | None, trees: Judgement | None) -> str:
    losses = {each.name: each.pooled["log_loss"] for each in (ensemble, network, trees) if each and each.pooled}
    mine = losses.pop(ensemble.name)
    parts = " and ".join(f"{name}'s {loss:.5f}" for name, loss in losses.items())
    below = "below" if mine < min(losses.values()) else "NOT below both"
    return f"Its log loss of {mine:.5f} is {below} {parts}."


def shuffled_verdict(predictions: pd.DataFrame) -> str:
    """A sentence: whether what was learned from shuffled labels knows anything of other shuffled labels.

    It is measured against its own mean prediction of each coin: against climatology, class frequencies that have
    changed since would look like knowledge.
    """
    means = predictions.groupby("symbol")[PREDICTION_COLUMNS].mean()
    constant = {str(symbol): row.to_numpy(dtype=np.float64) for symbol, row in means.iterrows()}
    low, high = judge(SHUFFLED, predictions, constant).skills()["skill_interval"]
    verdict = "not above zero, as it must be" if low <= 0 else "which is above zero: SOMETHING LEAKS"
    return (
        f"Learned from shuffled labels and judged on shuffled labels, LightGBM has a skill over its own mean "
        f"prediction between {low:+.5f} and {high:+.5f}, {verdict}."
    )


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
