"""Challengers: trained on all but the newest candles, and published where they beat the models in use on those.

Each timeframe is decided as a whole, since its coins share a network. Candles are unseen that neither model has learned
from, nor was chosen by, and whose labels look at none such. The gain is the difference in mean skill over the same
blocks of days drawn anew, as in core.learning.assessment.comparison; its 95 % interval must lie above zero. Who asks every
night asks often, and nothing corrects for that: now and then a challenger no better than its champion will be lucky.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from core.domain import Direction, Series, Timeframe
from core.errors import UnusableModel
from core.findings import IncompleteModel, ModelNotAnswering, ModelProblem, UnusableFiles
from core.learning.assessment.comparison import Judgement, judge
from core.learning.assessment.predictions import prediction_rows
from core.learning.coin_model import predict_published
from core.learning.datasets import Fold
from core.learning.sources import CandleFile
from core.learning.train import TrainingOrder, TrainingReport, train_models
from core.market.candle_files import CandleStore
from core.market.candles import moment_of, unix_ms
from core.model.barriers import HORIZON_CANDLES
from core.model.publication import ready_to_adopt
from core.model.registry import LoadedModel, ModelRegistry
from core.model.scores import DAY_MS, block_days
from core.signals.trust import learned_until
from core.wording.sentences import problem_text

PATIENCE_SECONDS = 60.0
"""How long the files of models are waited for: a model in use that is slow to come must not be taken for none."""

Decision = Literal["published", "not_published", "kept", "too_early", "no_challenger"]


@dataclass(frozen=True, kw_only=True)
class RetrainingOrder:
    """``training`` says what to train from which candles, and where the models in use are.

    ``workplace`` is a folder for what lies between, deleted in the end. ``blocks`` of days are held back from training,
    and at least ``fewest`` of them must be unseen by both. A block is as long as a label may look ahead.
    """

    training: TrainingOrder
    workplace: Path
    blocks: int = 14
    fewest: int = 10


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found at one timeframe: mean skills of both on ``n`` candles of ``coins``, and the gain with its interval."""

    coins: int
    n: int
    blocks: int
    since: datetime
    champion_skill: float
    challenger_skill: float
    gain: float
    interval: tuple[float, float]

    @property
    def is_better(self) -> bool:
        return self.interval[0] > 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a timeframe's challengers. ``comparison`` is None where there was nothing to compare.

    ``versions`` are those of each coin's champion, None where it had none, and challenger. ``published`` are the models
    that are put in use; those of coins that had none, or an ``unusable`` one, were judged by nothing but their test.
    """

    timeframe: Timeframe
    decision: Decision
    comparison: Comparison | None
    published: tuple[Series, ...] = ()
    versions: Mapping[Series, tuple[str | None, str]] = field(default_factory=dict)
    unusable: tuple[Series, ...] = ()


Decided = Callable[[Verdict], object]
"""Tells what was decided, durably; whatever it raises, no model is put in use of which it has not told."""


def retrain(order: RetrainingOrder, decided: Decided = lambda verdict: None) -> tuple[list[Verdict], TrainingReport]:
    """Train challengers, and publish those that are better; errors as of train_models, and of ``decided``.

    This is called as soon as a timeframe is decided (see ``decide``).
    What an interrupted run has learned is found by the next one, if it asks for the same candles.
    """
    training, workplace = order.training, order.workplace
    older = workplace / training.candles.name  # a model names its market after the folder
    for timeframe in training.timeframes:
        _hold_back(training, timeframe, order.blocks, older)
    challengers = workplace / "models"
    report = train_models(
        replace(training, candles=older, models=challengers, datasets=workplace / "datasets", force=True)
    )
    verdicts = [decide(order, timeframe, challengers, decided) for timeframe in training.timeframes]
    shutil.rmtree(workplace, ignore_errors=True)
    return verdicts, report


def decide(
    order: RetrainingOrder, timeframe: Timeframe, challengers: Path, decided: Decided = lambda verdict: None
) -> Verdict:
    """Compare what stands in ``challengers`` with the models in use, and publish it where it is better.

    First everything is copied to where it will be used, then ``decided`` tells of it, then it is put in use. So nothing is
    put in use that could not be told, for want of a ledger or of room. What is told then fails only where somebody meddles
    with the folders in the instant that renaming them takes: that is told, too, as ``not_published``, with those that were.
    Only who is killed in that instant leaves more told than done; signals name the model that gave them.
    """
    verdict = _judged(order, timeframe, challengers)
    with ready_to_adopt(order.training.models, verdict.published, challengers) as adopt:
        decided(verdict)
        _publish(verdict, adopt, decided)
    return verdict


def _judged(order: RetrainingOrder, timeframe: Timeframe, challengers: Path) -> Verdict:
    wanted = [Series(symbol, timeframe) for symbol in order.training.symbols]
    found = _found(order.training.models, wanted)
    new, old = _usable(_found(challengers, wanted)), _usable(found)
    if not new:
        return Verdict(timeframe, "no_challenger", None)
    both = [series for series in new if series in old]
    without = [series for series in new if series not in old]
    comparison = compare([(old[series], new[series]) for series in both], order.training.candles) if both else None
    judged = comparison is not None and comparison.blocks >= order.fewest
    better = both if judged and comparison is not None and comparison.is_better else []
    published = tuple(series for series in new if series in {*better, *without})
    decision: Decision = "published" if published else "kept" if judged else "too_early"
    versions = {series: (_version(old.get(series)), new[series].metrics.model_version) for series in new}
    unusable = tuple(series for series in without if isinstance(found[series], UnusableFiles | IncompleteModel))
    return Verdict(timeframe, decision, comparison, published, versions, unusable)


def _publish(verdict: Verdict, adopt: Callable[[Series], object], decided: Decided) -> None:
    done: list[Series] = []
    try:
        for series in verdict.published:
            adopt(series)
            done.append(series)
    except BaseException:
        decided(replace(verdict, decision="not_published", published=tuple(done)))
        raise


def compare(pairs: Iterable[tuple[LoadedModel, LoadedModel]], candles: Path) -> Comparison | None:
    """Champions and challengers of one timeframe on the candles that neither has seen; None where there are none."""
    pairs = list(pairs)
    begin = max(_unseen_from(model) for pair in pairs for model in pair)
    rows: tuple[list[pd.DataFrame], list[pd.DataFrame]] = ([], [])
    climatology: dict[str, np.ndarray] = {}
    for champion, challenger in pairs:
        dataset = _unseen(champion.metrics.series, candles, begin)
        if dataset is not None:
            climatology[champion.metrics.symbol] = _climatology(champion)
            for model, found in zip((champion, challenger), rows, strict=True):
                found.append(prediction_rows(model.metrics.symbol, dataset, predict_published(model, dataset)))
    if not climatology:
        return None
    champion_rows, challenger_rows = map(pd.concat, rows)
    return _compared(
        judge("champion", champion_rows, climatology), judge("challenger", challenger_rows, climatology), begin
    )


def _compared(champion: Judgement, challenger: Judgement, begin: int) -> Comparison:
    gain = challenger.gain_over(champion)
    low, high = gain["interval"]
    blocks = {block for losses in champion.losses.values() for block in losses.blocks.tolist()}
    return Comparison(
        coins=len(champion.coins),
        n=sum(coin["n"] for coin in champion.coins.values()),
        blocks=len(blocks),
        since=moment_of(begin),
        champion_skill=champion.skills()["skill"],
        challenger_skill=challenger.skills()["skill"],
        gain=gain["skill"],
        interval=(low, high),
    )


def _hold_back(training: TrainingOrder, timeframe: Timeframe, blocks: int, older: Path) -> None:
    """Write to ``older`` the candles of every coin without the newest blocks, all coins cut at one moment."""
    source, target = CandleStore(training.candles), CandleStore(older)
    there = [symbol for symbol in source.symbols() if source.has(symbol, timeframe)]
    frames = {symbol: source.closed_arrays(symbol, timeframe, training.now) for symbol in there}
    ends = [int(arrays.open_time_ms[-1]) for arrays in frames.values() if len(arrays)]
    cut = max(ends, default=0) // DAY_MS * DAY_MS - blocks * block_days(timeframe) * DAY_MS
    for symbol, arrays in frames.items():
        known = arrays[arrays.open_time_ms < cut]
        if len(known):
            target.write(symbol, timeframe, known.frame())


def _found(folder: Path, wanted: Sequence[Series]) -> Mapping[Series, LoadedModel | ModelProblem]:
    """Each model, or why there is none. UnusableModel where a disk does not answer: nothing is known of what is on it."""
    found = ModelRegistry(folder, PATIENCE_SECONDS).find_all(wanted)
    for problem in found.values():
        if isinstance(problem, ModelNotAnswering):
            raise UnusableModel(problem_text(problem))
    return found


def _usable(found: Mapping[Series, LoadedModel | ModelProblem]) -> Mapping[Series, LoadedModel]:
    return {series: model for series, model in found.items() if isinstance(model, LoadedModel)}


def _version(model: LoadedModel | None) -> str | None:
    return None if model is None else model.metrics.model_version


def _unseen_from(model: LoadedModel) -> int:
    """The first open time, Unix milliseconds, of a candle of which a model knows neither label nor what that looks at."""
    step = model.metrics.series.timeframe.milliseconds
    return unix_ms(learned_until(model.metrics)) + (HORIZON_CANDLES + 1) * step


def _unseen(series: Series, candles: Path, begin: int) -> pd.DataFrame | None:
    """The dataset of a coin whose test period begins then; None where it has no labelled candle in it."""
    file = CandleFile(CandleStore(candles).path(*series), series.timeframe)
    end = int(CandleStore(candles).arrays(*series).open_time_ms[-1]) + series.timeframe.milliseconds
    if end <= begin:
        return None
    dataset = pd.concat(file.datasets(Fold(1, validation=begin, test=begin, end=end)))
    return dataset if (dataset["split"] == "test").any() else None


def _climatology(model: LoadedModel) -> np.ndarray:
    return np.array([getattr(model.metrics.climatology, direction) for direction in Direction])
