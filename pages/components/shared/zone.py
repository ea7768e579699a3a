"""The time zone that somebody reads in: the browser keeps it in a cookie, and tells when it changes (see menus.js)."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from core.application import Application
from core.wording.style import TYPESET, Style

COOKIE = "candor_zone"
"""Its name is in market_header.js, too."""


def local_now(app: Application) -> datetime:
    """The market's time in the zone of whoever reads: moments that are written beside it follow it."""
    return app.feed.now().astimezone(chosen_zone())


def chosen_zone() -> tzinfo:
    """What the bar above the page told in this session, otherwise what the browser came with."""
    zone = st.session_state.get("market_header", {}).get("zone")
    return zone_named(zone if isinstance(zone, str) and zone else st.context.cookies.get(COOKIE, ""))


def reader_style() -> Style:
    """How sentences are written for whoever reads: typeset, with times in their zone."""
    return TYPESET.in_zone(chosen_zone())


def zone_text(zone: tzinfo) -> str:
    """The name that ``zone_named`` knows it by."""
    return zone.key if isinstance(zone, ZoneInfo) else "UTC"


def zone_named(name: str) -> tzinfo:
    """The zone of that name, such as ``Europe/Berlin``; UTC where there is none."""
    if name in {"", "UTC"}:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
