"""Sources: which recorded candles a timeframe is learned from, its own and others besides, and the datasets they make.

Some of them are shifted: they open at other times than the exchange's. An exchange cuts its 4h candles at 00:00, 04:00,
... UTC, but the same hours make 4h candles at 01:00, 05:00, ... too. Their windows overlap those of the exchange's
candles, yet each has a close, a range and barriers of its own: several times as many examples, all of them real. They
are only ever learned from; models are judged and asked on the exchange's own candles.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from core.domain import Timeframe
from core.errors import BadCandles, CandorError
from core.learning.datasets import Fold, build_dataset, walk_forward
from core.learning.recipes import Besides, Recipe
from core.learning.windows import TrainingData
from core.market.candle_files import CandleStore
from core.market.candles import open_times_ms, resample

_MIDNIGHT = {"tod_sin": np.float32(0), "tod_cos": np.float32(1)}
"""The time of day at which every candle of whole days closes at the exchange: there is nothing to learn from it, and
shifted candles, which close at other times, must not teach it."""


@dataclass(frozen=True, slots=True)
class CandleFile:
    """Recorded candles of one coin to learn ``timeframe`` from.

    Those of a shorter timeframe are put together; the longer candles open ``shifts`` of the shorter ones later than
    the exchange's own. ``spot`` tells that they are another market's.
    """

    path: Path
    timeframe: Timeframe
    shifts: tuple[int, ...] = (0,)
    spot: bool = False

    @property
    def symbol(self) -> str:
        return self.path.parent.name

    def candles(self) -> pd.DataFrame:
        """As recorded; FileNotFoundError or BadCandles name the file."""
        return CandleStore(self.path.parent.parent).read(self.symbol, Timeframe(self.path.stem))

    def fingerprint(self) -> bytes:
        """Changes with the candles and with what is made of them."""
        content = hashlib.sha256(self.path.read_bytes()).digest()
        return f"{self.symbol}/{self.path.name} {self.timeframe} {self.shifts}".encode() + content

    def datasets(self, fold: Fold) -> list[pd.DataFrame]:
        """One dataset per shift, of the candles that are closed when ``fold`` ends."""
        recorded = Timeframe(self.path.stem)
        candles = self.candles()
        closed = np.searchsorted(open_times_ms(candles), fold.end - recorded.milliseconds, side="right")
        same_time_of_day = _MIDNIGHT if self.timeframe.duration % timedelta(days=1) == timedelta(0) else {}
        return [
            build_dataset(frame, self.timeframe, fold).assign(**same_time_of_day)
            for frame in shifted_candles(candles.iloc[: int(closed)], recorded, self.timeframe, self.shifts)
            if len(frame)
        ]


def shifted_candles(
    candles: pd.DataFrame, source: Timeframe, target: Timeframe, shifts: Iterable[int]
) -> Iterator[pd.DataFrame]:
    """Candle frames of ``target`` that open so many candles of ``source`` later than the exchange's own.

    A candle is there only where all its parts are, and gaps stay gaps. Open times of a shifted frame are no
    multiples of ``target``; in everything else it obeys the laws of a candle frame.
    """
    for shift in shifts:
        later = pd.Timedelta(shift * source.duration).as_unit("ms")
        earlier = candles.assign(open_time=candles["open_time"] - later)
        whole = resample(earlier, source, target)
        yield whole.assign(open_time=whole["open_time"] + later)


@dataclass(frozen=True, slots=True)
class Sources:
    """The candle files of one timeframe: its ``own``, ``more`` that make candles of it, and those of an ``other``.

    The earliest and the latest of its own candles open at ``first`` and ``last`` (Unix milliseconds).
    """

    timeframe: Timeframe
    own: tuple[CandleFile, ...]
    first: int
    last: int
    more: tuple[CandleFile, ...] = ()
    other: tuple[CandleFile, ...] = ()

    def folds(self, recipe: Recipe) -> tuple[Fold, ...]:
        """As many walk-forward folds as the recipe asks for; the last is that of published models."""
        return walk_forward(self.first, self.last, self.timeframe, recipe.held_out, recipe.folds)

    def fingerprint(self) -> str:
        """Changes with any candle, and with what is made of it."""
        digest = hashlib.sha256()
        for file in (*self.own, *self.more, *self.other):
            digest.update(file.fingerprint())
        return digest.hexdigest()

    def coins(self, fold: Fold) -> dict[str, pd.DataFrame]:
        """The dataset of each coin that has candles by the end of ``fold``."""
        return {file.symbol: dataset for file in self.own for dataset in file.datasets(fold)}

    def training_data(self, fold: Fold, spot: bool = True, shifted: bool = True) -> TrainingData:
        """What is learned from in ``fold``, with or without spot history and shifted candles."""
        more, other = (
            [
                dataset
                for file in files
                if (spot or not file.spot) and (shifted or 0 in file.shifts)
                for dataset in (file if shifted else replace(file, shifts=(0,))).datasets(fold)
            ]
            for files in (self.more, self.other)
        )
        return TrainingData(self.coins(fold), more, other)


def find_sources(
    timeframe: Timeframe, besides: Iterable[Besides], candles: Path, spot_candles: Path | None, now: datetime
) -> tuple[Sources, dict[str, str]]:
    """What there is to learn ``timeframe`` from, and by coin and timeframe why a file cannot be read.

    BadCandles where ``candles`` holds no readable candle of it.
    """
    own, unreadable = _readable([CandleFile(path, timeframe) for path in _paths(candles, timeframe)], now)
    if not own:
        raise BadCandles(next(iter(unreadable.values()), f"{candles} holds no {timeframe} candles."))
    more: list[CandleFile] = []
    other: list[CandleFile] = []
    for each in besides:
        folder = spot_candles if each.spot else candles
        files = [CandleFile(p, each.made, each.shifts, each.spot) for p in _paths(folder, each.recorded)]
        readable, torn = _readable(files, now)
        (more if each.made is timeframe else other).extend(readable)
        unreadable = torn | unreadable
    first, last = min(times[0] for times in own.values()), max(times[1] for times in own.values())
    return Sources(timeframe, tuple(own), first, last, tuple(more), tuple(other)), unreadable


def _paths(folder: Path | None, timeframe: Timeframe) -> list[Path]:
    if folder is None:
        return []
    store = CandleStore(folder)
    paths = [store.path(symbol, timeframe) for symbol in store.symbols()]
    return [path for path in paths if os.path.lexists(path)]  # a pipe or a torn link is named when it is read


def _readable(files: Collection[CandleFile], now: datetime) -> tuple[dict[CandleFile, tuple[int, int]], dict[str, str]]:
    """The open times of first and last candle of each file that can be read, and why the others cannot."""
    spans, reasons = {}, {}
    for file in files:
        try:
            spans[file] = span_of(file, now)
        except (CandorError, OSError) as error:
            reasons[f"{file.symbol} {file.path.stem}"] = str(error)
    return spans, reasons


def span_of(file: CandleFile, now: datetime) -> tuple[int, int]:
    """The open times of a file's first and last closed candle, Unix milliseconds.

    FileNotFoundError or BadCandles name a file that cannot be learned from.
    """
    store = CandleStore(file.path.parent.parent)
    times = store.closed_arrays(file.symbol, Timeframe(file.path.stem), now).open_time_ms
    if not len(times):
        raise BadCandles("{path} has no candles.", file.path)
    return int(times[0]), int(times[-1])
