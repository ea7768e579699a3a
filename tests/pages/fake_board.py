"""A board whose every signal a test writes by hand, and an application that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace

from core.domain import Direction, Series, Timeframe
from core.errors import UnknownSymbol
from core.findings import (
    AwaitingMarket,
    Finding,
    LateCandles,
    LedgerState,
    MadeUpPrices,
    NotAboveBaseline,
    Severity,
    SkilledUnderTheLine,
    TrainModels,
    Trust,
    Unavailable,
    UnderTheLine,
    Verdict,
)
from core.market.market import MarketIdentity
from core.market.series import SeriesStatus
from core.measured import MeasuredSkill
from core.prediction import Prediction
from core.signals.board import BoardSnapshot, Signal
from tests.pages.predictions import measured
from tests.pages.predictions import prediction as hand_made
from tests.problems import no_model

NOON = datetime(2025, 9, 3, 12, 0, tzinfo=UTC)
NOTICE = "Simulated market: these prices are not real."

WEAK = Finding(
    Verdict.WEAK_MODEL,
    Severity.CRITICAL,
    UnderTheLine(measured(0.123), 0.40),
    TrainModels(("BTCUSDT",), Timeframe.M15, anew=True),
)
NO_BETTER = Finding(Verdict.WEAK_MODEL, Severity.WARNING, NotAboveBaseline(measured(0.35)))
PROVEN = MeasuredSkill(0.05, 0.03, 0.07, 1000)
UNPROVEN = MeasuredSkill(0.01, -0.01, 0.03, 1000)
WORSE = MeasuredSkill(-0.05, -0.07, -0.03, 1000)
NOTE = Finding(Verdict.TRUSTED, Severity.NOTE, SkilledUnderTheLine(measured(0.38), 0.40, PROVEN))
"""Under the line with proven skill: no doubt."""
BEATEN = Finding(Verdict.TRUSTED, Severity.NOTE, SkilledUnderTheLine(measured(0.25), 0.40, PROVEN))
"""The same, and under the baseline."""
STALE = Finding(Verdict.STALE_DATA, Severity.WARNING, LateCandles(3, NOON, None))


def prediction(
    symbol: str = "BTCUSDT",
    timeframe: Timeframe = Timeframe.M15,
    direction: Direction = Direction.LONG,
    confidence: float = 0.5,
    accuracy: float | None = 0.48,
    findings: Sequence[Finding] = (),
    timing: MeasuredSkill | None = None,
    side: MeasuredSkill | None = None,
) -> Prediction:
    """A prediction at 100 with levels 2 apart; what ``direction`` leaves is shared equally by the two others."""
    rest = (1 - confidence) / 2
    return hand_made(
        direction,
        Direction.SHORT if direction is Direction.SHORT else Direction.LONG,
        series=Series(symbol, timeframe),
        probabilities={d: confidence if d is direction else rest for d in Direction},
        candle_open_time=NOON - timeframe.duration,
        accuracy=None if accuracy is None else measured(accuracy),
        trust=Trust(tuple(findings), timing, side),
        model_version="by-hand",
    )


def signal(
    symbol: str = "BTCUSDT",
    direction: Direction = Direction.LONG,
    confidence: float = 0.5,
    timeframe: Timeframe = Timeframe.M15,
    accuracy: float | None = 0.48,
    findings: Sequence[Finding] = (),
    timing: MeasuredSkill | None = None,
    side: MeasuredSkill | None = None,
) -> Signal:
    """A signal with a prediction."""
    made = prediction(symbol, timeframe, direction, confidence, accuracy, findings, timing, side)
    return Signal(made.series, made, 100.0, 0.0123, (98.0, 99.0, 97.0, 100.0))


def silent(symbol: str = "XRPUSDT", problem: Unavailable | None = None, timeframe: Timeframe = Timeframe.M15) -> Signal:
    """A signal without a prediction, by default for want of a model."""
    return Signal(Series(symbol, timeframe), problem or no_model(symbol, timeframe), 2.5, None, (2.4, 2.5))


SIMULATED = MarketIdentity("simulated", "simulated", MadeUpPrices())


@dataclass
class FakeFeed:
    """Whatever a test says about the market; a coin's tick is 0.1."""

    identity: MarketIdentity | None = SIMULATED
    speed: float = 1.0
    awaited: AwaitingMarket | None = None
    unlisted: set[str] = field(default_factory=set)
    late: dict[str, LateCandles] = field(default_factory=dict)
    """Symbols whose newest candles are missing."""

    def now(self) -> datetime:
        return NOON

    def symbols(self) -> tuple[str, ...]:
        return ("ETHUSDT", "BTCUSDT")

    def tick_size(self, symbol: str) -> float:
        if symbol in self.unlisted:
            raise UnknownSymbol(f"Unknown symbol {symbol!r}.")
        return 0.1

    def status(self, symbol: str, timeframe: Timeframe) -> SeriesStatus:
        late = self.late.get(symbol)
        return SeriesStatus("fresh" if late is None else "stale", late, NOON, 200)


@dataclass
class FakeAuto:
    """An exchange that is asked, has answered, or is to be asked again."""

    asking: bool = False
    exchange_answer: str | None = None
    retries: int = 0

    def retry_exchange(self) -> None:
        self.retries += 1


@dataclass
class FakeBoard:
    """Hands out one snapshot until it is given another."""

    current: BoardSnapshot

    @property
    def version(self) -> int:
        return self.current.version

    def strict_snapshot(self) -> BoardSnapshot:
        return self.snapshot()

    def snapshot(self) -> BoardSnapshot:
        return self.current


@dataclass
class FakeRecorder:
    """A ledger in whatever state a test says."""

    current: LedgerState = field(default_factory=LedgerState)

    def state(self) -> LedgerState:
        return self.current

    def opened(self) -> None:
        """No ledger of these hand-made signals is kept."""


class FakeApplication:
    """What pages ask of an application, over a fake feed and a fake board."""

    def __init__(self, signals: Iterable[Signal] = (), auto: FakeAuto | None = None, **feed: object) -> None:
        self.feed = FakeFeed(**feed)  # type: ignore[arg-type]
        self.auto = auto
        self.settings = SimpleNamespace(exchange="binanceusdm", disclosure="")
        self.board = FakeBoard(self._snapshot(0, signals))
        self.recorder = FakeRecorder()
        self.registry = SimpleNamespace(evaluation=lambda: None, statuses=lambda wanted: [])

    def show(self, signals: Iterable[Signal]) -> None:
        """Replace the board's signals, as a closed candle does."""
        self.board.current = self._snapshot(self.board.version + 1, signals)

    def _snapshot(self, version: int, signals: Iterable[Signal]) -> BoardSnapshot:
        return BoardSnapshot(version, self.feed.identity, {s.series: s for s in signals})
