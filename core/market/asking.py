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

from core.domain import Series
from core.market.audit import AUDITED_CANDLES, audited, withdrawn
from core.market.background_calls import BackgroundCalls, K, T
from core.market.candles import CandleArrays, moment_text
from core.market.following import Following, listing
from core.market.outage import OutageWatch
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
        """Ask for all that is due; False where the market does not answer."""
        calls = {held.series: partial(self._fetched, held) for held in self._due()}
        self._following.passes += 1
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
        self._tally.corrected[series.timeframe] += len(corrections(before, after))
        self._following.held[series] = after
        if isinstance(after, Held) and after is not before:
            self._following.note_unsettled(after, self._asked_at.get(series))

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
            after = audited(held[series], answer, self._market.now(), self._history)
            if isinstance(after, Held) and isinstance(answer, CandleArrays):
                self._take_compared(held[series], after, answer)
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
        self._tally.corrected[before.series.timeframe] += len(corrections(before, after)) + len(gone)
        self._following.held[before.series] = after

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
