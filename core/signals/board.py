"""The newest prediction of every model: recomputed once per closed candle, read by everybody.

Pages and the API only read snapshots; a snapshot never changes once it is handed out.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

import numpy as np

from core.domain import Direction, PredictionResult, Timeframe
from core.errors import CandorError
from core.market.feed import CandleFeed, Series
from core.market.market import MarketIdentity
from core.signals.service import InferenceService, Outcome, Unavailable

SPARKLINE_CANDLES = 48
CHANGE_WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Signal:
    """One coin and timeframe on the board: a prediction, or the problem that stands in its way."""

    symbol: str
    timeframe: Timeframe
    prediction: PredictionResult | None
    problem: Unavailable | None
    price: float | None
    """Close of the newest closed candle, quote currency."""
    change: float | None
    """Relative change of the price over CHANGE_WINDOW, as a fraction."""
    sparkline: tuple[float, ...]
    """Closes of the newest SPARKLINE_CANDLES candles, oldest first."""

    @property
    def edge(self) -> float:
        """How far the probabilities of LONG and SHORT are apart, 0 to 1, whatever is called; 0 without a prediction."""
        if self.prediction is None:
            return 0.0
        p = self.prediction.probabilities
        return abs(p[Direction.LONG] - p[Direction.SHORT])


@dataclass(frozen=True, slots=True)
class BoardSnapshot:
    """The whole board at one moment; ``version`` grows with every change."""

    version: int
    market: MarketIdentity | None
    """None while the exchange is still being asked."""
    signals: Mapping[tuple[str, Timeframe], Signal]

    def symbols(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(symbol for symbol, _ in self.signals))

    def on(self, timeframe: Timeframe) -> tuple[Signal, ...]:
        """Every coin's signal on one timeframe, in the market's order."""
        return tuple(s for (_, tf), s in self.signals.items() if tf is timeframe)

    def of(self, symbol: str) -> dict[Timeframe, Signal]:
        """One coin's signals by timeframe, shortest first; empty for a symbol the board does not know."""
        return {tf: self.signals[symbol, tf] for tf in Timeframe if (symbol, tf) in self.signals}


class SignalBoard:
    """Recomputes the snapshot whenever the feed announces candles; anybody may read it at any time."""

    def __init__(self, service: InferenceService, feed: CandleFeed) -> None:
        self._service = service
        self._feed = feed
        self._recompute_lock = threading.Lock()
        self._snapshot = BoardSnapshot(0, None, MappingProxyType({}))
        self._unsubscribe: Callable[[], None] | None = None

    @property
    def version(self) -> int:
        """Grows with every new snapshot."""
        return self._snapshot.version

    def snapshot(self) -> BoardSnapshot:
        """The newest snapshot; a memory read."""
        return self._snapshot

    def start(self) -> None:
        """Follow the feed from now on."""
        if self._unsubscribe is None:
            self._unsubscribe = self._feed.subscribe(self._on_candles)

    def stop(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def _on_candles(self, _changed: frozenset[Series]) -> None:
        """Everything is assessed anew, not only what changed: retrained models and stale series show up too."""
        self.recompute()

    def recompute(self) -> BoardSnapshot:
        """A new snapshot of every symbol and timeframe; what has not changed since the last one is reused."""
        with self._recompute_lock:
            market, signals = self._signals_of_one_market()
            self._snapshot = BoardSnapshot(self._snapshot.version + 1, market, MappingProxyType(signals))
            return self._snapshot

    def _signals_of_one_market(self) -> tuple[MarketIdentity | None, dict[tuple[str, Timeframe], Signal]]:
        """Every signal and the market they come from; once more where the feed was switched meanwhile.

        Otherwise prices of a simulated market could stand under the name of the exchange.
        """
        while True:
            market = self._feed.identity
            pairs = [(symbol, timeframe) for timeframe in Timeframe for symbol in self._feed.symbols()]
            outcomes = self._service.assess(pairs)
            signals = {pair: self._signal(*pair, outcome) for pair, outcome in outcomes.items()}
            if self._feed.identity is market:
                return market, signals

    def _signal(self, symbol: str, timeframe: Timeframe, outcome: Outcome) -> Signal:
        prediction = outcome if isinstance(outcome, PredictionResult) else None
        problem = outcome if isinstance(outcome, Unavailable) else None
        try:
            closes = self._feed.arrays(symbol, timeframe).close
        except CandorError:
            return Signal(symbol, timeframe, prediction, problem, None, None, ())
        known = self._snapshot.signals.get((symbol, timeframe))
        if known is not None and known.prediction is prediction and prediction is not None:
            return known
        return Signal(
            symbol,
            timeframe,
            prediction,
            problem,
            float(closes[-1]),
            _change(closes, timeframe),
            tuple(closes[-SPARKLINE_CANDLES:].tolist()),
        )


def _change(closes: np.ndarray, timeframe: Timeframe) -> float | None:
    """Relative change of the newest close over CHANGE_WINDOW; None where history is shorter."""
    back = CHANGE_WINDOW // timeframe.duration
    return float(closes[-1] / closes[-1 - back] - 1) if len(closes) > back else None
