from __future__ import annotations

from dataclasses import replace

import pytest

from core.domain import Direction, Series, Timeframe
from core.journal.history import History
from core.journal.records import track_record
from core.journal.slices import Accuracy, Share
from core.journal.track_record import Fall, ModelRecord, Scope
from pages.components.record.rows import model_rows

RIGHT = Accuracy(Share(400, 180, None, 22.0, 0.4, 0.5, None), Direction.LONG, 0.4, None)
ENOUGH = replace(track_record(History(), Scope()).whole, signals=400, resolved=400, accuracy=RIGHT)


def record_of(symbol: str, fall: Fall | None) -> ModelRecord:
    return ModelRecord(Series(symbol, Timeframe.M15), "one", ENOUGH, None, None, None, fall)


def test_all_skills_lie_on_one_axis_with_their_baseline_and_no_mark_at_its_very_end() -> None:
    rows = model_rows([record_of("BTCUSDT", Fall(0.06, -0.02, 4.1)), record_of("ETHUSDT", Fall(0.02, 0.04, -0.5))])
    bars = [row["cells"]["skill"]["bar"] for row in rows]
    assert bars[0]["mark"] == bars[1]["mark"]
    assert bars[0]["value"] < bars[0]["mark"] < bars[1]["test"] < bars[1]["value"] < bars[0]["test"]
    for bar in bars:
        assert all(0.05 < at < 0.95 for at in bar.values())
    assert bars[0]["test"] - bars[0]["mark"] == pytest.approx(3 * (bars[1]["test"] - bars[1]["mark"]))


def test_a_model_that_was_never_tested_has_no_bar() -> None:
    (row,) = model_rows([record_of("BTCUSDT", None)])
    assert "bar" not in row["cells"]["skill"]
