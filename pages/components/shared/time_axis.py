"""How the time axis of a figure writes its days, in the reader's language: plotly.js by itself writes English months."""

from __future__ import annotations

from typing import Any

from core.wording.language import phrase, say

_TIMES: list[dict[str, Any]] = [
    {"dtickrange": [None, 12 * 3_600_000], "value": phrase("%H:%M\n%-d %b")},
    {"dtickrange": [12 * 3_600_000, "M1"], "value": phrase("%-d %b\n%Y")},
    {"dtickrange": ["M1", None], "value": "%Y-%m"},
]
"""By how far ticks are apart, in milliseconds or months; what stands behind the break is written where it changes."""


def time_axis() -> dict[str, Any]:
    """What makes an axis one of time; moments are pointed at as they are written everywhere."""
    stops = [{**each, "value": say(str(each["value"]))} for each in _TIMES]
    return {"type": "date", "tickformatstops": stops, "hoverformat": "%Y-%m-%d %H:%M"}
