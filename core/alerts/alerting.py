"""Alerts beside everything else: what notices them in the ledger's transactions, and a thread that delivers them.

The database's packages and Apprise are loaded in the threads that need them, since they take their time.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from core.alerted import Notice
from core.errors import CandorError
from core.market.candles import unix_ms
from core.market.clock import Clock, SystemClock

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.alerts.delivery import Delivery
    from core.alerts.noticing import Added
    from core.alerts.sending import Fate
    from core.journal.reading import LedgerReader
    from core.journal.recorder import Opened
    from core.journal.store import Beside, Ledger

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""Real time between two looks into the outbox."""

STOP_SECONDS = 5.0
"""So long the end of the process waits for a message that is being sent."""


def noticing(market_now: Callable[[], datetime], clock: Clock | None = None) -> Beside:
    """What a ledger calls inside the transaction that adds entries."""
    now = (clock or SystemClock()).now

    def notice(connection: Connection, added: Callable[[], Added]) -> None:
        from core.alerts.noticing import Noticing  # noqa: PLC0415 - see above

        Noticing(market_now, now)(connection, added)

    return notice


class Alerting:
    """One application's, over whatever ledger ``opened`` gives. Thread-safe."""

    def __init__(self, opened: Callable[[], Opened | None], clock: Clock | None = None) -> None:
        self._opened = opened
        self._clock = clock or SystemClock()
        self._delivery: tuple[Ledger, Delivery] | None = None
        self.fates = Counter(sent=0, refused=0, unclear=0)
        """How many messages of this process were ``sent``, ``refused``, or are ``unclear`` for good."""
        self.overdue = 0
        """Alerts that waited although their time had come a while ago, as of the last look; nothing where others send."""
        self.lately: tuple[Notice, ...] = ()
        """The messages of the last minutes, of any process, as of the last look."""
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def now(self) -> datetime:
        """This machine's time."""
        return self._clock.now()

    def send_test(self, rule_id: int) -> Fate | None:
        """Send a message that says it is a test, now; what came of it, None where the rule sends nothing."""
        from core.alerts.trying import send_test  # noqa: PLC0415 - see above

        opened = self._opened()
        return None if opened is None or opened.ledger is None else send_test(opened.ledger.database, rule_id)

    def start(self) -> None:
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=STOP_SECONDS)
        self._thread = None

    def deliver(self) -> int:
        """Send what is due, where this process records; how many messages that were. LedgerUnavailable where the outbox cannot be read or written."""
        opened = self._opened()
        if opened is None or opened.ledger is None:
            return 0
        if self._delivery is None or self._delivery[0] is not opened.ledger:
            self._delivery = opened.ledger, self._delivery_of(opened.ledger, opened.market.kind)
        return self._delivery[1].deliver_due()

    def look(self) -> None:
        """Send what is due, and see what was told; LedgerUnavailable as of deliver."""
        self.deliver()
        opened = self._opened()
        self.overdue = (
            0 if self._delivery is None or opened is None or opened.ledger is None else self._delivery[1].overdue()
        )
        self.lately = () if opened is None else self._recent_notices(opened.reader, opened.market.kind)

    def _recent_notices(self, reader: LedgerReader, market: str) -> tuple[Notice, ...]:
        from core.alerts.lately import recent_notices  # noqa: PLC0415 - see above

        return recent_notices(reader.database, market, unix_ms(self.now()))

    def _delivery_of(self, ledger: Ledger, market: str) -> Delivery:
        from core.alerts.delivery import Delivery  # noqa: PLC0415 - see above
        from core.alerts.outbox import Outbox  # noqa: PLC0415 - see above

        return Delivery(Outbox(ledger.database), market, self.now, fates=self.fates)

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            try:
                self.look()
            except CandorError:
                log.debug("The outbox cannot be used now.", exc_info=True)
            except Exception:
                log.exception("Delivering alerts failed.")
