"""What can be entered into the ledger: signals, candles without one, what became of signals, the models that gave them, and comparisons of those with new ones."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import Table

from core.domain import Series, Timeframe
from core.journal.storable import as_stored, is_stored
from core.journal.tables import circumstances, comparisons, missing, models, outcomes, shown, signals, standing
from core.journal.vocabulary import Decision, Origin
from core.signals.outcomes import Touched

Content = dict[str, Any]
"""An entry's own columns by name, its number excepted."""

Key = tuple[Any, ...]
"""What no two entries of a kind have in common; empty where a kind has nothing like that."""


class _Entry:
    """What entries have in common; their fields are named and typed as the columns of their tables."""

    kind: ClassVar[str]
    tables: ClassVar[tuple[Table, ...]]
    identified_by: ClassVar[tuple[str, ...]] = ()
    """The columns that no two entries of the kind have in common."""
    came_later: ClassVar[frozenset[str]] = frozenset()
    """Columns that the first ledgers did not have: an entry without them is hashed as it was then."""

    __slots__ = ()

    def __post_init__(self) -> None:
        names = columns_of(self.kind)
        for name, kind, value in zip(names, kinds_of(self.kind), values_of(self.kind)(self), strict=True):
            if not is_stored(value, kind):
                object.__setattr__(self, name, as_stored(value, kind))

    def content(self) -> Content:
        """Every column of the entry, as the database gives it back."""
        return dict(zip(columns_of(self.kind), values_of(self.kind)(self), strict=True))

    @classmethod
    def check(cls, columns: Mapping[str, Sequence[Any]]) -> None:
        """ValueError where entries with these columns break a law of their kind."""

    @property
    def key(self) -> Key:
        """What ``identified_by`` names."""
        return tuple(getattr(self, name) for name in self.identified_by)

    @classmethod
    def tables_of(cls, content: Content) -> tuple[Table, ...]:
        """The tables in which an entry with this content has a row."""
        return cls.tables


class _OfSeries(_Entry):
    """An entry about one series."""

    symbol: str
    timeframe: str

    __slots__ = ()

    @property
    def series(self) -> Series:
        return Series(self.symbol, Timeframe(self.timeframe))


@dataclass(frozen=True, slots=True)
class SignalEntry(_OfSeries):
    """One signal as issued. Probabilities are as the model gave them, barriers as its label has them, unrounded.

    ``delay_ms`` is how long after its candle's close it was issued, or written where that came too late, ``code`` the
    fingerprint of the programs that made it, ``shown`` the JSON of the prediction as it was shown then, its trust in
    sentences among it: None for a replayed signal, and only for one. ``circumstances`` is what was found against it besides what its model's test says, as facts
    (core.journal.noted); None for nothing.
    """

    kind = "signal"
    tables = (signals, shown, circumstances)
    came_later = frozenset({"circumstances"})
    identified_by = ("symbol", "timeframe", "candle_open_ms", "model_version", "origin")

    origin: str
    symbol: str
    timeframe: str
    candle_open_ms: int
    model_version: str
    model_kind: str
    code: str
    direction: str
    p_long: float
    p_short: float
    p_no_trade: float
    p_move: float
    close: float
    atr: float
    upper_barrier: float
    lower_barrier: float
    horizon_candles: int
    levels_side: str
    entry: float
    stop_loss: float
    tp1: float
    tp2: float
    tp3: float
    verdict: str
    severity: str | None
    timing: str
    side: str
    issued_at_ms: int
    delay_ms: int
    shown: str | None
    circumstances: str | None = None

    def __post_init__(self) -> None:
        super(SignalEntry, self).__post_init__()
        self.check({"origin": (self.origin,), "shown": (self.shown,)})

    @classmethod
    def check(cls, columns: Mapping[str, Sequence[Any]]) -> None:
        pairs = zip(columns["origin"], columns["shown"], strict=True)
        for origin, lacks in {(origin, text is None) for origin, text in pairs}:
            if lacks != (origin == Origin.REPLAYED):
                raise ValueError(
                    f"A {origin} signal {'lacks' if lacks else 'has'} what was shown; "
                    "expected it of live signals, and of these alone."
                )

    @classmethod
    def tables_of(cls, content: Content) -> tuple[Table, ...]:
        own = (signals,) if content.get("origin") == Origin.REPLAYED else (signals, shown)
        return own if content.get("circumstances") is None else (*own, circumstances)


@dataclass(frozen=True, slots=True)
class MissingEntry(_OfSeries):
    """``candles`` in a row, from the one that opened at ``candle_open_ms`` on, on which nothing was issued live.

    ``detail`` is the reason in the sentence that was shown instead of a signal, where one was.
    """

    kind = "missing"
    tables = (missing,)

    symbol: str
    timeframe: str
    candle_open_ms: int
    candles: int
    reason: str
    detail: str
    noticed_at_ms: int

    @property
    def open_times(self) -> range:
        """The open time of each of its candles, Unix milliseconds."""
        step = self.series.timeframe.milliseconds
        return range(self.candle_open_ms, self.candle_open_ms + self.candles * step, step)


@dataclass(frozen=True, slots=True)
class OutcomeEntry(_Entry):
    """What became of the signal in entry ``signal_seq``, as core.signals.outcomes defines it.

    ``follows`` is ``signal_seq`` or, in a correction, the number of the outcome that is no longer right. Times are the
    closes of the candles in which it was, Unix milliseconds, None for never; ``candles_to_touch`` counts from the first
    candle after the signal's own. ``r`` is None where no side was called, ``highest_atr`` and ``lowest_atr`` where
    the ATR was 0.
    """

    kind = "outcome"
    tables = (outcomes,)
    identified_by = ("follows",)

    signal_seq: int
    follows: int
    touched: str
    candles_to_touch: int | None
    stop_at_ms: int | None
    tp1_at_ms: int | None
    tp2_at_ms: int | None
    tp3_at_ms: int | None
    highest_atr: float | None
    lowest_atr: float | None
    r: float | None
    fee_percent: float
    resolved_at_ms: int

    def __post_init__(self) -> None:
        super(OutcomeEntry, self).__post_init__()
        self.check({"touched": (self.touched,)})

    @classmethod
    def check(cls, columns: Mapping[str, Sequence[Any]]) -> None:
        for touched in set(columns["touched"]):
            Touched(touched)


@dataclass(frozen=True, slots=True)
class ModelEntry(_OfSeries):
    """What was known of a model before it spoke first.

    ``data_until_ms`` is when the last candle closes that it learned from or was chosen by: signals on candles that open
    then or later are about candles it has never seen. ``climatology_*`` are the class frequencies it is compared with.
    Test figures are of ``tested_version``, on candles that opened from ``test_from_ms`` to ``test_until_ms``; all None
    where it was never tested. Skills stand with their 95 % intervals; that of the side is of ``test_moves`` candles, after
    which the price moved. ``standing`` is what the test says for and against each of its signals, as facts
    (core.journal.noted), in that order; None where that was not recorded yet.
    """

    kind = "model"
    tables = (models, standing)
    came_later = frozenset({"test_moves", "standing"})
    identified_by = ("symbol", "timeframe", "model_version")

    symbol: str
    timeframe: str
    model_version: str
    model_kind: str
    data_until_ms: int
    climatology_long: float
    climatology_short: float
    climatology_no_trade: float
    minutes_to_target_long: float | None
    minutes_to_target_short: float | None
    tested_version: str | None
    test_from_ms: int | None
    test_until_ms: int | None
    test_n: int | None
    test_accuracy: float | None
    test_majority_accuracy: float | None
    test_log_loss: float | None
    test_calibration_error: float | None
    test_skill: float | None
    test_skill_low: float | None
    test_skill_high: float | None
    test_timing_skill: float | None
    test_timing_skill_low: float | None
    test_timing_skill_high: float | None
    test_side_skill: float | None
    test_side_skill_low: float | None
    test_side_skill_high: float | None
    test_moves: int | None = None
    standing: str | None = None

    def __post_init__(self) -> None:
        super(ModelEntry, self).__post_init__()
        self.check({"standing": (self.standing,), "test_moves": (self.test_moves,)})

    @classmethod
    def check(cls, columns: Mapping[str, Sequence[Any]]) -> None:
        for says, moves in zip(columns["standing"], columns["test_moves"], strict=True):
            if says is None and moves is not None:
                raise ValueError(
                    f"A model was tested on {moves} moves, but what its test says is lacking; expected both."
                )

    @classmethod
    def tables_of(cls, content: Content) -> tuple[Table, ...]:
        return (models,) if content.get("standing") is None else cls.tables


@dataclass(frozen=True, slots=True)
class ComparisonEntry(_Entry):
    """What became of the challengers that were trained for a timeframe, whose coins are decided together.

    ``versions`` has of each coin that of its ``champion``, null where it had none or an ``unusable`` one, that of its
    ``challenger``, and whether this one was ``published``, as JSON. Skills are those of both on ``n`` candles of ``coins``, on as many ``blocks`` of
    days, from ``since_ms`` on, which neither had learned from; ``gain`` stands with its 95 % interval. Where nothing could
    be compared these are None, and the counts 0. ``decided_at_ms`` is this machine's time.
    """

    kind = "comparison"
    tables = (comparisons,)
    identified_by = ("timeframe", "decided_at_ms")

    timeframe: str
    decision: str
    versions: str
    coins: int
    n: int
    blocks: int
    since_ms: int | None
    champion_skill: float | None
    challenger_skill: float | None
    gain: float | None
    gain_low: float | None
    gain_high: float | None
    decided_at_ms: int

    def __post_init__(self) -> None:
        super(ComparisonEntry, self).__post_init__()
        self.check({"decision": (self.decision,), "timeframe": (self.timeframe,)})

    @classmethod
    def check(cls, columns: Mapping[str, Sequence[Any]]) -> None:
        for decision, timeframe in zip(columns["decision"], columns["timeframe"], strict=True):
            Decision(decision)
            Timeframe(timeframe)


CandleEntry = SignalEntry | MissingEntry
"""Of a candle either is said, sooner or later."""

Entry = CandleEntry | OutcomeEntry | ModelEntry | ComparisonEntry
ENTRIES: dict[str, type[Entry]] = {
    kind.kind: kind for kind in (SignalEntry, MissingEntry, OutcomeEntry, ModelEntry, ComparisonEntry)
}
"""Each kind of entry by the name that the chain has for it."""

TABLES: tuple[Table, ...] = tuple(table for kind in ENTRIES.values() for table in kind.tables)
"""What holds their content, so that a table comes after those that it refers to."""


@cache
def columns_of(kind: str) -> tuple[str, ...]:
    """The names of an entry's columns."""
    return tuple(each.name for each in fields(ENTRIES[kind]))


@cache
def kinds_of(kind: str) -> tuple[type, ...]:
    """The plain types of an entry's fields; annotations are text here."""
    plain: dict[str, type] = {"int": int, "float": float, "str": str}
    return tuple(plain[str(each.type).removesuffix(" | None")] for each in fields(ENTRIES[kind]))


@cache
def values_of(kind: str) -> Callable[[_Entry], tuple[Any, ...]]:
    """Reads all columns of an entry at once: thousands are entered in a second."""
    return operator.attrgetter(*columns_of(kind))
