"""Which candles should have had a signal, told board by board: what becomes an entry of the ledger, and what is silence."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.domain import Series
from core.findings import (
    AwaitingCandles,
    LateCandles,
    MarketTrouble,
    NoClosedCandle,
    TooFewCandles,
    Unavailable,
    UnavailableKind,
)
from core.journal.entries import CandleEntry, MissingEntry
from core.journal.issued import signal_entry
from core.journal.vocabulary import MissingReason
from core.market.candles import last_closed_open_ms, unix_ms
from core.prediction import Prediction
from core.signals.board import BoardSnapshot, Signal
from core.signals.validity import grace_at
from core.wording.sentences import problem_sentence, problem_text

Why = tuple[MissingReason, str]
"""A reason, and the sentence that was shown instead of a signal."""

_SKIPPED: Why = (MissingReason.SKIPPED, "")


class Expectations:
    """One market's, from the first board on. A candle without a signal is silent once its signal could hold no longer.

    ``begun`` has the open time (Unix milliseconds) of the first candle expected of each series: what silence there was
    before, other boards knew of, or none.
    """

    def __init__(self, code: str) -> None:
        self.begun: dict[Series, int] = {}
        self._code = code
        self._reached: dict[Series, int] = {}
        self._issued: dict[Series, tuple[int, str]] = {}
        self._why: dict[Series, Why] = {}

    def news(self, snapshot: BoardSnapshot, now: datetime, speed: float) -> list[CandleEntry]:
        """What a board says that no board before it did; ``now`` is the market's time, which runs at ``speed``."""
        grace = grace_at(speed)
        return [entry for signal in snapshot.signals.values() for entry in self._news_of(signal, now, grace)]

    def _news_of(self, signal: Signal, now: datetime, grace: timedelta) -> list[CandleEntry]:
        series, step = signal.series, signal.timeframe.milliseconds
        issued = _in_time(signal.prediction)
        if series not in self._reached:
            first = unix_ms(issued.candle_open_time) if issued else last_closed_open_ms(signal.timeframe, now)
            self.begun[series], self._reached[series] = first, first - step
        found = self._entries_of(issued, now) if issued is not None else []
        if issued is None:
            self._why[series] = _why_not(signal)
        return found + self._silence(series, last_closed_open_ms(signal.timeframe, now - grace), now)

    def _entries_of(self, issued: Prediction, now: datetime) -> list[CandleEntry]:
        """The signal, where this model has not spoken on this candle yet, after the silence before it."""
        series, issue = issued.series, (unix_ms(issued.candle_open_time), issued.model_version)
        if issue[0] < self._reached[series] or self._issued.get(series) == issue:
            return []
        before = self._silence(series, issue[0], now)
        self._reached[series], self._issued[series] = issue[0], issue
        self._why.pop(series, None)
        return [*before, signal_entry(issued, self._code)]

    def _silence(self, series: Series, until_ms: int, now: datetime) -> list[CandleEntry]:
        """The candles after the last one reached and before ``until_ms``, on which nothing can be said any more."""
        first, step = self._reached[series] + series.timeframe.milliseconds, series.timeframe.milliseconds
        candles = (until_ms - first) // step
        if candles <= 0:
            return []
        reason, detail = self._why.get(series, _SKIPPED)
        self._reached[series] = until_ms - step
        return [MissingEntry(*series, first, candles, reason, detail, unix_ms(now))]


def _in_time(prediction: Prediction | None) -> Prediction | None:
    """A prediction that was issued while it held; one on an old candle is no signal."""
    return prediction if prediction is not None and prediction.issued_at < prediction.valid_until else None


def _why_not(signal: Signal) -> Why:
    """Why there is no signal on the newest candle."""
    if signal.problem is not None:
        return _reason_of(signal.problem), str(problem_sentence(signal.problem))
    findings = signal.prediction.trust.findings if signal.prediction is not None else ()
    late = next((finding.facts for finding in findings if isinstance(finding.facts, LateCandles | MarketTrouble)), None)
    if late is None:
        return _SKIPPED
    down = isinstance(late, MarketTrouble) or late.trouble is not None
    return (MissingReason.FEED_DOWN if down else MissingReason.STALE_CANDLES), problem_text(late)


def _reason_of(problem: Unavailable) -> MissingReason:
    if problem.kind is UnavailableKind.NO_MODEL:
        return MissingReason.NO_MODEL
    if isinstance(problem.facts, TooFewCandles):
        return MissingReason.SHORT_HISTORY if problem.facts.gap is None else MissingReason.GAP
    if isinstance(problem.facts, NoClosedCandle):
        return MissingReason.SHORT_HISTORY
    return MissingReason.STARTING if isinstance(problem.facts, AwaitingCandles) else MissingReason.FEED_DOWN
