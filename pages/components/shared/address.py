"""Widgets whose value lives in the address, so that a view can be shared and survives a reload."""

from __future__ import annotations

from typing import Literal, TypedDict


class Bound(TypedDict):
    """What such a widget is told."""

    bind: Literal["query-params"]
    persist_state: Literal["session"]


IN_THE_ADDRESS: Bound = {"bind": "query-params", "persist_state": "session"}
