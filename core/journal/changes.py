"""What changed between the consecutive live signals of a series: its band, its side or its verdict. Pure; no database."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.domain import Direction, Series, Timeframe
from core.measured import Proof
from core.signals.bands import Band, SideStrength, band_beside, strength_of

MOST_CHANGES = 5_000
"""The newest ones, which are kept: of 34 coins on four timeframes some days'."""


class ChangeKind(StrEnum):
    """What may change of a signal."""

    BAND = "band"
    SIDE = "side"
    VERDICT = "verdict"


@dataclass(frozen=True, slots=True)
class Statement:
    """What a live signal said, entered as ``seq``. Times are Unix milliseconds; probabilities as issued.

    ``usual`` is how often a barrier was touched in the model's training, ``long`` P(LONG | move).
    """

    seq: int
    series: Series
    candle_open_ms: int
    issued_at_ms: int
    model_version: str
    move: float
    usual: float
    long: float
    timing_proof: Proof
    side_proof: Proof
    verdict: str

    @property
    def band(self) -> Band:
        return band_beside(self.move, self.usual)

    @property
    def side_strength(self) -> SideStrength:
        return strength_of(max(self.long, 1 - self.long), self.side_proof)

    @property
    def side(self) -> Direction | None:
        """The side that it calls or leans to; None where that is unclear."""
        if self.side_strength is SideStrength.UNCLEAR:
            return None
        return Direction.LONG if self.long >= 0.5 else Direction.SHORT

    def value_of(self, kind: ChangeKind) -> object:
        """What it says of a kind: two signals that say the same of it have not changed in it."""
        match kind:
            case ChangeKind.BAND:
                return self.band
            case ChangeKind.SIDE:
                return self.side_strength, self.side
            case ChangeKind.VERDICT:
                return self.verdict


@dataclass(frozen=True, slots=True)
class Change:
    """A signal that says something else than the one ``before`` it of the same series."""

    before: Statement
    now: Statement

    @property
    def seq(self) -> int:
        return self.now.seq

    @property
    def kinds(self) -> tuple[ChangeKind, ...]:
        """What of it changed."""
        return tuple(kind for kind in ChangeKind if self.before.value_of(kind) != self.now.value_of(kind))

    @property
    def candles_without(self) -> int:
        """How many candles between the two have no signal: Candor did not run, or nothing could be said of them."""
        step = self.now.series.timeframe.milliseconds
        return max(0, (self.now.candle_open_ms - self.before.candle_open_ms) // step - 1)


@dataclass(frozen=True, slots=True)
class WantedChanges:
    """Which changes: those after entry ``after``, of signals issued from ``since_ms`` on; of the rest empty means all."""

    after: int = 0
    timeframe: Timeframe | None = None
    symbols: Collection[str] = ()
    kinds: Collection[ChangeKind] = ()
    since_ms: int | None = None

    def admits(self, change: Change) -> bool:
        now = change.now
        return (
            now.seq > self.after
            and self.timeframe in {None, now.series.timeframe}
            and (not self.symbols or now.series.symbol in self.symbols)
            and (self.since_ms is None or now.issued_at_ms >= self.since_ms)
            and (not self.kinds or not set(self.kinds).isdisjoint(change.kinds))
        )


@dataclass(frozen=True, slots=True)
class ChangeListing:
    """The changes asked for, oldest first, as of entry ``seq``; nothing is known of those up to ``forgotten``.

    ``series`` is of how many a live signal is known.
    """

    changes: tuple[Change, ...]
    seq: int
    forgotten: int
    series: int


class Changes:
    """The newest changes of a ledger, told of one signal after another. Not thread-safe.

    ``seq`` is the entry up to which it was read; of those up to ``forgotten`` nothing is known.
    """

    def __init__(self, most: int = MOST_CHANGES, forgotten: int = 0) -> None:
        self.seq = self.forgotten = forgotten
        self._newest: dict[Series, Statement] = {}
        self._kept: deque[Change] = deque()
        self._most = most

    def begin(self, signals: Iterable[Statement]) -> None:
        """Know what each series said last before all that is read."""
        self._newest = {each.series: each for each in signals}

    def read(self, signals: Iterable[Statement], seq: int) -> None:
        """Learn of the live signals that were entered after ``self.seq`` up to ``seq``, in the order of their entries."""
        for change in changes_of(signals, self._newest):
            self._kept.append(change)
            if len(self._kept) > self._most:
                self.forgotten = self._kept.popleft().seq
        self.seq = seq

    def wanted(self, wanted: WantedChanges) -> list[Change]:
        """Those that are asked for, oldest first."""
        return [change for change in self._kept if wanted.admits(change)]

    def series(self) -> int:
        """Of how many series a live signal is known."""
        return len(self._newest)


def changes_of(signals: Iterable[Statement], newest: dict[Series, Statement]) -> Iterator[Change]:
    """Each signal that says something else than the ``newest`` one of its series, which is brought up to date.

    One of an earlier candle than that was entered late: it never was the newest, and nothing changed by it.
    """
    for now in signals:
        before = newest.get(now.series)
        if before is not None and now.candle_open_ms < before.candle_open_ms:
            continue
        newest[now.series] = now
        if before is not None and (change := Change(before, now)).kinds:
            yield change
