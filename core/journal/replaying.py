"""Enters what one model after another would have said of past candles, and what became of it, into a market's ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from core.domain import Series, Timeframe
from core.errors import CandorError
from core.journal.described import model_entry
from core.journal.issued import code_fingerprint, replayed_signals
from core.journal.parity import Row
from core.journal.replayed import Span, candles_needed, predictions_along, span_of, unresolved_span
from core.journal.resolution import resolve
from core.journal.spoken import live_after, spoken_of
from core.journal.store import Ledger, head_of
from core.market.candles import CandleArrays, last_closed_open_ms, unix_ms
from core.market.feed import SERVING_HISTORY
from core.market.past import PastCandles
from core.model.files import LoadedModel
from core.prediction import Prediction
from core.replay import LeftOut, NoPastCandles, OnlyLearned

ROWS_TOGETHER = 1024
"""Signals of one transaction: a live one waits no longer than they take, about a tenth of a second."""

COMPARED_CANDLES = 100
"""So far back, at most, live signals are compared with their replay: some hundredths of a second's work a series."""

SPARE_CANDLES = 8
"""So many may close while they are being compared, where a clock runs fast."""

ENTRIES_COMPARED = 5_000
"""So many are looked through at a time, and at first so many of the newest."""


LiveSignals = Mapping[tuple[Series, str], Sequence[Row]]
"""Live signals, those of each series by the version of the model that gave them."""


class Replaying:
    """Replays into ``ledger``, which is that of the market whose ``past`` it is, ``days`` back."""

    def __init__(self, ledger: Ledger, past: PastCandles, days: int, fee_percent: float) -> None:
        self._ledger, self._past = ledger, past
        self._days, self._fee_percent = days, fee_percent

    def steps(self, model: LoadedModel) -> Iterator[int | LeftOut]:
        """Replay one model, a fraction of a second at a time; after each, how many signals it has entered.

        Where there is nothing to replay it on, why. LedgerUnavailable where the ledger cannot be written.
        """
        newest_ms = last_closed_open_ms(model.series.timeframe, self._past.now())
        with self._ledger.database.reading() as connection:
            spoken = spoken_of(connection, model.series, model.version)
        span = span_of(model.metrics, spoken, newest_ms, self._days)
        if isinstance(span, OnlyLearned):
            yield span
            return
        unresolved = unresolved_span(model.metrics, spoken, newest_ms)
        first = unresolved or span
        if first is None:
            return
        found = self._past_of(model, first, newest_ms)
        if isinstance(found, NoPastCandles):
            yield found
            return
        yield 0
        candles, tick_size = found
        if unresolved is not None:
            self._resolve(model, candles, unresolved)
        if span is not None:
            yield from self._enter(model, candles, tick_size, span)

    def live_signals(self, after: int | None) -> tuple[LiveSignals, int]:
        """What was said live by this very code in the next entries after ``after``, by series and model version.

        And the last entry that was looked at. None, and a number that this ledger has not reached: the newest entries.
        """
        with self._ledger.database.reading() as connection:
            head = head_of(connection).seq
            begin = max(head - ENTRIES_COMPARED, 0) if after is None or after > head else after
            until = min(head, begin + ENTRIES_COMPARED)
            rows = live_after(connection, begin, until, code_fingerprint())
        found: dict[tuple[Series, str], list[Row]] = {}
        for row in rows:
            series = Series(row["symbol"], Timeframe(row["timeframe"]))
            found.setdefault((series, row["model_version"]), []).append(dict(row))
        return found, until

    def beside_replay(self, model: LoadedModel, live: Sequence[Row]) -> list[tuple[Row, Row]]:
        """Of what the model said ``live``, as far as candles are at hand, each beside what its replay says."""
        candles = self._at_hand(model.series, min(row["candle_open_ms"] for row in live))
        whole = len(candles) < SERVING_HISTORY  # all that there is, so nothing is lacking to the oldest either
        answered = set((candles if whole else candles[SERVING_HISTORY - 1 :]).open_time_ms.tolist())
        beside = {row["candle_open_ms"]: row for row in live if row["candle_open_ms"] in answered}
        if not beside:
            return []
        span = Span(min(beside), max(beside) + 1)
        tick_size, now = self._past.tick_size(model.series.symbol), self._past.now()
        predictions = [each for some in predictions_along(model, candles, span, tick_size, now) for each in some]
        replayed = replayed_signals(predictions, code_fingerprint()).contents() if predictions else []
        return [(beside[row["candle_open_ms"]], row) for row in replayed if row["candle_open_ms"] in beside]

    def _at_hand(self, series: Series, first_ms: int) -> CandleArrays:
        """What it takes to answer on the candle that opened at ``first_ms`` and those after it, as far as it is at hand."""
        newest_ms = last_closed_open_ms(series.timeframe, self._past.now())
        candles = min((newest_ms - first_ms) // series.timeframe.milliseconds + 1, COMPARED_CANDLES)
        return self._past.at_hand(series, SERVING_HISTORY - 1 + candles + SPARE_CANDLES)

    def _past_of(self, model: LoadedModel, span: Span, newest_ms: int) -> tuple[CandleArrays, float] | NoPastCandles:
        """What replaying ``span`` takes: candles and the coin's price step; or why the market has none to give."""
        try:
            tick_size = self._past.tick_size(model.series.symbol)
            return self._reaching(model.series, newest_ms, candles_needed(model.metrics, span, newest_ms)), tick_size
        except CandorError as error:
            return NoPastCandles(error.message, None if error.path is None else str(error.path))

    def _reaching(self, series: Series, newest_ms: int, candles: int) -> CandleArrays:
        """So many candles up to the one that opened at ``newest_ms``, and those that have closed since: clocks may run fast."""
        later = 0
        while True:
            found = self._past.newest(series, candles + later)
            since = (int(found.open_time_ms[-1]) - newest_ms) // series.timeframe.milliseconds if len(found) else 0
            if since <= later:
                return found
            later = 2 * since

    def _enter(self, model: LoadedModel, candles: CandleArrays, tick_size: float, span: Span) -> Iterator[int]:
        """Signals are worked out while those before are being written: a database's server has a core of its own."""
        self._ledger.append([model_entry(model.metrics)])
        with ThreadPoolExecutor(1, "replay-writer") as writer:
            written: Future[int] | None = None
            for predictions in _together(predictions_along(model, candles, span, tick_size, self._past.now())):
                if predictions is None:
                    yield 0
                    continue
                new = 0 if written is None else written.result()
                written = writer.submit(self._written, model, candles, predictions)
                yield new
            if written is not None:
                yield written.result()

    def _written(self, model: LoadedModel, candles: CandleArrays, predictions: Sequence[Prediction]) -> int:
        """Enter signals, oldest first, and what became of them; how many signals were new."""
        new = self._ledger.append(replayed_signals(predictions, code_fingerprint()))
        first, last = (unix_ms(each.candle_open_time) for each in (predictions[0], predictions[-1]))
        self._resolve(model, candles, Span(first, last + model.series.timeframe.milliseconds))
        return new

    def _resolve(self, model: LoadedModel, candles: CandleArrays, span: Span) -> None:
        """Enter what became of the signals on the candles of ``span``, as far as that is over."""
        step, horizon = model.series.timeframe.milliseconds, model.metrics.horizon_candles
        times = candles.open_time_ms
        after = candles[(times > span.first_ms) & (times < span.end_ms + horizon * step)]
        resolve(self._ledger, model.series, after, self._past.now(), self._fee_percent)


def _together(some: Iterable[list[Prediction]]) -> Iterator[list[Prediction] | None]:
    """Signals by the transaction; None for each step that completes none."""
    waiting: list[Prediction] = []
    for predictions in some:
        waiting += predictions
        if len(waiting) < ROWS_TOGETHER:
            yield None
        else:
            yield waiting
            waiting = []
    if waiting:
        yield waiting
