"""Which models an analyst wants to see, and in which order. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from core.domain import Timeframe
from core.model.metrics import Evaluation
from core.wording.language import phrase
from pages.components.quality.rows import ModelRow
from pages.components.shared.appearance import KIND_WORDS
from pages.components.shared.coin_search import name_matches
from pages.components.shared.parameters import Several, Switch
from pages.components.shared.row_order import RowOrder
from pages.components.shared.watchlist import is_among

COLUMNS = {
    "coin": phrase("Coin"),
    "timeframe": phrase("TF"),
    "verdict": phrase("Verdict"),
    "accuracy": phrase("Accuracy"),
    "n": "n",
    "majority": phrase("Baseline"),
    "skill": phrase("Skill"),
    "live": phrase("Live skill"),
    "timing": phrase("Timing"),
    "side": phrase("Side"),
    "ece": phrase("Calibration error, points"),
    "kind": phrase("Kind"),
    "age": phrase("Trained until"),
}
"""What the table shows and can be ordered by, with the heads of its columns."""

LARGEST_FIRST = {"majority", "ece", "age"}
"""Of these columns the large numbers are the doubtful ones, which come first; of all others the small ones."""

DOUBTFUL_FIRST = RowOrder("verdict")

TIMEFRAMES = Several("timeframe", tuple(map(str, Timeframe)))

LISTED = Several("listed", TIMEFRAMES.choices)
"""The timeframes of the table from which a model was opened, whose own stands in the address meanwhile."""

KINDS = Several("kinds", tuple(KIND_WORDS.values()))
ONLY_WEAK = Switch("only_weak")

_GRAVITY = ("critical", "unusable", "warning", "none", "missing")


@dataclass(frozen=True, slots=True)
class ModelFilters:
    """What an analyst asked to see. The defaults let everything through; no timeframe means every timeframe, no kind every kind."""

    timeframes: frozenset[Timeframe] = frozenset()
    kinds: frozenset[str] = frozenset()
    only_weak: bool = False
    search: str = ""
    watch: frozenset[str] = frozenset()

    def admit(self, row: ModelRow) -> bool:
        return (
            (not self.timeframes or row.timeframe in self.timeframes)
            and (not self.kinds or row.kind in self.kinds)
            and (not self.only_weak or row.is_weak)
            and name_matches(row.symbol, self.search)
            and is_among(row.symbol, self.watch)
        )


def ordered(rows: Iterable[ModelRow], order: RowOrder) -> list[ModelRow]:
    """The rows in ``order``; those with nothing to order by come last, and ties as they came."""
    return order.sort(rows, sort_value)


def sort_value(row: ModelRow, column: str) -> Any:
    """What a column orders by; None where the row has nothing in it."""
    if column in _OF_ROW:
        return _OF_ROW[column](row)
    return _OF_TEST[column](row.test) if row.test else None


_OF_ROW: dict[str, Callable[[ModelRow], Any]] = {
    "coin": lambda row: row.symbol,
    "timeframe": lambda row: row.timeframe.minutes,
    "verdict": lambda row: (_GRAVITY.index(row.severity), row.test.accuracy if row.test else 0.0),
    "kind": lambda row: row.kind,
    "age": lambda row: row.age,
    "live": lambda row: row.live and row.live.skill,
}

_OF_TEST: dict[str, Callable[[Evaluation], Any]] = {
    "accuracy": lambda test: test.accuracy,
    "n": lambda test: test.n,
    "majority": lambda test: test.majority_accuracy,
    "skill": lambda test: test.skill,
    "timing": lambda test: test.timing_skill,
    "side": lambda test: test.direction_skill,
    "ece": lambda test: test.ece,
}
