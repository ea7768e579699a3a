"""The record's tables as files: plain numbers with n, interval and baseline, and whose signals they are of."""

from __future__ import annotations

import io
from dataclasses import replace

import pandas as pd

from core.domain import Direction, Series, Timeframe
from core.journal import track_record
from core.journal.slices import Accuracy, MoveCalls, Question, Share, SideCalls, Skill, Slice
from core.journal.track_record import ModelRecord, Reliance, SkillSequence
from pages.components.record.files import Row, as_csv, model_lines, move_lines, sequence_lines, slice_lines

LIKELY = Share(n=40, hits=31, promised=0.75, worth=22.0, low=0.62, high=0.88)
SIDES = SideCalls(replace(LIKELY, hits=18), Direction.LONG, 0.55)
ACCURACY = Accuracy(LIKELY, Direction.LONG, 0.4, None)
PART = Slice(
    "15m", 50, 40, MoveCalls(LIKELY, None, None), SIDES, ACCURACY, Skill(0.02, 0.01, 0.03, 40, 9), None, None, 0.6, 0.03, None, None
)  # fmt: skip
TESTED = track_record.Tested(900, 0, 86_400_000, 0.4, 0.35, 1.0, 0.02, 0.01, 0.03, None, None)


def read(lines: list[Row]) -> pd.DataFrame:
    table = pd.read_csv(io.BytesIO(as_csv(lines, "replayed", "simulated prices")))
    assert set(table["origin"]) == {"replayed"}
    assert set(table["prices"]) == {"simulated prices"}
    return table


def test_a_share_stands_with_its_n_its_interval_and_what_was_promised() -> None:
    table = read(move_lines(PART.moves))
    assert table["called"].tolist() == ["likely", "usual", "quiet"]
    first = table.iloc[0]
    assert (first["n"], first["hits"], first["share"]) == (40, 31, 0.775)
    assert (first["low"], first["high"], first["promised"]) == (0.62, 0.88, 0.75)
    assert table.iloc[1][["n", "share"]].isna().all()


def test_parts_have_every_figure_beside_its_baseline_and_whether_there_is_enough() -> None:
    row = read(slice_lines([PART, replace(PART, name="1h", resolved=3, accuracy=None)]))
    assert row["enough"].tolist() == [True, False]
    assert row["open"].tolist() == [10, 47]
    assert row["sides_majority"].tolist() == ["LONG"] * 2
    assert row["sides_majority_share"].tolist() == [0.55] * 2
    assert row["skill_low"].tolist() == [0.01] * 2


def test_a_model_stands_beside_its_test_and_times_are_written_out() -> None:
    model = ModelRecord(
        Series("BTCUSDT", Timeframe.M15), "one", PART, Reliance(1.0, 0.9, None, 40, 3), TESTED, None, None
    )
    (row,) = read(model_lines([model])).to_dict("records")
    assert (row["symbol"], row["timeframe"], row["model_version"]) == ("BTCUSDT", "15m", "one")
    assert (row["figures_resolved"], row["test_n"], row["reliance_n"]) == (40, 900, 40)
    assert row["test_until"] == "1970-01-02T00:00:00Z"


def test_how_sure_a_skill_is_stands_without_the_way_there() -> None:
    (row,) = read(
        sequence_lines([SkillSequence(Timeframe.H1, Question.TIMING, 400, 12, 1, 0.01, -0.01, 0.03, 23)])
    ).to_dict("records")
    assert (row["timeframe"], row["question"], row["n"], row["proven"]) == ("1h", "timing", 400, False)
    assert "path" not in row
