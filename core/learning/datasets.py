"""Datasets: features, labels and the chronological split of every candle of a coin and timeframe.

A fold says where history is cut into training, validation and test, once for shipped models and on earlier periods too.
All coins and markets that are trained together are cut at the same calendar instants, because coins move together: a
coin cut later would tell its neighbours' future. The same recipe judged on several periods in a row (walk-forward) does
not rest on one lucky month.

A row whose label looks past a cut is left out (purged by H candles: Lopez de Prado, Advances in Financial Machine
Learning, 2018, chapter 7). No further embargo is needed, as training never comes after the period it is judged on and
features look back only.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from core.disk import CannotRead, read_bounded, write_whole
from core.domain import Timeframe
from core.errors import CandorError
from core.learning.recipes import HeldOut
from core.market.candles import gap_free_segments, open_times_ms
from core.model.barriers import HORIZON_CANDLES
from core.model.coverage import MIN_TRAINING_CANDLES
from core.model.features import WARM_UP_CANDLES, calculate_features
from core.model.parameters import Dimensions
from core.model.scores import DAY_MS, blocks_of
from core.signals.labels import NO_LABEL, label_candles
from core.wording.facts import shipping_rule

DIMENSIONS = Dimensions()
"""Of every model Candor trains: equal shapes let all of them be evaluated as one stacked forward pass."""

FIRST_USABLE = WARM_UP_CANDLES - 1 + DIMENSIONS.window - 1
"""Row of a gap-free stretch (counted from 0) whose window is the first to hold only finite features."""

LARGEST_PARQUET = 1 << 30
"""Bytes; what a network predicts of 34 coins takes a few million."""

_WEEK_MS = 7 * DAY_MS
_VALIDATION_SHARE, _TEST_SHARE = 0.15, 0.20  # of a short history
_FIRST_HISTORY = 0.25  # of all history stays in front of the first fold's validation period

LEARNED_FROM = ("train", "validation")
"""The splits a finished model has learned from; its baseline may know as much."""


# ---------------------------------------------------------------- folds


@dataclass(frozen=True, slots=True)
class Fold:
    """One split in time, counted from 1; instants in Unix milliseconds.

    Training ends at ``validation``, validation at ``test``; what happens at ``end`` or later is unknown to it.
    """

    number: int
    validation: int
    test: int
    end: int


def shipped_fold(first_open_ms: int, last_open_ms: int, timeframe: Timeframe, held_out: HeldOut) -> Fold:
    """The fold of published models, of candles of which the earliest and latest open at these times.

    The test period is the last one. Cuts fall on UTC midnights unless the history is shorter than three weeks.
    """
    return walk_forward(first_open_ms, last_open_ms, timeframe, held_out, count=1)[-1]


def walk_forward(
    first_open_ms: int, last_open_ms: int, timeframe: Timeframe, held_out: HeldOut, count: int
) -> tuple[Fold, ...]:
    """Folds whose test periods follow one another without overlap, each with all history before it to learn from.

    The last is the one that shipped models are made with. The earlier test periods are as long as its own, or
    shorter (whole weeks, if there are any) where the first fold would be left with less than a quarter of the
    history. Every fold has the validation length of the last.
    """
    end = last_open_ms + timeframe.milliseconds
    validation_cut, test_cut = _cuts(first_open_ms, end, timeframe, held_out)
    spare = validation_cut - first_open_ms - int(_FIRST_HISTORY * (end - first_open_ms))
    length = min(end - test_cut, spare // max(1, count - 1))
    grid = next((step for step in (_WEEK_MS, DAY_MS) if length >= step), timeframe.milliseconds)
    length = length // grid * grid
    tests = [test_cut - back * length for back in range(count - 1, -1, -1)]
    ends = [*tests[1:], end]
    return tuple(
        Fold(number, test - (test_cut - validation_cut), test, until)
        for number, (test, until) in enumerate(zip(tests, ends, strict=True), start=1)
    )


def until_the_end(fold: Fold) -> Fold:
    """The fold that learns from all candles of another: a test period as far behind as ever would begin where they end."""
    return Fold(fold.number + 1, fold.end - (fold.test - fold.validation), fold.end, fold.end)


def _cuts(first_open_ms: int, end: int, timeframe: Timeframe, held_out: HeldOut) -> tuple[int, int]:
    """Where training and validation end in the fold of published models."""
    span = end - first_open_ms
    test_length = min(held_out.test_days * DAY_MS, int(span * _TEST_SHARE))
    validation_length = min(held_out.validation_days * DAY_MS, int(span * _VALIDATION_SHARE))
    grid = DAY_MS if span >= 21 * DAY_MS else timeframe.milliseconds
    test = (end - test_length) // grid * grid
    return (test - validation_length) // grid * grid, test


# ---------------------------------------------------------------- datasets


class TooLittleHistory(CandorError):
    """A coin without enough candles for a model of its own at this timeframe."""

    code = "too_little_history"


def build_dataset(candles: pd.DataFrame, timeframe: Timeframe, fold: Fold) -> pd.DataFrame:
    """One row per candle: open_time, FEATURES (float32), label, candles_to_barrier (int16), block and split.

    ``split`` is train, validation or test where the candle has a label and a full window of finite features
    without a gap, and the label does not look past the cut; "unused" elsewhere. Since every candle keeps its
    row, the window of a used row is the row itself and the 47 before it.
    """
    features = calculate_features(candles, timeframe).astype("float32").reset_index()
    label, candles_to_barrier = label_candles(candles, timeframe)
    opens = open_times_ms(candles)
    horizon_end = opens + (HORIZON_CANDLES + 1) * timeframe.milliseconds
    usable = label != NO_LABEL
    for segment in gap_free_segments(candles, timeframe):
        usable[segment.start : segment.start + FIRST_USABLE] = False
    split = np.full(len(candles), "unused", dtype=object)
    split[usable & (horizon_end <= fold.validation)] = "train"
    split[usable & (opens >= fold.validation) & (horizon_end <= fold.test)] = "validation"
    split[usable & (opens >= fold.test)] = "test"
    return features.assign(
        label=label,
        candles_to_barrier=candles_to_barrier,
        block=blocks_of(opens, timeframe),
        split=pd.Categorical(split, categories=["train", "validation", "test", "unused"]),
    )


def with_shuffled_labels(dataset: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The dataset with its labels dealt out anew within each period: whoever has skill on it reads the answer."""
    labels = dataset["label"].to_numpy(copy=True)
    for split in ("train", "validation", "test"):
        rows = np.flatnonzero((dataset["split"] == split).to_numpy())
        labels[rows] = rng.permutation(labels[rows])
    return dataset.assign(label=labels)


def require_enough_history(dataset: pd.DataFrame, timeframe: Timeframe, held_out: HeldOut) -> None:
    """TooLittleHistory, with a sentence that says how much is missing, unless a model may be trained and tested."""
    counts = dataset["split"].value_counts()
    train = int(counts["train"])
    if train < MIN_TRAINING_CANDLES:
        missing = _missing_candles(dataset, timeframe, held_out, train)
        raise TooLittleHistory(
            f"{len(dataset):,} {timeframe} candles leave {train} labelled ones for training, but {shipping_rule(MIN_TRAINING_CANDLES)}. About "
            f"{missing} more candles of earlier history are missing ({missing * timeframe.minutes / 1440:.3g} days)."
        )
    for period in ("validation", "test"):
        if not counts[period]:
            raise TooLittleHistory(
                f"There is no labelled candle in the {period} period; the candles end at "
                f"{dataset['open_time'].iloc[-1]:%Y-%m-%d %H:%M} UTC or have gaps there. Download newer candles."
            )


def _missing_candles(dataset: pd.DataFrame, timeframe: Timeframe, held_out: HeldOut, train: int) -> int:
    """How many candles before its first a coin lacks, if neither they nor its own have a gap; at least that many else."""
    opens, step = open_times_ms(dataset), timeframe.milliseconds
    first, last = int(opens[0]), int(opens[-1])
    not_trained_on = opens[dataset["split"].isin(["validation", "test"])]
    usual = (held_out.validation_days + held_out.test_days - 1) * DAY_MS
    more = 0
    while True:
        more += 1
        start = first - more * step
        # A short history is cut by shares, so that what is added is shared as well; elsewhere training gets it all.
        cut = (
            int(not_trained_on[0])
            if len(not_trained_on) and last - not_trained_on[0] > usual
            else shipped_fold(start, last, timeframe, held_out).validation
        )
        rows = (cut - start) // step
        if rows - FIRST_USABLE - HORIZON_CANDLES >= MIN_TRAINING_CANDLES and more >= MIN_TRAINING_CANDLES - train:
            return more


def dataset_path(folder: Path, symbol: str, timeframe: Timeframe) -> Path:
    return folder / symbol / f"{timeframe}_dataset.parquet"


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame with its attrs; CannotWrite says why that failed."""
    write_whole(path, frame.to_parquet(index=False))


def read_parquet(path: Path) -> pd.DataFrame:
    """What write_parquet has written. FileNotFoundError where nothing is there, CannotRead where something else is."""
    content = read_bounded(path, LARGEST_PARQUET)
    try:
        return pd.read_parquet(io.BytesIO(content))
    except Exception as error:
        raise CannotRead(f"{{path}} is no table that training has written ({type(error).__name__}).", path) from None
