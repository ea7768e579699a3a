"""One pass over a market: every candle that should be here and is not is asked for, and some that are here are compared.

Compared is what was told before it had settled, once it has, and what has its turn in the audit.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np

from core.domain import Series
from core.market.audit import AUDITED_CANDLES, audited, withdrawn
from core.market.background_calls import BackgroundCalls, K, T
from core.market.candles import CandleArrays, moment_text
from core.market.following import Following, listing
from core.market.outage import OutageWatch
from core.market.resampling import as_held, lacking, made_of, must_be_asked, touched
from core.market.series import Held, HeldSeries, as_trouble, corrections, fetch
from core.market.tally import Tally

log = logging.getLogger(__name__)

ANNOUNCE_SECONDS = 0.5
"""While a market is being asked for many series, what has arrived is announced this often."""


class Pass:
    """Asks the market of ``following`` and takes its answers into it, until that is done, interrupted or ``over``.

    ``announce`` is called while many answers are on their way. What befell is counted in ``tally``.
    """

    def __init__(
        self,
        following: Following,
        wanted: tuple[str, ...],
        history: int,
        tally: Tally,
        over: Callable[[], bool],
        announce: Callable[[], None],
    ) -> None:
        self._following = following
        self._market = following.market
        self._wanted = wanted
        self._history = history
        self._tally = tally
        self._over = over
        self._announce = announce
        self._calls: BackgroundCalls[Any, Any] | None = None
        self._asked_at: dict[Series, datetime] = {}

    def ask(self) -> None:
        """Ask for all that is missing, and once that is announced, compare what is here."""
        if self._list() and self._compare_clocks() and self._fetch() and self._market.access.reread:
            self._announce()
            self._look_again()
            self._audit()

    def interrupt(self) -> None:
        """Wait for no further answer; may be called from any thread."""
        calls = self._calls
        if calls is not None:
            calls.interrupt()

    def _list(self) -> bool:
        """Learn once which coins the market has and their ticks; False where it did not say."""
        following, market = self._following, self._market
        if following.ticks:
            return True
        for _, answer in self._answers({"listing": partial(listing, market, self._wanted)}):
            if not isinstance(answer, Exception):
                following.follow(answer)
                return True
            following.hold_nothing(as_trouble(answer, f"{market.identity.name} could not list its coins"))
        return False

    def _compare_clocks(self) -> bool:
        """Let the market make sure of its time; False where it cannot, or the pass is over."""
        if self._market.access.from_memory:
            return True
        for _, answer in self._answers({"clock": self._market.compare_clocks}):
            if isinstance(answer, Exception):
                trouble = as_trouble(answer, f"The clock of {self._market.identity.name} could not be read")
                for series in self._following.held:
                    self._take(series, trouble)
            return not isinstance(answer, Exception)
        return False

    def _due(self) -> list[HeldSeries]:
        """What lacks candles; what failed most recently goes last, so that what always fails keeps no other waiting."""
        now = self._market.now()
        due = [held for held in self._following.held.values() if held.missing(now, self._history)]
        return sorted(due, key=lambda held: self._following.failed_at.get(held.series, 0))

    def _fetch(self) -> bool:
        """Ask for all that is due, but of what can be made of it only for what cannot; False where the market does not answer."""
        self._following.passes += 1
        if not self._fetch_these([held for held in self._due() if not self._is_made(held)]):
            return False
        return not self._following.resamples or self._fetch_these(self._unmade())

    def _unmade(self) -> list[HeldSeries]:
        """Series that lack candles which are usually made, and whose parts did not come."""
        for symbol in {held.series.symbol for held in self._due()}:
            self._make_longer(symbol)
        now, patience = self._market.now(), self._following.patience
        due = [held for held in self._due() if self._is_made(held)]
        return [held for held in due if must_be_asked(held, now, patience, self._history)]

    def _is_made(self, held: HeldSeries) -> bool:
        return isinstance(held, Held) and self._following.makes(held.series.timeframe)

    def _fetch_these(self, due: Collection[HeldSeries]) -> bool:
        """Ask for these; False where the market does not answer."""
        calls = {held.series: partial(self._fetched, held) for held in due}
        asked: set[Series] = set()
        watch = OutageWatch()
        announced = time.monotonic()
        for series, answer in self._answers(calls):
            asked.add(series)
            self._take(series, answer)
            if isinstance(answer, Exception):
                self._following.failed_at[series] = self._following.passes
            if watch.heard(answer):
                for other in calls.keys() - asked:
                    self._take(other, answer)
                return False
            if not self._market.access.from_memory and time.monotonic() - announced > ANNOUNCE_SECONDS:
                self._announce()
                announced = time.monotonic()
        return True

    def _fetched(self, held: HeldSeries) -> CandleArrays:
        self._asked_at[held.series] = self._market.now()
        return fetch(held, self._market, self._history)

    def _take(self, series: Series, answer: CandleArrays | Exception) -> None:
        before = self._following.held[series]
        after = before.after(answer, self._market.now(), self._history)
        corrected = corrections(before, after)
        self._tally.corrected[series.timeframe] += len(corrected)
        self._following.held[series] = after
        if isinstance(after, Held) and after is not before:
            self._following.note_unsettled(after, self._asked_at.get(series))
            if series.timeframe is self._following.shortest:
                self._make_longer(series.symbol, corrected)

    def _make_longer(self, symbol: str, changed_ms: Collection[int] = ()) -> None:
        """Make what a coin's longer series lack, and anew what the shortest candles of ``changed_ms`` are parts of."""
        following, now = self._following, self._market.now()
        parts = following.held.get(Series(symbol, following.shortest))
        if not isinstance(parts, Held):
            return
        for timeframe in following.timeframes:
            held = following.held.get(Series(symbol, timeframe))
            if isinstance(held, Held) and following.makes(timeframe):
                times = np.union1d(lacking(held, now, self._history), touched(held, changed_ms))
                self._take_made(held, made_of(parts, timeframe, times))

    def _take_made(self, held: Held, candles: CandleArrays) -> None:
        if len(candles):
            self._tally.made[held.series.timeframe] += len(candles)
            self._following.made.note(held.series, candles.open_time_ms.tolist())
            self._following.held[held.series] = held.after(candles, self._market.now(), self._history)

    def _look_again(self) -> None:
        """Compare the newest candles that were told before they had settled, once they have."""
        for _ in self._compared(self._following.settled(), 1 + self._market.access.reread):
            pass

    def _audit(self) -> None:
        """Compare the closed candles of the series whose turn it is."""
        turns = self._following.audits.due(self._held(), self._market.now())
        for series in self._compared(turns, min(AUDITED_CANDLES, self._history)):
            self._tally.audited[series.timeframe] += 1

    def _held(self) -> dict[Series, Held]:
        return {series: each for series, each in self._following.held.items() if isinstance(each, Held)}

    def _compared(self, turns: Collection[Series], count: int) -> Iterator[Series]:
        """Those of ``turns`` whose newest ``count`` candles were told anew; one that cannot be compared is left as it is."""
        held = self._held()
        calls = {each: partial(self._market.arrays, *each, count) for each in turns if each in held}
        watch = OutageWatch()
        for series, answer in self._answers(calls):
            given = as_held(held[series], answer) if self._following.makes(series.timeframe) else answer
            after = audited(held[series], given, self._market.now(), self._history)
            if isinstance(after, Held) and isinstance(given, CandleArrays):
                self._take_compared(held[series], after, given)
                yield series
            else:
                log.warning("%s could not be compared: %s", series, after)
            if watch.heard(answer):
                return

    def _take_compared(self, before: Held, after: Held, answer: CandleArrays) -> None:
        gone = withdrawn(before, answer)
        if gone:
            log.warning(
                "%s: %d candles are not told any more, the first of %s.", before.series, len(gone), moment_text(gone[0])
            )
        corrected = corrections(before, after)
        self._tally.corrected[before.series.timeframe] += len(corrected) + len(gone)
        self._following.held[before.series] = after
        self._note_disagreements(before.series, answer, corrected)
        if corrected and before.series.timeframe is self._following.shortest:
            self._make_longer(before.series.symbol, corrected)

    def _note_disagreements(self, series: Series, answer: CandleArrays, corrected: Collection[int]) -> None:
        wrong = self._following.made.compared(series, answer, corrected)
        if wrong:
            self._tally.disagreed[series.timeframe] += len(wrong)
            log.warning(
                "%s: %d candles made of %s ones were not the market's own, the first of %s; its own replace them.",
                series,
                len(wrong),
                self._following.shortest,
                moment_text(wrong[0]),
            )

    def _answers(self, calls: Mapping[K, Callable[[], T]]) -> Iterable[tuple[K, T | Exception]]:
        """Each call's answer as it comes, until the pass is over or interrupted."""
        self._calls = BackgroundCalls(calls, self._market.access.parallel)
        try:
            if self._over():  # stop() or follow() came before there were calls to interrupt
                return
            for answer in self._calls.answers():
                if self._over():
                    return
                yield answer
        finally:
            self._calls.interrupt()
            self._calls = None
