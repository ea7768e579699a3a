"""What is being recorded of one market: what its boards said, what of that waits, and the ledger it goes into."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime

from core.domain import Series
from core.journal.backlog import MOST_WAITING, Backlog
from core.journal.database import open_database
from core.journal.described import model_entry
from core.journal.entries import Entry, MissingEntry, ModelEntry, SaidOfCandles, SignalEntry
from core.journal.errors import LedgerGone, LedgerUnavailable
from core.journal.expectations import Expectations
from core.journal.issued import code_fingerprint
from core.journal.places import Place
from core.journal.reading import LedgerReader
from core.journal.resolver import Candles, Resolver
from core.journal.store import Ledger
from core.journal.verifier import Verifier
from core.journal.vocabulary import MissingReason
from core.market.candles import moment_text, unix_ms
from core.market.market import MarketIdentity
from core.model.metrics import ModelMetrics
from core.signals.board import BoardSnapshot
from core.signals.outcomes import DEFAULT_FEE_PERCENT

log = logging.getLogger(__name__)


MetricsOf = Callable[[Collection[Series]], Mapping[Series, ModelMetrics]]
"""What is known of the models that serve some series now; those without a model are left out."""


class Recording:
    """One market's. ``hear`` and ``tick`` only remember and never wait for the database; ``write`` may wait."""

    def __init__(
        self,
        place: Place,
        metrics_of: MetricsOf = lambda wanted: {},
        fee_percent: float = DEFAULT_FEE_PERCENT,
    ) -> None:
        self.place = place
        self._metrics_of, self._fee_percent = metrics_of, fee_percent
        self._described: set[tuple[Series, str]] = set()
        self._models: list[ModelEntry] = []
        self.reader: LedgerReader | None = None
        self.verifier: Verifier | None = None
        self._lock = threading.Lock()
        self._expectations = Expectations(code_fingerprint())
        self._backlog = Backlog(MOST_WAITING)
        self._heard: BoardSnapshot | None = None
        self._ledger: Ledger | None = None
        self._resolver: Resolver | None = None
        self._known: dict[Series, int] = {}
        self._compared: dict[Series, int] = {}
        self._head_told: date | None = None
        self._told_again = False

    @property
    def market(self) -> str:
        return self.place.market

    @property
    def identity(self) -> MarketIdentity | None:
        """The market itself; None until a board was heard."""
        return None if self._heard is None else self._heard.market

    @property
    def ledger(self) -> Ledger | None:
        """The ledger that is written; None while it cannot be."""
        return self._ledger

    def waiting(self) -> tuple[int, int]:
        """How many entries wait to be written, and how many more were lost."""
        with self._lock:
            return len(self._backlog), self._backlog.lost

    def hear(self, snapshot: BoardSnapshot, now: datetime, speed: float) -> None:
        """Remember what a new board says, and what is known of a model that speaks for the first time."""
        with self._lock:
            self._heard = snapshot
            news = self._expectations.news(snapshot, now, speed)
        models = self._first_heard(news)  # the disk of the models may be slow
        with self._lock:
            self._models += models
            self._backlog.add(news)

    def tick(self, market: MarketIdentity, now: datetime, speed: float) -> None:
        """It is ``now`` in ``market``, and perhaps no board came, which is silence, too, where it is the one recorded."""
        with self._lock:
            if self._heard is not None and self._heard.market is market:
                self._backlog.add(self._expectations.news(self._heard, now, speed))

    def write(self, now: datetime) -> None:
        """Write what waits, durably; LedgerUnavailable or LedgerRefused where that cannot be, and everything waits on."""
        ledger = self._opened()
        with self._lock:
            begun = self._expectations.begun.items() - self._compared.items()
            waiting = self._backlog.batch(unix_ms(now))
            models = list(self._models)
        before = list(self._before_this_run(dict(begun), unix_ms(now)))
        try:
            ledger.append([*models, *before, *waiting])
        except LedgerGone:
            self.close()
            raise
        with self._lock:
            self._backlog.written(waiting)
            del self._models[: len(models)]
            self._compared.update(begun)
        self._tell_again(dict(begun))
        self._tell_head(ledger)

    def resolve(self, held: Candles, now: datetime) -> bool:
        """Enter what became of some signals by the closed candles ``held``; whether there is more to do.

        Errors as of ``write``.
        """
        resolver = self._resolver
        return resolver is not None and resolver.work(held, now)

    def close(self) -> None:
        """Let go of the ledger until something is written again; what waits still does."""
        if self.verifier is not None:
            self.verifier.stop()
        if self._ledger is not None:
            self._ledger.close()
        self._ledger = self.reader = self.verifier = self._resolver = None

    def _opened(self) -> Ledger:
        if self._ledger is None:
            try:
                ledger = Ledger.open(self.place)
            except LedgerUnavailable:
                self._read_at_least()
                raise
            reader = LedgerReader(ledger.database)
            self._known = reader.newest_candles()
            self._ledger, self.reader = ledger, reader
            self._resolver = Resolver(ledger, self._fee_percent)
            self.verifier = Verifier(ledger.database)
            self.verifier.start()
        return self._ledger

    def _read_at_least(self) -> None:
        """What was recorded before can be read although nothing can be written: the disk is full, or read-only.

        LedgerRefused where it is at a step that this version does not read.
        """
        if self.reader is None:
            database = open_database(self.place, existing=True)
            reader = LedgerReader(database)
            try:
                reader.require_newest_step()
                reader.head()
                self.reader = reader
            except LedgerUnavailable:
                log.debug("It cannot be read either.", exc_info=True)
            finally:
                if self.reader is None:
                    database.close()

    def _first_heard(self, news: Iterable[SaidOfCandles]) -> list[ModelEntry]:
        """The description of each model that speaks for the first time in this process."""
        spoken = {(each.series, each.model_version) for each in news if isinstance(each, SignalEntry)}
        first = spoken - self._described
        self._described |= first
        metrics = self._metrics_of([series for series, _ in first]) if first else {}
        return [
            model_entry(metrics[series])
            for series, version in sorted(first)
            if series in metrics and metrics[series].model_version == version
        ]

    def _before_this_run(self, begun: Mapping[Series, int], noticed_at_ms: int) -> Iterator[Entry]:
        """The candles between the newest that the ledger knew of when it was opened and the first of this run."""
        for series, first in begun.items():
            step = series.timeframe.milliseconds
            known = self._known.get(series, first)
            candles = (first - known) // step - 1
            if candles > 0:
                yield MissingEntry(*series, known + step, candles, MissingReason.NOT_RUNNING, "", noticed_at_ms)

    def _tell_again(self, begun: Mapping[Series, int]) -> None:
        """Log once that a market has begun again before what is recorded of it, as a recorded or simulated one may.

        Another process may be a candle ahead.
        """
        again = {
            series: first
            for series, first in begun.items()
            if self._known.get(series, first) > first + series.timeframe.milliseconds
        }
        if again and not self._told_again:
            self._told_again = True
            first, last = min(again.values()), max(self._known[series] for series in again)
            log.warning(
                "The ledger %s has candles until %s already, and the market begins again at %s: what a model says of them "
                "once more is not entered.",
                self.market,
                moment_text(last),
                moment_text(first),
            )

    def _tell_head(self, ledger: Ledger) -> None:
        """Log the chain's last entry, once a day: who keeps that line can prove later that nothing was rewritten."""
        today = datetime.now(UTC).date()
        if self._head_told != today:
            head = ledger.head()
            log.info("The ledger %s ends with entry %d, %s.", self.market, head.seq, head.hash.hex())
            self._head_told = today
