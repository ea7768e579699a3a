"""Records what the board says, beside everything else: nothing that the ledger's disk or server does delays a candle or a page.

A thread listens to the board and remembers, another one writes, where the role of the process has it so. What cannot be
written waits and is written once it can. The database's own packages are loaded in these threads, and only once there are
first signals, which a ledger that is opened meanwhile would cost a second of the processor.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.domain import Series
from core.errors import CandorError
from core.findings import (
    LedgerAccess,
    LedgerState,
    LedgerTrouble,
    LedgerUnattended,
    LedgerUnreadable,
    LedgerUnwritable,
)
from core.journal.places import Place, PostgresqlSchema, place_of
from core.market.candles import CandleArrays
from core.market.feed import CandleFeed
from core.market.market import MarketIdentity
from core.roles import Part, Role
from core.signals.board import BoardSnapshot, SignalBoard
from core.signals.outcomes import DEFAULT_FEE_PERCENT

if TYPE_CHECKING:
    from core.journal.authority import Authority
    from core.journal.reading import LedgerReader
    from core.journal.recording import MetricsOf, Recording
    from core.journal.store import Beside, Ledger
    from core.journal.verifier import Checked

log = logging.getLogger(__name__)

TICK_SECONDS = 5.0
"""So often, in real time, it is looked whether candles went by without a board."""

FIRST_SIGNALS_SECONDS = 20.0
"""So long, in real time, the ledger is left alone while nothing but that candles are coming is to be recorded."""

LOOK_SECONDS, MOST_TRIES = 0.25, 20
"""So soon, and so often, whoever lets others write looks for what was just said: pushes wait for it."""

RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Between attempts while the ledger cannot be written."""

STOP_SECONDS = 5.0
"""So long the end of the process waits for the last entries to be written."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One market's ledger, by its ``name``, and what the last verification of it found; ``ledger`` is None while it can only
    be read, or others write it."""

    market: MarketIdentity
    name: str
    reader: LedgerReader
    ledger: Ledger | None
    checked: Checked | None


@dataclass(frozen=True, slots=True)
class _Heard:
    """A board that no recording has taken in yet, the speed of its market's clock, and the monotonic time it was heard at."""

    board: BoardSnapshot
    speed: float
    at: float


class Recorder:
    """Records one application's signals into the ledger of whatever market it follows. Thread-safe."""

    def __init__(
        self,
        feed: CandleFeed,
        data_dir: Path,
        database_url: str | None = None,
        metrics_of: MetricsOf = lambda wanted: {},
        fee_percent: float = DEFAULT_FEE_PERCENT,
        beside: Beside | None = None,
        role: Role = Role.ALL,
    ) -> None:
        self._feed, self._beside, self._role = feed, beside, role
        self._metrics_of, self._fee_percent = metrics_of, fee_percent
        self._data_dir, self._database_url = data_dir, database_url
        self._lock = threading.Lock()
        self._news, self._hurry = threading.Event(), threading.Event()
        self._written = threading.Condition()
        self._passes = 0
        self._stopping = threading.Event()
        self._heard: deque[_Heard] = deque()
        self._taking_in = threading.Lock()
        self._recording: Recording | None = None
        self._finished: list[Recording] = []
        self._failure: tuple[CandorError, datetime] | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._writer: threading.Thread | None = None
        self._resolving = False
        """Whether there are outcomes that the last pass left for the next."""

    # ------------------------------------------------------------ reading

    def state(self) -> LedgerState:
        """How the ledger stands now; a memory read."""
        recording, failure = self._recording, self._failure
        if recording is None:
            return LedgerState()
        waiting, lost = recording.waiting()
        troubles: list[LedgerTrouble] = []
        if failure is not None:
            error, since = failure
            path = None if error.path is None else str(error.path)
            if recording.authority.granted():
                troubles.append(LedgerUnwritable(error.message, path, since, waiting, lost))
            else:
                troubles.append(LedgerUnreadable(error.message, path, since))
        elif (unattended := recording.unattended_since) is not None:
            troubles.append(LedgerUnattended(unattended, waiting))
        checked = self.checked
        if checked is not None and checked.damage is not None:
            troubles.append(checked.damage)
        if recording.reader is not None:
            access = LedgerAccess.OPEN
        else:
            access = LedgerAccess.OPENING if failure is None else LedgerAccess.UNAVAILABLE
        return LedgerState(recording.market, waiting, tuple(troubles), access)

    def part(self) -> Part:
        """The part that this process plays now; a memory read."""
        if self._recording is None:
            return Part(self._role)
        authority = self._recording.authority
        return Part(self._role, authority.epoch, authority.kept_out)

    def opened(self) -> Opened | None:
        """The ledger of the market that is followed, to be read; None until it has been opened."""
        recording = self._recording
        if recording is None or recording.reader is None or recording.identity is None:
            return None
        return Opened(recording.identity, recording.market, recording.reader, recording.ledger, self.checked)

    def wait_for_entries(self, seen: int, seconds: float) -> int:
        """Wait until this process has written since it returned ``seen``, or so many real seconds have passed.

        Begin with 0. Nothing may have been new in what was written, and other processes write without a word here.
        """
        with self._written:
            self._written.wait_for(lambda: self._passes != seen, seconds)
            return self._passes

    @property
    def checked(self) -> Checked | None:
        """What the last verification found; None until the first one has ended."""
        verifier = None if self._recording is None else self._recording.verifier
        return None if verifier is None else verifier.checked

    # ------------------------------------------------------------ running

    def start(self, board: SignalBoard) -> None:
        """Listen to ``board`` from now on, and write in the background."""
        if self._writer is None:
            self._stopping.clear()
            self._unsubscribe = board.subscribe(self._hear)
            self._writer = threading.Thread(target=self._write_on, name="ledger-writer", daemon=True)
            self._writer.start()

    def stop(self) -> None:
        """Listen no longer; what waits is written if that is possible at once."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._stopping.set()
        self._wake()
        if self._writer is not None:
            self._writer.join(timeout=STOP_SECONDS)
        self._writer = self._unsubscribe = None

    def _hear(self, snapshot: BoardSnapshot, _: frozenset[Series]) -> None:
        self._heard.append(_Heard(snapshot, self._feed.speed, time.monotonic()))
        if self._recording is not None or not snapshot.loading:
            self._take_in()
            self._news.set()

    def _take_in(self, heard_until: float = math.inf) -> None:
        """Let the recordings remember what was heard, oldest first, if some of it was heard so early."""
        with self._taking_in:
            if self._heard and self._heard[0].at <= heard_until:
                while self._heard:
                    heard = self._heard.popleft()
                    self._remember(heard.board, heard.speed)

    def _remember(self, snapshot: BoardSnapshot, speed: float) -> None:
        if snapshot.market is None or snapshot.made_at is None:
            return
        place = place_of(snapshot.market, self._data_dir, self._database_url)
        with self._lock:
            recording = self._recording
            if recording is None or recording.place != place:
                recording = self._recording = self._switched(place)
        recording.hear(snapshot, snapshot.made_at, speed)

    def _switched(self, place: Place) -> Recording:
        """The recording of another market: the one that still waits to be written, or a fresh one."""
        from core.journal.recording import Recording  # noqa: PLC0415 - see above

        known = next((each for each in self._finished if each.place == place), None)
        if known is not None:
            self._finished.remove(known)
        if self._recording is not None:
            self._finished.append(self._recording)
        return known or Recording(place, self._metrics_of, self._fee_percent, self._beside, self._authority_over(place))

    def _authority_over(self, place: Place) -> Authority:
        from core.journal.authority import Always, Never  # noqa: PLC0415 - see above
        from core.journal.leadership import Leadership  # noqa: PLC0415 - see above

        if self._role is Role.ALL:
            return Always()
        if self._role is Role.FACE:
            return Never()
        assert isinstance(place, PostgresqlSchema)  # the settings see to it
        leadership = Leadership(place, self._wake)
        leadership.start()
        return leadership

    def _wake(self) -> None:
        """Let the writer look at once, whatever it waits for."""
        self._news.set()
        self._hurry.set()

    def _write_on(self) -> None:
        failures = tries = 0
        while not self._stopping.is_set():
            if failures:
                self._hurry.wait(RETRY_SECONDS[min(failures, len(RETRY_SECONDS)) - 1])
            else:
                soon = tries < MOST_TRIES and self._awaits_others()
                tries = 0 if self._news.wait(LOOK_SECONDS if soon else TICK_SECONDS) else tries + 1
            self._news.clear()
            self._hurry.clear()
            failures = 0 if self._write() else failures + 1
            if self._resolving:
                self._news.set()
        self._write()
        for recording in self._all():
            recording.end()

    def _awaits_others(self) -> bool:
        recording = self._recording
        return recording is not None and not recording.authority.granted() and recording.waiting()[0] > 0

    def _all(self) -> list[Recording]:
        with self._lock:
            return [*self._finished, *([self._recording] if self._recording else [])]

    def _write(self) -> bool:
        """Write what waits of every market; whether that succeeded."""
        self._resolving = False
        try:
            self._take_in(math.inf if self._stopping.is_set() else time.monotonic() - FIRST_SIGNALS_SECONDS)
            for recording in self._all():
                self._write_one(recording)
        except Exception as error:
            self._fail(error)
            return False
        if self._failure is not None:
            log.warning("The ledger can be used again.")
        self._failure = None
        return True

    def _write_one(self, recording: Recording) -> None:
        market, now, speed = self._feed.identity, self._feed.now(), self._feed.speed
        if market is not None and self._feed.identity is market:  # or the clock may be another market's
            recording.tick(market, now, speed)
        another_market_at = None if recording.identity is market else recording.heard_at
        recording.write(another_market_at or now)
        self._tell_that_it_was_written()
        if recording.identity is market and not self._stopping.is_set():
            self._resolving = recording.resolve(self._candles_of(market), self._feed.now())
            self._tell_that_it_was_written()
        with self._lock:
            heard_meanwhile = recording.authority.granted() and recording.waiting()[0] > 0
            if recording in self._finished and not heard_meanwhile:
                self._finished.remove(recording)
                recording.end()

    def _tell_that_it_was_written(self) -> None:
        with self._written:
            self._passes += 1
            self._written.notify_all()

    def _candles_of(self, market: MarketIdentity | None) -> dict[Series, CandleArrays]:
        """What the feed holds of ``market``; nothing where it was switched meanwhile."""
        held = dict[Series, CandleArrays]()
        for timeframe in self._feed.timeframes:
            for symbol in self._feed.symbols():
                with suppress(CandorError):  # there is nothing yet
                    held[Series(symbol, timeframe)] = self._feed.arrays(symbol, timeframe)
        return held if self._feed.identity is market else {}

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, CandorError):
            log.error("Writing the ledger failed.", exc_info=error)
            error = CandorError(f"Writing the ledger failed ({type(error).__name__}); the log has the details.")
        if self._failure is None:
            log.warning("%s What is to be written waits.", _in_full(error))
        self._failure = error, self._failure[1] if self._failure else datetime.now(UTC)


def _in_full(error: CandorError) -> str:
    from core.journal.errors import in_full  # noqa: PLC0415 - see above

    return in_full(error)
