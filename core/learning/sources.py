"""What the network and the trees of one timeframe learn from: the datasets of all coins, and more history besides."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

from core.domain import Timeframe
from core.errors import CandorError
from core.learning.datasets import Cuts, build_dataset
from core.learning.fingerprint import code_digest
from core.learning.network import Recipe
from core.learning.phases import every_shift, shifted_candles
from core.learning.trees import Boosting
from core.learning.windows import Windows, fit_scaler, together, windows_of
from core.market.candles import CandleStore, open_times_ms

_LOOK_WINDOWS = 20_000
"""About so many validation windows, evenly spread, are enough to see whether training still helps."""


class NothingToLearnFrom(CandorError):
    """No coin has a labelled candle in the training or the validation period."""

    code = "too_little_history"


@dataclass(frozen=True, slots=True)
class Extra:
    """Candles that a timeframe learns from besides its own, from a folder of files of ``recorded`` candles.

    They are put together to candles of ``made``, in several ways (``shifts``, see core.learning.phases). Only the
    network learns from another timeframe.
    """

    recorded: Timeframe
    made: Timeframe
    shifts: tuple[int, ...] = (0,)
    spot: bool = False


_M15, _H1, _H4, _D1 = Timeframe
EXTRAS = {
    _M15: (Extra(_M15, _M15, spot=True),),
    _H1: (Extra(_M15, _H1, every_shift(_M15, _H1)[1:]), Extra(_M15, _H1, every_shift(_M15, _H1), spot=True)),
    _H4: (Extra(_H1, _H4, every_shift(_H1, _H4)[1:]),),
    _D1: (
        Extra(_H4, _H4),
        Extra(_H1, _H4, every_shift(_H1, _H4)[1:]),
        Extra(_H1, _D1, every_shift(_H1, _D1)[1:]),
    ),
}
"""What each timeframe learns from besides. 1d has too few candles to train a network on, so it learns on those of 4h
as well, which have a scaler of their own."""

_MIDNIGHT = {"tod_sin": np.float32(0), "tod_cos": np.float32(1)}
"""The time of day at which every candle of the exchange's closes at 1d: there is nothing to learn from it, and shifted
candles, which close at other times, must not teach it."""


@dataclass(frozen=True, slots=True)
class CandleFile:
    """Recorded candles of one coin to learn ``timeframe`` from.

    Those of a shorter timeframe are put together; the longer candles open ``shifts`` of the shorter ones later than
    the exchange's own, see core.learning.phases. ``spot`` tells that they are another market's.
    """

    path: Path
    timeframe: Timeframe
    shifts: tuple[int, ...] = (0,)
    spot: bool = False

    @property
    def symbol(self) -> str:
        return self.path.parent.name

    def fingerprint(self) -> bytes:
        """Changes with the candles and with what is made of them."""
        return f"{self.symbol}/{self.path.name} {self.timeframe} {self.shifts}".encode() + _sha256(self.path)

    def datasets(self, cuts: Cuts, end_ms: int | None = None) -> list[pd.DataFrame]:
        """One dataset per shift, of the candles that are closed at ``end_ms`` (Unix milliseconds; None: of all)."""
        recorded = Timeframe(self.path.stem)
        candles = CandleStore(self.path.parent.parent).read(self.symbol, recorded)
        if end_ms is not None:
            closed = np.searchsorted(open_times_ms(candles), end_ms - recorded.milliseconds, side="right")
            candles = candles.iloc[: int(closed)]
        same_time_of_day = _MIDNIGHT if self.timeframe is Timeframe.D1 else {}
        return [
            build_dataset(frame, self.timeframe, cuts).assign(**same_time_of_day)
            for frame in shifted_candles(candles, recorded, self.timeframe, self.shifts)
            if len(frame)
        ]


def extra_files(
    timeframe: Timeframe, candles: Path, spot_candles: Path | None
) -> tuple[tuple[CandleFile, ...], tuple[CandleFile, ...], dict[str, str]]:
    """The files of a timeframe's EXTRAS that there are: more candles of its own, and candles of another timeframe.

    The third part says why a file cannot be read, by coin and timeframe.
    """
    more: list[CandleFile] = []
    other: list[CandleFile] = []
    unreadable = {}
    for extra in EXTRAS[timeframe]:
        folder = spot_candles if extra.spot else candles
        if folder is None:
            continue
        store, files = CandleStore(folder), more if extra.made is timeframe else other
        for symbol in store.symbols():
            if not store.has(symbol, extra.recorded):
                continue
            try:
                store.read(symbol, extra.recorded)
                files.append(CandleFile(store.path(symbol, extra.recorded), extra.made, extra.shifts, extra.spot))
            except (CandorError, OSError) as error:
                unreadable[f"{symbol} {extra.recorded}"] = str(error)
    return tuple(more), tuple(other), unreadable


@dataclass(frozen=True, slots=True)
class Pool:
    """What the shared network and the shared trees of one timeframe are made from.

    ``datasets`` are files of core.learning.datasets. ``more`` candles are learned from besides, those of an ``other``
    timeframe by the network only. All are cut at the same instants.
    """

    timeframe: Timeframe
    cuts: Cuts
    datasets: tuple[Path, ...]
    recipe: Recipe
    boosting: Boosting
    seed: int
    more: tuple[CandleFile, ...] = ()
    other: tuple[CandleFile, ...] = ()

    def fingerprint(self, recipe: Recipe | Boosting) -> str:
        """Changes whenever what ``recipe`` makes of this pool would come out different."""
        said = json.dumps([self.timeframe, asdict(self.cuts), asdict(recipe), self.seed])
        digest = hashlib.sha256((said + code_digest()).encode())
        for path in self.datasets:
            digest.update(f"{path.parent.name}/{path.name}".encode() + _sha256(path))
        for file in (*self.more, *self.other):
            digest.update(file.fingerprint())
        return digest.hexdigest()


@dataclass(frozen=True)
class Lessons:
    """Datasets to learn from, by the roles that Pool gives to their files."""

    coins: Sequence[pd.DataFrame]
    more: Sequence[pd.DataFrame] = ()
    other: Sequence[pd.DataFrame] = ()

    @classmethod
    def of(cls, pool: Pool) -> Lessons:
        """The datasets of ``pool``; those of candle files are made now."""
        return cls(
            coins=[pd.read_parquet(file) for file in pool.datasets],
            more=[dataset for file in pool.more for dataset in file.datasets(pool.cuts)],
            other=[dataset for file in pool.other for dataset in file.datasets(pool.cuts)],
        )

    @cached_property
    def scaler(self) -> StandardScaler:
        """The scaler of the timeframe itself, which its models keep."""
        return fit_scaler([*self.coins, *self.more])

    def windows(self, splits: Collection[str]) -> Windows:
        """What trees learn from."""
        return windows_of([*self.coins, *self.more], splits, self.scaler)

    def windows_of_both_timeframes(self, splits: Collection[str]) -> Windows:
        """What a network learns from; each timeframe is standardised by its own scaler."""
        own = self.windows(splits)
        if not can_teach(self.other):
            return own
        return together(own, windows_of(self.other, splits, fit_scaler(self.other)))

    def look(self) -> Windows:
        """Validation windows that show whether longer training still helps: those of ``other`` where there are any."""
        if can_teach(self.other):
            return _thinned(windows_of(self.other, ["validation"], fit_scaler(self.other)))
        return _thinned(self.validation)

    @cached_property
    def validation(self) -> Windows:
        """The validation windows of all coins in turn."""
        return windows_of(self.coins, ["validation"], self.scaler)


def can_teach(datasets: Sequence[pd.DataFrame]) -> bool:
    """Whether there is anything to learn from in the training and in the validation period."""
    return all(any((each["split"] == split).any() for each in datasets) for split in ("train", "validation"))


def _thinned(windows: Windows) -> Windows:
    """As many evenly spread windows as a look at the validation loss needs."""
    stride = max(1, len(windows) // _LOOK_WINDOWS)
    return Windows(windows.rows, windows.ends[::stride], windows.labels[::stride], windows.blocks[::stride])


def _sha256(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
