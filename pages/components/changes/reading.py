"""Reads the changes beside every page that shows some: a rerun takes what was read last, and never waits for the ledger."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from core.application import Application
from core.errors import CandorError
from core.journal.changes import ChangeListing, WantedChanges
from pages.components.shared.beside import Beside

if TYPE_CHECKING:
    from core.journal.recorder import Opened

_beside: Beside[ChangeListing] = Beside()


def changes_of(opened: Opened | None) -> ChangeListing | CandorError | None:
    """All changes that are known, as read last; None before the first time."""
    if opened is None:
        return None
    return _beside.newest(opened.reader, partial(opened.reader.changes.wanted, WantedChanges()))


def changes_now(app: Application) -> ChangeListing | CandorError | None:
    """Those of the market that is followed."""
    return changes_of(app.recorder.opened())
