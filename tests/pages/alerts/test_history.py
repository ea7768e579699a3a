"""What became of alerts, as rows and as a file: what holds a message is said, and no name is a formula."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

from core.alerted import Alerted
from core.alerts.statuses import HOUR_MS, Status
from core.alerts.told import AlertRecord
from core.domain import Series, Timeframe
from core.market.candles import unix_ms
from core.wording.style import TYPESET
from pages.components.alerts.history import history_csv, history_rows

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
NOON_MS = unix_ms(NOON)
SILENT = Alerted(7, 3, "fired", Series("BTCUSDT", Timeframe.M15), NOON, None)
WAITS = AlertRecord(SILENT, "moves", Status.WAITING, 0, NOON_MS, NOON_MS + 3_000, None, None, None)


def message_of(record: AlertRecord) -> str:
    [row] = history_rows([record], TYPESET)
    return row["Message"].replace("\N{NO-BREAK SPACE}", " ")


def test_until_when_a_message_is_held_or_tried_again_is_said() -> None:
    assert message_of(WAITS) == "waiting"
    held = replace(WAITS, next_try_ms=NOON_MS + HOUR_MS)
    assert message_of(held).startswith("held until 2026-01-01 13:00 UTC: quiet hours, or")
    again = replace(WAITS, attempts=1, next_try_ms=NOON_MS + HOUR_MS, error="http_429")
    assert message_of(again) == "waiting, to be tried again at 2026-01-01 13:00 UTC – the service answered HTTP 429"
    left = replace(WAITS, status=Status.COVERED, next_try_ms=None)
    assert message_of(left) == "another rule that sends to the same place tells it instead"


def test_a_rules_name_is_no_formula_in_a_spreadsheet() -> None:
    file = history_csv([replace(WAITS, rule='=HYPERLINK("http://x")'), WAITS], "simulated-seed1")
    assert [row["rule"] for row in csv.DictReader(io.StringIO(file.decode()))] == ['\'=HYPERLINK("http://x")', "moves"]
