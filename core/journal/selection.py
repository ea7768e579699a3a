"""The cells of a scope, told apart by whatever is asked, with the sums that need to know the models added to theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.domain import Timeframe
from core.journal.cells import Cells, part_of
from core.journal.history import DIRECTIONS, VERDICTS, History
from core.journal.speakers import TIMEFRAMES
from core.journal.track_record import Dimension, Scope
from core.model.scores import DAY_MS, Band, block_days


class Selection:
    """Some cells: their ``sums`` (measures, cells), and of each the model, the day and whatever else its name tells."""

    def __init__(self, history: History, names: np.ndarray, sums: np.ndarray) -> None:
        self.history = history
        self.sums = sums
        self._names = names
        self.model = part_of(names, "model")
        self.day = part_of(names, "day")
        self.first_day = int(self.day[0]) if len(names) else 0  # names ascend, and the day is the first part of them

    def __len__(self) -> int:
        return len(self._names)

    @classmethod
    def of(cls, history: History, scope: Scope, cells: Cells) -> Selection:
        """Those of ``cells``, which are of its origin, that a scope asks for."""
        names, chosen = cells.names, _chosen(history, scope, cells.names)
        if chosen is None:
            return cls(history, names, cells.sums)
        return cls(history, names[chosen], cells.sums[:, chosen])

    def only(self, part: str, value: int) -> Selection:
        """Those of these cells whose name has this."""
        inside = part_of(self._names, part) == value
        return Selection(self.history, self._names[inside], self.sums[:, inside])

    def part(self, name: str) -> np.ndarray:
        return part_of(self._names, name)

    def groups(self, dimension: Dimension, first_day: int) -> tuple[np.ndarray, Sequence[str]]:
        """Of each cell the place of what it has of ``dimension`` among all there is, and their names.

        Periods are counted from the one that ``first_day`` lies in.
        """
        match dimension:
            case Dimension.TIMEFRAME:
                return self.part("timeframe"), TIMEFRAMES
            case Dimension.SYMBOL:
                symbols, place = np.unique([series.symbol for series in self.history.series()], return_inverse=True)
                return place[self.model], symbols.tolist()
            case Dimension.PERIOD:
                return self._months(first_day)
            case _:
                return self.part(dimension), _NAMES[dimension]

    def blocks(self, days: np.ndarray | int) -> np.ndarray:
        """In which block of so many whole days each cell lies, counted from the first that holds any."""
        return self.day // days - self.first_day // days

    def block_days(self) -> np.ndarray:
        """How many days a block of each cell's own timeframe has."""
        return np.array([block_days(timeframe) for timeframe in TIMEFRAMES])[self.part("timeframe")]

    def usual_block_days(self) -> int:
        """How many days a block of the timeframe has that most of the signals are of."""
        of_timeframe = np.bincount(self.part("timeframe"), weights=self.sums[0], minlength=len(TIMEFRAMES))
        return block_days(TIMEFRAMES[int(of_timeframe.argmax())])

    def _months(self, first_day: int) -> tuple[np.ndarray, list[str]]:
        months = self.day.astype("datetime64[D]").astype("datetime64[M]")
        first = np.datetime64(first_day, "D").astype("datetime64[M]")
        place = (months - first).astype(np.int64)
        return place, [str(first + n) for n in range(int(place.max(initial=-1)) + 1)]


def _chosen(history: History, scope: Scope, names: np.ndarray) -> np.ndarray | None:
    """The places of the names that a scope asks for; None where it asks for all."""
    chosen = np.ones(len(names), dtype=bool)
    if scope.timeframe is not None:
        chosen &= part_of(names, "timeframe") == TIMEFRAMES.index(scope.timeframe)
    if scope.symbols:
        chosen &= models_in(history, scope)[part_of(names, "model")]
    if scope.since_ms is not None:
        chosen &= part_of(names, "day") >= scope.since_ms // DAY_MS
    return None if chosen.all() else np.flatnonzero(chosen)


def models_in(history: History, scope: Scope) -> np.ndarray:
    """Which of the history's models a scope asks for, bool (models,)."""
    return np.array([_speaks_in(scope, *series) for series in history.series()], dtype=bool)


_NAMES: Mapping[Dimension, Sequence[str]] = {
    Dimension.DIRECTION: DIRECTIONS,
    Dimension.VERDICT: VERDICTS,
    Dimension.BAND: tuple(Band),
}


def _speaks_in(scope: Scope, symbol: str, timeframe: Timeframe) -> bool:
    return scope.timeframe in (None, timeframe) and (not scope.symbols or symbol in scope.symbols)


class Tally:
    """Sums by group and block of time: ``tally[measure]`` is (groups, blocks).

    ``numbers`` has the number of each block. Of several in a row in which nothing is there is one: it keeps apart what
    are no neighbours, and a lone signal of another year costs no memory for all the days between.
    """

    def __init__(self, sums: np.ndarray, group: np.ndarray, groups: int, block: np.ndarray) -> None:
        self.numbers, place_of = _without_long_gaps(block)
        self._shape = groups, len(self.numbers)
        self._place = group * len(self.numbers) + place_of[block]
        self._cells = sums
        self._sums: dict[int, np.ndarray] = {}

    def __getitem__(self, measure: int) -> np.ndarray:
        if measure not in self._sums:
            groups, blocks = self._shape
            added = np.bincount(self._place, weights=self._cells[measure], minlength=groups * blocks)
            self._sums[measure] = added.reshape(self._shape)
        return self._sums[measure]

    def whole(self, measure: int) -> np.ndarray:
        """Over all blocks, (groups,)."""
        return self[measure].sum(axis=1)


def _without_long_gaps(block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of the blocks that are kept, and of each number its place among them."""
    there = np.flatnonzero(np.bincount(block, minlength=1))
    there = there if len(there) else np.zeros(1, dtype=np.int64)
    places = np.cumsum(np.minimum(np.diff(there, prepend=there[0]), 2))
    numbers = np.zeros(places[-1] + 1, dtype=np.int64)
    numbers[np.maximum(places - 1, 0)] = there - 1
    numbers[places] = there
    place_of = np.zeros(there[-1] + 1, dtype=np.int64)
    place_of[there] = places
    return numbers, place_of
