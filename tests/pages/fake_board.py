"""A board whose every signal a test writes by hand, and an application that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace

from core.domain import Direction, Finding, PredictionResult, Severity, Timeframe, Trust, Verdict
from core.errors import UnknownSymbol
from core.market.feed import SeriesStatus
from core.market.market import MarketIdentity
from core.model.coverage import no_model
from core.signals.board import BoardSnapshot, Signal
from core.signals.service import Unavailable, UnavailableKind

NOON = datetime(2025, 9, 3, 12, 0, tzinfo=UTC)
NOTICE = "Simulated market: these prices are not real."

WEAK = Finding(
    Verdict.WEAK_MODEL,
    Severity.CRITICAL,
    "Right 12.3% of the time on 1,000 test candles. Retrain: python scripts/train_models.py --symbols BTCUSDT --force",
)
NO_BETTER = Finding(Verdict.WEAK_MODEL, Severity.WARNING, "Right 97.0% of the time, no better than its baseline.")
STALE = Finding(Verdict.STALE_DATA, Severity.WARNING, "The newest candle is 40 minutes old.")


def prediction(
    symbol: str = "BTCUSDT",
    timeframe: Timeframe = Timeframe.M15,
    direction: Direction = Direction.LONG,
    confidence: float = 0.5,
    accuracy: float | None = 0.48,
    findings: Sequence[Finding] = (),
) -> PredictionResult:
    """A prediction at 100 with levels 2 apart; what ``direction`` leaves is shared equally by the two others."""
    rest = (1 - confidence) / 2
    probabilities = {d.value: confidence if d is direction else rest for d in Direction}
    side = Direction.SHORT if direction is Direction.SHORT else Direction.LONG
    sign = -1 if side is Direction.SHORT else 1
    return PredictionResult(
        symbol=symbol,
        timeframe=timeframe.value,
        direction=direction.value,
        confidence=confidence,
        probabilities=probabilities,
        model_accuracy=accuracy,
        test_candles=None if accuracy is None else 1000,
        majority_accuracy=None if accuracy is None else 0.35,
        prediction_time="2025-09-03T12:00:01Z",
        valid_until="2025-09-03T12:15:00Z",
        entry=100.0,
        stop_loss=100.0 - 2 * sign,
        take_profits={"tp1": 100.0 + 2 * sign, "tp2": 100.0 + 4 * sign, "tp3": 100.0 + 6 * sign},
        levels_side=side.value,
        tp_eta_minutes=105,
        trust=Trust(tuple(findings)),
        model_version="by-hand",
        candle_open_time="2025-09-03T11:45:00Z",
    )


def signal(
    symbol: str = "BTCUSDT",
    direction: Direction = Direction.LONG,
    confidence: float = 0.5,
    timeframe: Timeframe = Timeframe.M15,
    accuracy: float | None = 0.48,
    findings: Sequence[Finding] = (),
) -> Signal:
    """A signal with a prediction."""
    made = prediction(symbol, timeframe, direction, confidence, accuracy, findings)
    return Signal(symbol, timeframe, made, None, 100.0, 0.0123, (98.0, 99.0, 97.0, 100.0))


def silent(
    symbol: str = "XRPUSDT",
    kind: UnavailableKind = UnavailableKind.NO_MODEL,
    sentence: str = no_model("XRPUSDT", Timeframe.M15) + " Train one into /srv/models/XRPUSDT/15m with: "
    "python scripts/train_models.py --symbols XRPUSDT",
    timeframe: Timeframe = Timeframe.M15,
) -> Signal:
    """A signal without a prediction, and why."""
    return Signal(symbol, timeframe, None, Unavailable(kind, sentence), 2.5, None, (2.4, 2.5))


SIMULATED = MarketIdentity("simulated", "simulated", NOTICE)


@dataclass
class FakeFeed:
    """Whatever a test says about the market; a coin's tick is 0.1."""

    identity: MarketIdentity | None = SIMULATED
    speed: float = 1.0
    asking_exchange: bool = False
    exchange_answer: str | None = None
    connecting: str | None = None
    retries: int = 0
    unlisted: set[str] = field(default_factory=set)
    late: dict[str, str] = field(default_factory=dict)
    """Symbols whose newest candles are missing, and why."""

    def now(self) -> datetime:
        return NOON

    def tick_size(self, symbol: str) -> float:
        if symbol in self.unlisted:
            raise UnknownSymbol(f"Unknown symbol {symbol!r}.")
        return 0.1

    def status(self, symbol: str, timeframe: Timeframe) -> SeriesStatus:
        reason = self.late.get(symbol)
        return SeriesStatus("fresh" if reason is None else "stale", reason, NOON, 200)

    def retry_exchange(self) -> None:
        self.retries += 1


@dataclass
class FakeBoard:
    """Hands out one snapshot until it is given another."""

    current: BoardSnapshot

    @property
    def version(self) -> int:
        return self.current.version

    def snapshot(self) -> BoardSnapshot:
        return self.current


class FakeApplication:
    """What pages ask of an application, over a fake feed and a fake board."""

    def __init__(self, signals: Iterable[Signal] = (), market: str = "simulated", **feed: object) -> None:
        self.feed = FakeFeed(**feed)  # type: ignore[arg-type]
        self.settings = SimpleNamespace(market=market, exchange="binanceusdm")
        self.board = FakeBoard(self._snapshot(0, signals))

    def show(self, signals: Iterable[Signal]) -> None:
        """Replace the board's signals, as a closed candle does."""
        self.board.current = self._snapshot(self.board.version + 1, signals)

    def _snapshot(self, version: int, signals: Iterable[Signal]) -> BoardSnapshot:
        return BoardSnapshot(version, self.feed.identity, {(s.symbol, s.timeframe): s for s in signals})
