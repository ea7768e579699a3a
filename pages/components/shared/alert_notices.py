"""Alerts that were just told, as open pages get them with the news: in the reader's words, and with where a click leads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from core.alerted import Notice
from core.wording.alerts import alert_lines, alert_title
from core.wording.language import Language, speaking
from core.wording.style import TYPESET

MOST_LINES = 4
"""Of a message a page shows as many of its alerts; the page of alerts has them all."""


@lru_cache(maxsize=4)
def notices_data(notices: tuple[Notice, ...], language: Language) -> Sequence[dict[str, object]]:
    """``id``, ``title``, the first ``lines`` of ``count``, and the ``symbol`` and ``timeframe`` that all of it is about, null where there are several."""
    with speaking(language):
        return [_data(notice) for notice in notices]


def _data(notice: Notice) -> dict[str, object]:
    message = notice.message
    symbols = {alert.series.symbol for alert in message.alerts if alert.event != "went_silent"}
    timeframes = {alert.series.timeframe for alert in message.alerts}
    lines = alert_lines(message.alerts, TYPESET)[:MOST_LINES]
    return {
        "id": notice.id,
        "title": alert_title(message, TYPESET),
        "lines": [line.text for line in lines],
        "more": len(message.alerts) - sum(line.alerts for line in lines),
        "symbol": symbols.pop() if len(symbols) == 1 else None,
        "timeframe": timeframes.pop() if len(timeframes) == 1 else None,
    }
