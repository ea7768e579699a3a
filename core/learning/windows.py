"""Windows: many datasets joined into one array, standardised alike, for all coins to learn from together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

from core.learning.datasets import DIMENSIONS
from core.model.features import DIRECTIONAL_FEATURES, FEATURES
from core.model.scaling import Scaling, clip

DIRECTIONAL = np.array([name in DIRECTIONAL_FEATURES for name in FEATURES])

_BACK = np.arange(-DIMENSIONS.window + 1, 1)


@dataclass(frozen=True, slots=True)
class Windows:
    """Labelled windows inside a longer array of rows: each is its last row and those before it."""

    rows: np.ndarray  # float32 (rows, features), standardised
    ends: np.ndarray  # int64 (windows,), positions in rows
    labels: np.ndarray  # int64 (windows,)
    blocks: np.ndarray  # int64 (windows,), see core.model.scores.blocks_of

    def __len__(self) -> int:
        return len(self.ends)

    def take(self, which: np.ndarray | slice) -> np.ndarray:
        """float32 (batch, window, features)."""
        return self.rows[self.ends[which][:, None] + _BACK]

    def newest(self) -> np.ndarray:
        """float32 (windows, features): the last row of each window, which is all that trees see."""
        return self.rows[self.ends]

    def every(self, stride: int) -> Windows:
        """Every so manieth window."""
        return self.where(slice(None, None, stride))

    def where(self, which: np.ndarray | slice) -> Windows:
        """Those windows that are chosen."""
        return Windows(self.rows, self.ends[which], self.labels[which], self.blocks[which])


def together(first: Windows, second: Windows) -> Windows:
    """The windows of both."""
    return Windows(
        np.concatenate([first.rows, second.rows]),
        np.concatenate([first.ends, second.ends + len(first.rows)]),
        np.concatenate([first.labels, second.labels]),
        np.concatenate([first.blocks, second.blocks]),
    )


def fit_scaler(datasets: Iterable[pd.DataFrame]) -> StandardScaler:
    """Mean and deviation of the training rows of all ``datasets`` together.

    Directional features keep the mean 0, so that turning a chart upside down is the same as changing their
    sign; otherwise the drift of the training period would be learned as if it were knowledge.
    """
    scaler = StandardScaler()
    for dataset in datasets:
        train = dataset.loc[dataset["split"] == "train", list(FEATURES)]
        if len(train):
            scaler.partial_fit(train.to_numpy(dtype=np.float64))
    variance_about_zero = scaler.var_ + scaler.mean_**2
    scaler.var_ = np.where(DIRECTIONAL, variance_about_zero, scaler.var_)
    scaler.mean_ = np.where(DIRECTIONAL, 0.0, scaler.mean_)
    scaler.scale_ = np.where(scaler.var_ > 1e-12, np.sqrt(scaler.var_), 1.0)
    return scaler


def scaling_of(scaler: StandardScaler) -> Scaling:
    """What the scaler does, in the form that serving has it."""
    return Scaling(scaler.mean_, scaler.scale_)


def windows_of(datasets: Iterable[pd.DataFrame], splits: Collection[str], scaling: Scaling) -> Windows:
    """All windows of some ``splits`` in ``datasets``, in their order."""
    rows, ends, labels, blocks, offset = [], [], [], [], 0
    for frame in datasets:
        used = np.flatnonzero(frame["split"].isin(splits).to_numpy())
        if len(used) == 0:
            continue
        # Only the stretch these windows reach into: all history would be kept three times over.
        first = used[0] - DIMENSIONS.window + 1
        stretch = frame.iloc[first : used[-1] + 1]
        rows.append(_model_inputs(stretch[list(FEATURES)].to_numpy(), scaling))
        ends.append(used - first + offset)
        labels.append(frame["label"].to_numpy()[used].astype(np.int64))
        blocks.append(frame["block"].to_numpy()[used])
        offset += len(stretch)
    if not rows:
        none = np.empty(0, np.int64)
        return Windows(np.empty((0, len(FEATURES)), np.float32), none, none, none)
    return Windows(np.concatenate(rows), np.concatenate(ends), np.concatenate(labels), np.concatenate(blocks))


def _model_inputs(features: np.ndarray, scaling: Scaling) -> np.ndarray:
    """As serving makes them; rows of the warm-up (NaN) become 0 and are in no labelled window."""
    return np.nan_to_num(clip(scaling.standardise(features)))


@dataclass(frozen=True)
class TrainingData:
    """Datasets to learn from: those of all ``coins`` by symbol, ``more`` of the same timeframe, those of an ``other`` one."""

    coins: Mapping[str, pd.DataFrame]
    more: Sequence[pd.DataFrame] = ()
    other: Sequence[pd.DataFrame] = ()

    @cached_property
    def scaler(self) -> StandardScaler:
        """The scaler of the timeframe itself, which its models keep."""
        return fit_scaler([*self.coins.values(), *self.more])

    @property
    def scaling(self) -> Scaling:
        return scaling_of(self.scaler)

    @cached_property
    def validation(self) -> Windows:
        """The validation windows of all coins in turn."""
        return windows_of(self.coins.values(), ["validation"], self.scaling)

    def windows(self, splits: Collection[str]) -> Windows:
        """What trees learn from."""
        return windows_of([*self.coins.values(), *self.more], splits, self.scaling)

    def network_windows(self, splits: Collection[str]) -> Windows:
        """What a network learns from: an other timeframe's windows as well, standardised by a scaler of their own."""
        own = self.windows(splits)
        if not can_be_learned_from(self.other):
            return own
        return together(own, windows_of(self.other, splits, scaling_of(fit_scaler(self.other))))

    def network_checks(self, count: int) -> Windows:
        """About ``count`` validation windows to check a network on: those of the other timeframe where there are any."""
        windows = self.validation
        if can_be_learned_from(self.other):
            windows = windows_of(self.other, ["validation"], scaling_of(fit_scaler(self.other)))
        return windows.every(max(1, len(windows) // count))


def can_be_learned_from(datasets: Collection[pd.DataFrame]) -> bool:
    """Whether there is a labelled candle in the training and in the validation period."""
    return all(any((each["split"] == split).any() for each in datasets) for split in ("train", "validation"))
