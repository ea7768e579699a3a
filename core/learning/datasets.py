"""Datasets: features, labels and the chronological split of every candle of a coin and timeframe.

The split cuts at the same calendar instants for every coin and every market that is trained together, because
coins move together: a coin cut later would tell its neighbours' future. A row whose label looks past a cut is
left out (purged by H candles). No further embargo is needed, as training never comes after the period it is judged on
and features look back only.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from core.domain import Timeframe
from core.errors import CandorError
from core.market.candles import gap_free_segments, open_times_ms
from core.model.barriers import HORIZON_CANDLES
from core.model.coverage import MIN_TRAINING_CANDLES
from core.model.features import FEATURES, WARM_UP_CANDLES, calculate_features
from core.model.network import Dimensions
from core.signals.outcomes import NO_LABEL, label_candles
from core.wording.sentences import shipping_rule

DIMENSIONS = Dimensions(features=len(FEATURES))
"""Of every model Candor trains: equal shapes let all of them be evaluated as one stacked forward pass."""

FIRST_USABLE = WARM_UP_CANDLES - 1 + DIMENSIONS.window - 1
"""Row of a gap-free stretch (counted from 0) whose window is the first to hold only finite features."""

LEARNED_FROM = ("train", "validation")
"""The splits a finished model has learned from; its baseline may know as much."""

_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class SplitLengths:
    """Length of the two held-out periods: so many days, but no more than this share of the history."""

    validation_days: int
    test_days: int


SPLIT_LENGTHS = {
    Timeframe.M15: SplitLengths(validation_days=42, test_days=56),
    Timeframe.H1: SplitLengths(validation_days=84, test_days=112),
    Timeframe.H4: SplitLengths(validation_days=84, test_days=140),
    Timeframe.D1: SplitLengths(validation_days=84, test_days=140),
}
"""Whole weeks, so that weekends weigh alike in every period."""

_VALIDATION_SHARE, _TEST_SHARE = 0.15, 0.20  # of a short history


class TooLittleHistory(CandorError):
    """A coin without enough candles for a model of its own at this timeframe."""

    code = "too_little_history"


@dataclass(frozen=True, slots=True)
class Cuts:
    """Instants in Unix milliseconds: training ends at ``validation``, validation at ``test``."""

    validation: int
    test: int


def cuts_for(first_open_ms: int, last_open_ms: int, timeframe: Timeframe) -> Cuts:
    """Where to cut a folder whose earliest and latest candles open at these times.

    The test period is the last one. Cuts fall on UTC midnights unless the history is shorter than three weeks.
    """
    end = last_open_ms + timeframe.milliseconds
    span = end - first_open_ms
    lengths = SPLIT_LENGTHS[timeframe]
    test_length = min(lengths.test_days * _DAY_MS, int(span * _TEST_SHARE))
    validation_length = min(lengths.validation_days * _DAY_MS, int(span * _VALIDATION_SHARE))
    grid = _DAY_MS if span >= 21 * _DAY_MS else timeframe.milliseconds
    test = (end - test_length) // grid * grid
    return Cuts(validation=(test - validation_length) // grid * grid, test=test)


def blocks_of(open_times: np.ndarray, timeframe: Timeframe) -> np.ndarray:
    """In which block of time each candle (Unix milliseconds) lies, int64: whole days, as many as a label may look ahead.

    Labels of one block hang together, those of different blocks hardly do, so a choice is sure only if most blocks
    speak for it.
    """
    days = math.ceil(HORIZON_CANDLES * timeframe.milliseconds / _DAY_MS)
    return open_times // (days * _DAY_MS)


def build_dataset(candles: pd.DataFrame, timeframe: Timeframe, cuts: Cuts) -> pd.DataFrame:
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
    split[usable & (horizon_end <= cuts.validation)] = "train"
    split[usable & (opens >= cuts.validation) & (horizon_end <= cuts.test)] = "validation"
    split[usable & (opens >= cuts.test)] = "test"
    return features.assign(
        label=label,
        candles_to_barrier=candles_to_barrier,
        block=blocks_of(opens, timeframe),
        split=pd.Categorical(split, categories=["train", "validation", "test", "unused"]),
    )


def require_enough_history(dataset: pd.DataFrame, timeframe: Timeframe) -> None:
    """TooLittleHistory, with a sentence that says how much is missing, unless a model may be trained and tested."""
    counts = dataset["split"].value_counts()
    train = int(counts["train"])
    if train < MIN_TRAINING_CANDLES:
        missing = _missing_candles(dataset, timeframe, train)
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


def _missing_candles(dataset: pd.DataFrame, timeframe: Timeframe, train: int) -> int:
    """How many candles before its first a coin lacks, if neither they nor its own have a gap; at least that many else."""
    opens, step = open_times_ms(dataset), timeframe.milliseconds
    first, last = int(opens[0]), int(opens[-1])
    held_out = opens[dataset["split"].isin(["validation", "test"])]
    lengths = SPLIT_LENGTHS[timeframe]
    usual = (lengths.validation_days + lengths.test_days - 1) * _DAY_MS
    more = 0
    while True:
        more += 1
        start = first - more * step
        # A short history is cut by shares, so that what is added is shared as well; elsewhere training gets it all.
        cut = (
            int(held_out[0])
            if len(held_out) and last - held_out[0] > usual
            else cuts_for(start, last, timeframe).validation
        )
        rows = (cut - start) // step
        if rows - FIRST_USABLE - HORIZON_CANDLES >= MIN_TRAINING_CANDLES and more >= MIN_TRAINING_CANDLES - train:
            return more


def dataset_path(folder: Path, symbol: str, timeframe: Timeframe) -> Path:
    return folder / symbol / f"{timeframe}_dataset.parquet"


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write aside, then rename: a reader or a crash never meets half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(f".{os.getpid()}.tmp")
    frame.to_parquet(aside, index=False)
    aside.replace(path)
