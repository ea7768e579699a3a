"""The list of changes as the browser draws it, with what is new since this browser looked last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.journal.changes import Change
from pages.components.changes.rows import change_rows
from pages.components.shared.browser_component import browser_component

_feed = browser_component("changes/feed", "shared/looks")
_drawer = browser_component("changes/drawer", "shared/looks", "changes/feed")

MOST_LISTED = 200
IN_DRAWER = 8


def change_feed(changes: Sequence[Change], seq: int, market: str) -> None:
    """List the newest of ``changes``; ``seq`` is the entry up to which the ledger was read, ``market`` whose it is."""
    _feed(key="change_feed", data=_listed(changes, MOST_LISTED) | {"seq": seq, "market": market})


def change_drawer(changes: Sequence[Change], market: str) -> None:
    """A line that says how many of ``changes`` are new since the last look, and opens to the newest of them."""
    _drawer(key="change_drawer", data=_listed(changes, IN_DRAWER) | {"market": market})


def _listed(changes: Sequence[Change], most: int) -> dict[str, Any]:
    """The first rows, and by their entries so many that new ones can be counted among them."""
    seqs = [change.seq for change in changes[:MOST_LISTED]]
    return {"rows": change_rows(changes[:most]), "seqs": seqs, "most": MOST_LISTED}
