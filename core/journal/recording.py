"""What is being recorded of one market: what its boards said, what of that waits, and the ledger it goes into."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from core.domain import Series
from core.journal.authority import Always, Authority
from core.journal.backlog import MOST_WAITING, Backlog
from core.journal.database import Database, open_database
from core.journal.described import model_entry
from core.journal.entries import CandleEntry, Entry, MissingEntry, ModelEntry, SignalEntry
from core.journal.errors import LeadershipLost, LedgerGone, LedgerUnavailable
from core.journal.expectations import Expectations
from core.journal.issued import code_fingerprint
from core.journal.lateness import as_written
from core.journal.places import Place
from core.journal.reading import LedgerReader
from core.journal.resolver import Candles, Resolver
from core.journal.store import Beside, Ledger, make_ready
from core.journal.verifier import Verifier
from core.journal.vocabulary import MissingReason
from core.market.candles import moment_text, unix_ms
from core.market.market import MarketIdentity
from core.model.metrics import ModelMetrics
from core.signals.board import BoardSnapshot
from core.signals.outcomes import DEFAULT_FEE_PERCENT

log = logging.getLogger(__name__)

UNATTENDED = timedelta(minutes=1)
"""So long what others should record may be lacking in the ledger until that is told."""

MetricsOf = Callable[[Collection[Series]], Mapping[Series, ModelMetrics]]
"""What is known of the models that serve some series now; those without a model are left out."""


class Recording:
    """One market's. ``hear`` and ``tick`` only remember and never wait for the database; ``write`` may wait.

    Where ``authority`` does not let this process write, what waits is let go of once others have written it.
    """

    def __init__(
        self,
        place: Place,
        metrics_of: MetricsOf = lambda wanted: {},
        fee_percent: float = DEFAULT_FEE_PERCENT,
        beside: Beside | None = None,
        authority: Authority | None = None,
    ) -> None:
        self.place, self._beside = place, beside
        self.authority: Authority = authority or Always()
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
        self._oldest: tuple[CandleEntry | None, datetime] = None, datetime.now(UTC)
        self._head_logged: date | None = None
        self._restart_logged = False

    @property
    def market(self) -> str:
        return self.place.market

    @property
    def identity(self) -> MarketIdentity | None:
        """The market itself; None until a board was heard."""
        return None if self._heard is None else self._heard.market

    @property
    def heard_at(self) -> datetime | None:
        """When the last board was made, by its market's clock; None until one was heard."""
        return None if self._heard is None else self._heard.made_at

    @property
    def ledger(self) -> Ledger | None:
        """The ledger that is written; None while it cannot be, or others write it."""
        return self._ledger if self.authority.granted() else None

    @property
    def unattended_since(self) -> datetime | None:
        """Since when something waits that others should have written; None where nothing does for UNATTENDED."""
        oldest, since = self._oldest
        return since if oldest is not None and datetime.now(UTC) - since >= UNATTENDED else None

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
        try:
            if not self._written(now):
                self._let_others_write(now)
        except LedgerGone:
            self.close()
            raise

    def resolve(self, held: Candles, now: datetime) -> bool:
        """Enter what became of some signals by the closed candles ``held``; whether there is more to do.

        Errors as of ``write``.
        """
        resolver = self._resolver
        try:
            return resolver is not None and resolver.work(held, now)
        except LeadershipLost:
            return False

    def _written(self, now: datetime) -> bool:
        """Whether this process may write, and has written what waits."""
        if self.authority.granted():
            try:
                self._write(now)
            except LeadershipLost as error:
                log.warning("%s", error)
            else:
                return True
        return False

    def _write(self, now: datetime) -> None:
        ledger, now_ms = self._opened(), unix_ms(now)
        with self._lock:
            begun = self._expectations.begun.items() - self._compared.items()
            waiting = self._backlog.batch(now_ms)
            models = list(self._models)
        before = list(self._before_this_run(dict(begun), now_ms))
        ledger.append([*models, *before, *(as_written(each, now_ms) for each in waiting)])
        with self._lock:
            self._backlog.written(waiting)
            del self._models[: len(models)]
            self._compared.update(begun)
            self._oldest = None, self._oldest[1]
        self._tell_again(dict(begun))
        self._tell_head(ledger)

    def _let_others_write(self, now: datetime) -> None:
        """Read what others have written, and let go of it; errors as of ``write``."""
        self._ledger = self._resolver = None
        reader = self._read_in(self._readable() if self.reader is None else self.reader.database)
        with self._lock:
            waiting = self._backlog.batch(unix_ms(now))
        written = reader.spoken_for(waiting)
        with self._lock:
            self._backlog.written(written)
            oldest = self._backlog.oldest
            if oldest is not self._oldest[0]:
                self._oldest = oldest, datetime.now(UTC)

    def close(self) -> None:
        """Let go of the ledger until something is written again; what waits still does."""
        if self.verifier is not None:
            self.verifier.stop()
        if self.reader is not None:
            self.reader.database.close()
        self._ledger = self.reader = self.verifier = self._resolver = None

    def end(self) -> None:
        """Let go of the ledger for good, so that others may write it."""
        self.close()
        self.authority.end()

    def _opened(self) -> Ledger:
        if self._ledger is None:
            ledger = self._writable()
            reader = self._read_in(ledger.database)
            self.authority.begin(ledger.database)
            self._known = reader.newest_candles()
            self._ledger, self._resolver = ledger, Resolver(ledger, self._fee_percent)
        return self._ledger

    def _writable(self) -> Ledger:
        """On a server, in the database that is read already; a file may have been put in the place of the one that was."""
        if self.reader is not None and self.reader.database.path is None:
            make_ready(self.reader.database, self.market)
            return Ledger(self.reader.database, self._beside, self.authority.fence)
        try:
            return Ledger.open(self.place, self._beside, self.authority.fence)
        except LedgerUnavailable:
            self._read_at_least()
            raise

    def _read_in(self, database: Database) -> LedgerReader:
        if self.reader is None or self.reader.database is not database:
            self.reader = LedgerReader(database)
        if self.verifier is None:
            self.verifier = Verifier(database)
            self.verifier.start()
        return self.reader

    def _read_at_least(self) -> None:
        """What was recorded before can be read although nothing can be written: the disk is full, or read-only.

        LedgerRefused where it is at a step that this version does not read.
        """
        if self.reader is None:
            try:
                self.reader = LedgerReader(self._readable())
            except LedgerUnavailable:
                log.debug("It cannot be read either.", exc_info=True)

    def _readable(self) -> Database:
        """The ledger's database where there is one that this version reads; errors as of ``write``."""
        database = open_database(self.place, existing=True, read_only=self.authority.read_only)
        reader = LedgerReader(database)
        try:
            reader.require_newest_step()
            reader.head()
        except BaseException:
            database.close()
            raise
        return database

    def _first_heard(self, news: Iterable[CandleEntry]) -> list[ModelEntry]:
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
        if again and not self._restart_logged:
            self._restart_logged = True
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
        if self._head_logged != today:
            head = ledger.head()
            log.info("The ledger %s ends with entry %d, %s.", self.market, head.seq, head.hash.hex())
            self._head_logged = today
