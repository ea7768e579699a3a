"""The newest prediction of every model: recomputed once per closed candle, read by everybody.

Pages and the API only read snapshots; a snapshot never changes once it is handed out.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

import numpy as np

from core.domain import Series, Timeframe
from core.errors import CandorError
from core.findings import Unavailable, UnavailableKind
from core.market.feed import CandleFeed
from core.market.market import MarketIdentity
from core.market.series import trouble_of
from core.prediction import Prediction
from core.signals.announcements import Announcements, Listener
from core.signals.service import Outcome, PredictionService
from core.signals.validity import as_of, grace_at

SPARKLINE_CANDLES = 48
CHANGE_WINDOW = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Signal:
    """One coin and timeframe on the board: a prediction, or the problem that stands in its way."""

    series: Series
    outcome: Outcome | None
    """None for a moment at the very beginning."""
    price: float | None
    """Close of the newest closed candle, quote currency."""
    change: float | None
    """Relative change of the price over CHANGE_WINDOW, as a fraction."""
    sparkline: tuple[float, ...]
    """Closes of the newest SPARKLINE_CANDLES candles, oldest first."""

    @property
    def symbol(self) -> str:
        return self.series.symbol

    @property
    def timeframe(self) -> Timeframe:
        return self.series.timeframe

    @property
    def prediction(self) -> Prediction | None:
        return self.outcome if isinstance(self.outcome, Prediction) else None

    @property
    def problem(self) -> Unavailable | None:
        return self.outcome if isinstance(self.outcome, Unavailable) else None


@dataclass(frozen=True, slots=True)
class BoardSnapshot:
    """The whole board at one moment; ``version`` grows with every change."""

    version: int
    market: MarketIdentity | None
    """None while the exchange is still being asked."""
    signals: Mapping[Series, Signal]
    made_at: datetime | None = None
    """When its candles were read, by the market's clock; None before that."""
    holds_until: datetime | None = None
    """When the next of its signals expires, by the same clock; None where none will."""

    @property
    def loading(self) -> bool:
        """Whether nothing has been predicted yet, and candles or models of some series are still on their way."""
        problems = [signal.problem for signal in self.signals.values() if signal.prediction is None]
        return len(problems) == len(self.signals) and any(
            p is None or p.kind is UnavailableKind.LOADING for p in problems
        )

    def symbols(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(series.symbol for series in self.signals))

    def on(self, timeframe: Timeframe) -> tuple[Signal, ...]:
        """Every coin's signal on one timeframe, in the market's order."""
        return tuple(signal for series, signal in self.signals.items() if series.timeframe is timeframe)

    def of(self, symbol: str) -> dict[Timeframe, Signal]:
        """One coin's signals by timeframe, shortest first; empty for a symbol the board does not know."""
        return {tf: signal for tf in Timeframe if (signal := self.signals.get(Series(symbol, tf))) is not None}

    def newest_priced(self, signal: Signal) -> Signal:
        """That of its coin's shortest timeframe with a price; itself where none has one."""
        return next((each for each in self.of(signal.symbol).values() if each.price is not None), signal)

    def at_newest_price(self, signal: Signal) -> Signal:
        """The signal with the price of its coin's shortest timeframe, and its change.

        Who reads what a coin costs wants to know it now, and not what it cost when its last day closed.
        """
        newest = self.newest_priced(signal)
        return replace(signal, price=newest.price, change=newest.change)


class SignalBoard:
    """Recomputes the snapshot whenever the feed announces candles, or models came late; anybody may read it at any time, or listen."""

    def __init__(self, service: PredictionService, feed: CandleFeed) -> None:
        self._service = service
        self._feed = feed
        self._recompute_lock = threading.Lock()
        self._publish_lock = threading.Lock()
        self._snapshot = BoardSnapshot(0, None, MappingProxyType({}))
        self._strict = self._snapshot, self._snapshot
        self._unsubscribe: Callable[[], None] | None = None
        self._stop_hearing_of_models: Callable[[], None] = lambda: None
        self._listeners: tuple[Announcements, ...] = ()
        self.computed = 0, 0.0
        """How many boards were computed, and how many seconds that took."""

    @property
    def version(self) -> int:
        """Grows with every new snapshot."""
        return self.snapshot().version

    @property
    def following(self) -> bool:
        """Whether it hears of new candles: start() was called, and stop() not since."""
        return self._unsubscribe is not None

    @property
    def recomputing(self) -> bool:
        """Whether a new snapshot is being made right now."""
        return self._recompute_lock.locked()

    def snapshot(self) -> BoardSnapshot:
        """The newest snapshot, with every signal marked that has expired by now; a memory read.

        What stands still, a feed or a computation, cannot keep an old signal from being called old.
        """
        if self._has_expired_signals():
            with self._publish_lock:
                if self._has_expired_signals():  # another reader may have been here first
                    self._publish(self._snapshot)
        return self._snapshot

    def strict_snapshot(self) -> BoardSnapshot:
        """As programs are told: as snapshot(), but a signal is over at its end, though the next may be on its way."""
        newest = self.snapshot()
        source, strict = self._strict
        if source is not newest or self._is_over(strict):
            signals, holds_until = as_of(newest.signals, self._feed.now(), timedelta(0))
            strict = replace(newest, signals=MappingProxyType(signals), holds_until=holds_until)
            self._strict = newest, strict
        return strict

    def _has_expired_signals(self) -> bool:
        return self._is_over(self._snapshot)

    def _is_over(self, snapshot: BoardSnapshot) -> bool:
        return snapshot.holds_until is not None and self._feed.now() > snapshot.holds_until

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with each new snapshot and what changed, after it is set; returns what ends that.

        It runs on a thread of its own. What it raises is logged and harms nobody; see core.signals.announcements for
        one that is slow.
        """
        announcements = Announcements(listener)
        self._listeners += (announcements,)

        def unsubscribe() -> None:
            self._listeners = tuple(each for each in self._listeners if each is not announcements)
            announcements.end()

        return unsubscribe

    def start(self) -> None:
        """Follow the feed from now on, and models that come late: the next candle may be a day away."""
        if self._unsubscribe is None:
            self._unsubscribe = self._feed.subscribe(self._on_candles)
            self._stop_hearing_of_models = self._service.registry.hear_of_latecomers(self.recompute)

    def stop(self) -> None:
        """Follow the feed no longer, and tell listeners nothing more."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
            self._stop_hearing_of_models()
        for announcements in self._listeners:
            announcements.end()
        self._listeners = ()

    def _on_candles(self, _changed: frozenset[Series]) -> None:
        """Everything is predicted anew, not only what changed: retrained models and stale series show up too."""
        self.recompute()

    def recompute(self) -> BoardSnapshot:
        """A new snapshot of every symbol and timeframe; what has not changed since the last one is reused."""
        with self._recompute_lock:
            before, began = self._snapshot, time.perf_counter()
            computed = self._signals_of_one_market()
            self.computed = self.computed[0] + 1, self.computed[1] + time.perf_counter() - began
            with self._publish_lock:
                published = self._publish(computed)
            changed = _changed(before.signals, published.signals)
            for announcements in self._listeners:
                announcements.add(published, changed)
            return published

    def _publish(self, computed: BoardSnapshot) -> BoardSnapshot:
        """Make ``computed`` the newest snapshot, judged by what time it is now."""
        signals, holds_until = as_of(computed.signals, self._feed.now(), grace_at(self._feed.speed))
        version = self._snapshot.version + 1
        self._snapshot = replace(computed, version=version, signals=MappingProxyType(signals), holds_until=holds_until)
        return self._snapshot

    def _signals_of_one_market(self) -> BoardSnapshot:
        """Every signal and the market they come from; once more where the feed was switched meanwhile.

        Otherwise prices of a simulated market could stand under the name of the exchange.
        """
        while True:
            market, now = self._feed.identity, self._feed.now()
            unlisted = self._feed.unlisted or {}
            wanted = [Series(symbol, timeframe) for timeframe in Timeframe for symbol in self._feed.symbols()]
            outcomes = self._service.predict_all([series for series in wanted if series.symbol not in unlisted])
            for symbol, error in unlisted.items():
                why = Unavailable(UnavailableKind.NO_CANDLES, trouble_of(error))
                outcomes |= {Series(symbol, timeframe): why for timeframe in Timeframe}
            signals = {series: self._signal(series, outcomes[series]) for series in wanted}
            if self._feed.identity is market:
                return BoardSnapshot(0, market, signals, now)

    def _signal(self, series: Series, outcome: Outcome) -> Signal:
        try:
            closes = self._feed.arrays(*series).close
        except CandorError:
            return Signal(series, outcome, None, None, ())
        known = self._snapshot.signals.get(series)
        if known is not None and known.outcome is outcome and isinstance(outcome, Prediction):
            return known
        return Signal(
            series,
            outcome,
            float(closes[-1]),
            _change(closes, series.timeframe),
            tuple(closes[-SPARKLINE_CANDLES:].tolist()),
        )


def _changed(before: Mapping[Series, Signal], after: Mapping[Series, Signal]) -> frozenset[Series]:
    """The series on which something else is said than before, or nothing any more."""
    differing = {
        series for series, signal in after.items() if series not in before or before[series].outcome != signal.outcome
    }
    return frozenset(differing | (before.keys() - after.keys()))


def _change(closes: np.ndarray, timeframe: Timeframe) -> float | None:
    """Relative change of the newest close over CHANGE_WINDOW; None where history is shorter."""
    back = CHANGE_WINDOW // timeframe.duration
    return float(closes[-1] / closes[-1 - back] - 1) if len(closes) > back else None
