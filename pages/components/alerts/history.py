"""What was told, as rows of a table and of a file. Knows nothing of Streamlit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from core.alerted import SignalSummary
from core.alerts.told import AlertRecord
from core.market.candles import moment_of
from core.text import iso
from core.wording.language import say
from core.wording.style import Style
from pages.components.alerts.sentences import (
    EVENT_WORDS,
    TOUCH_WORDS,
    move_text,
    of_text,
    rule_text,
    status_text,
)
from pages.components.shared.appearance import DIRECTION_STYLES
from pages.components.shared.number_text import percent_text


def history_rows(records: Iterable[AlertRecord], style: Style) -> list[dict[str, str]]:
    """One row for each alert, in words."""
    return [_row(each, style) for each in records]


def _row(record: AlertRecord, style: Style) -> dict[str, str]:
    alert, signal = record.alert, record.alert.signal
    return {
        say("Candle closed"): style.minute(alert.closed_at),
        say("Rule"): rule_text(record),
        say("Event"): say(EVENT_WORDS.get(alert.event, alert.event)),
        say("Of"): of_text(alert),
        say("Message"): status_text(record, style),
        say("Outcome"): "–"
        if signal is None
        else say("open" if record.touched is None else TOUCH_WORDS[record.touched]),
        say("P(move)"): move_text(alert),
        say("Side"): "–" if signal is None else _side(signal),
        say("Alert"): alert.name,
    }


def _side(signal: SignalSummary) -> str:
    if signal.side is None:
        return say("unclear")
    return f"{DIRECTION_STYLES[signal.side].word} {percent_text(signal.side_share, 0)}"


def history_csv(records: Iterable[AlertRecord], market: str) -> bytes:
    """The same as CSV with a header: probabilities as issued, times in ISO 8601 UTC."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ["market", "alert", "rule", "rule_version", "event", "symbol", "timeframe", "candle_close_time", "move", "usual", "side",
         "side_share", "verdict", "status", "attempts", "error", "made_at", "ended_at", "touched"]
    )  # fmt: skip
    for each in records:
        signal = each.alert.signal
        values = (
            ("", "", "", "", "")
            if signal is None
            else (signal.move, signal.usual, signal.side, signal.side_share, signal.verdict)
        )
        ended = "" if each.ended_at_ms is None else iso(moment_of(each.ended_at_ms))
        writer.writerow(
            [market, each.alert.name, _no_formula(each.rule), each.alert.rule_version, each.alert.event, *each.alert.series, iso(each.alert.closed_at), *values,
             each.status, each.attempts, each.error, iso(moment_of(each.made_at_ms)), ended, each.touched]
        )  # fmt: skip
    return text.getvalue().encode()


def _no_formula(name: str) -> str:
    """A name that somebody has typed, so that no spreadsheet takes it for a formula (OWASP, "CSV injection")."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name
