"""The list of changes as the browser draws it, with what is new since this browser looked last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.domain import Timeframe
from core.journal.changes import Change
from core.wording.style import Style
from pages.components.changes.rows import change_rows
from pages.components.shared.browser_component import browser_component
from pages.components.shared.zone import reader_style

DRAWER = "changes/drawer"
"""The name of the drawer's component."""

FEED = "changes/feed"
"""The name of the list's component."""

_feed = browser_component(FEED, "shared/looks", place="50vh")
_drawer = browser_component(DRAWER, "shared/looks", "changes/feed")

MOST_LISTED = 200
IN_DRAWER = 8


def change_feed(changes: Sequence[Change], seq: int, market: str) -> None:
    """List the newest of ``changes``; ``seq`` is the entry up to which the ledger was read, ``market`` whose it is."""
    _feed(key="change_feed", data=listed(changes, MOST_LISTED, reader_style()) | {"seq": seq, "market": market})


def change_drawer(timeframe: Timeframe, newest: dict[str, Any] | None) -> None:
    """A line that says how many changes of a timeframe are new since the last look, and opens to the ``newest`` of them.

    The browser fetches more when there is news of them; None shows nothing until then.
    """
    _drawer(key="change_drawer", data={"timeframe": timeframe.value, "newest": newest})


def listed(changes: Sequence[Change], most: int, style: Style) -> dict[str, Any]:
    """The first ``most`` as rows, and by their entries so many that new ones can be counted among them."""
    seqs = [change.seq for change in changes[:MOST_LISTED]]
    return {"rows": change_rows(changes[:most], style), "seqs": seqs, "most": MOST_LISTED}
