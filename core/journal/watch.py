"""Watches in the background which models no longer keep what they promise, so that their signals can say so at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from core.domain import Series
from core.errors import CandorError
from core.findings import BrokenPromise
from core.journal.vocabulary import Origin
from core.market.market import MarketIdentity
from core.model.scores import block_days
from core.signals.board import BoardSnapshot, SignalBoard

if TYPE_CHECKING:
    from core.journal.recorder import Opened
    from core.journal.track_record import Reliance

log = logging.getLogger(__name__)

SECONDS_BETWEEN = 20.0
"""Real time: outcomes come with candles, and of those many may close at once."""

STOP_SECONDS = 5.0
"""So long the end of the process waits for what is being read."""


class PromiseWatch:
    """Judges the models of whatever ledger ``opened`` gives, anew after each board but not too often. Thread-safe."""

    def __init__(self, opened: Callable[[], Opened | None]) -> None:
        self._opened = opened
        self._found: tuple[MarketIdentity | None, Mapping[tuple[Series, str], BrokenPromise]] = None, {}
        self._news, self._stopping = threading.Event(), threading.Event()
        self._unsubscribe: Callable[[], None] | None = None
        self._thread: threading.Thread | None = None

    def broken(self, series: Series, model_version: str) -> BrokenPromise | None:
        """What the record of the market that is followed has against a model; a memory read."""
        market, found = self._found
        broken = found.get((series, model_version))
        if broken is None:
            return None
        opened = self._opened()
        return broken if opened is not None and opened.market is market else None

    def look(self) -> None:
        """Judge every model by its record as it is now; LedgerUnavailable where that cannot be read."""
        from core.journal.track_record import Scope  # noqa: PLC0415 - as the ledger's packages, loaded beside serving

        opened = self._opened()
        if opened is None:
            return
        found = {}
        for origin in (Origin.REPLAYED, Origin.LIVE):  # what was issued live counts more
            for model, reliance in opened.reader.records.reliances(Scope(origin)):
                if reliance.alarm:
                    found[model.series, model.model_version] = broken_promise(model.series, reliance, origin)
        self._found = opened.market, found

    def start(self, board: SignalBoard) -> None:
        """Look after each board from now on."""
        if self._thread is None:
            self._stopping.clear()
            self._unsubscribe = board.subscribe(self._hear)
            self._thread = threading.Thread(target=self._run, name="promise-watch", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._stopping.set()
        self._news.set()
        if self._thread is not None:
            self._thread.join(timeout=STOP_SECONDS)
        self._thread = self._unsubscribe = None

    def _hear(self, _: BoardSnapshot, __: frozenset[Series]) -> None:
        self._news.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._news.wait()
            self._news.clear()
            if not self._stopping.is_set():
                self._look_or_tell()
            self._stopping.wait(SECONDS_BETWEEN)

    def _look_or_tell(self) -> None:
        try:
            self.look()
        except CandorError:
            pass  # the ledger cannot be read, as its state tells everybody
        except Exception:
            log.exception("Judging models by their record failed.")


def broken_promise(series: Series, reliance: Reliance, origin: Origin) -> BrokenPromise:
    """An alarm as a finding."""
    assert reliance.low is not None
    days = reliance.blocks * block_days(series.timeframe)
    return BrokenPromise(
        reliance.log_loss, reliance.expected, reliance.low, reliance.n, days, origin is Origin.REPLAYED
    )
