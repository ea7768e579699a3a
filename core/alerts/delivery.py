"""Delivers what waits in the outbox, one message after the other."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from core.alerted import Message
from core.alerts.fitting import Fits, fits_at
from core.alerts.outbox import Claimed, Outbox
from core.alerts.sending import Fate, Unclear, send
from core.errors import CandorError
from core.market.candles import unix_ms
from core.wording.alerts import alert_body, alert_title
from core.wording.style import PLAIN

log = logging.getLogger(__name__)

Send = Callable[[str, str, str], Fate]
"""Sends to an address a title and a body."""


@dataclass(slots=True)
class Delivery:
    """Of one ledger; ``market`` is the kind of its market. LedgerUnavailable where the outbox cannot be read or written.

    What became of a message that could not be entered waits for the next pass: it is not sent again meanwhile. ``fates``
    counts the messages by what became of them.
    """

    outbox: Outbox
    market: str
    now: Callable[[], datetime]
    send: Send = send
    fits: Callable[[str, str], Fits] = fits_at
    fates: Counter[str] = field(default_factory=Counter)
    _unentered: tuple[str, Fate] | None = None

    def deliver_due(self) -> int:
        """Send everything that is due, and may be sent; how many messages that were."""
        self._enter()
        messages = 0
        while self.outbox.has_due(unix_ms(self.now())):
            claimed = self.outbox.claim(unix_ms(self.now()))
            if claimed is None:
                break
            self._unentered = claimed.claim, self._sent(claimed)
            self._enter()
            messages += 1
        return messages

    def overdue(self) -> int:
        """Alerts that wait although their time has come a while ago."""
        return self.outbox.overdue(unix_ms(self.now()))

    def _sent(self, claimed: Claimed) -> Fate:
        message = Message(claimed.rule.name, self.market, claimed.alerts, claimed.held)
        title = alert_title(message)
        fate = self.send(claimed.target, title, alert_body(message, PLAIN, self.fits(claimed.target, title)))
        self.fates[type(fate).__name__.lower()] += 1
        return fate

    def _enter(self) -> None:
        """Or try again the next time, where the outbox cannot be written; nothing else may keep all others waiting."""
        if self._unentered is None:
            return
        claim, fate = self._unentered
        try:
            self.outbox.finish(claim, fate, unix_ms(self.now()))
        except CandorError:
            raise
        except Exception:
            log.exception("What came of a message cannot be entered: it is taken as one that may have arrived.")
            self._unentered = claim, Unclear("failed")
            self.outbox.finish(*self._unentered, unix_ms(self.now()))
        self._unentered = None
