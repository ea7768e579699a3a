"""The ledger as tables to take away: every stretch leaves as it is read, and what counts is what counted then."""

from __future__ import annotations

import io
import json

import pyarrow.csv
import pytest

from core.journal import exporting
from core.journal.exporting import ExportFormat, ExportTable, exported, schema_of
from core.journal.lateness import came_late
from core.journal.noted import as_noted
from core.journal.retold import prediction_json
from core.journal.store import Ledger
from core.journal.vocabulary import Origin
from core.market.candles import moment_of
from core.text import iso
from core.wording.ledger_columns import COLUMN_NOTES
from tests.journal.made_entries import UNFAMILIAR, model, outcome, signal, silence


def test_each_stretch_leaves_as_it_is_read_and_a_correction_counts(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "ENTRIES_TOGETHER", 2)
    ledger.append([signal(0), signal(1), outcome(1, r=0.5), silence(2), outcome(1, follows=3, r=0.7)])
    pieces = list(exported(ledger.database, ExportTable.SIGNALS, ExportFormat.CSV, 5))
    table = pyarrow.csv.read_csv(io.BytesIO(b"".join(pieces)))
    assert table["r"].to_pylist() == [0.7, None]
    before = b"".join(exported(ledger.database, ExportTable.SIGNALS, ExportFormat.CSV, 4))
    assert pyarrow.csv.read_csv(io.BytesIO(before))["r"].to_pylist() == [0.5, None]


def test_every_column_of_signals_and_comparisons_says_what_it_holds_and_in_which_unit() -> None:
    for table in (ExportTable.SIGNALS, ExportTable.MISSING, ExportTable.COMPARISONS):
        assert set(schema_of(table).names) <= set(COLUMN_NOTES)
    assert schema_of(ExportTable.SIGNALS).field("atr").metadata[b"holds"].endswith(b"quote currency")


def test_a_signal_is_exported_with_every_figure_that_its_prediction_shows(ledger: Ledger) -> None:
    minutes = {"minutes_to_target_long": 91.6, "minutes_to_target_short": 60.0}
    described = model(signal().model_version, climatology_no_trade=0.32, test_accuracy=0.41, **minutes)
    late, unlike = {"delay_ms": 226_000}, {"circumstances": as_noted([UNFAMILIAR])}
    issued = [
        signal(0, **late),
        signal(1, origin=Origin.REPLAYED, **unlike),
        signal(2, model_version="never described"),
    ]
    ledger.append([described, *issued])
    table = pyarrow.parquet.read_table(
        io.BytesIO(b"".join(exported(ledger.database, ExportTable.SIGNALS, ExportFormat.PARQUET, 4)))
    )
    for row, each, known in zip(table.to_pylist(), issued, (described, described, None), strict=True):
        prediction = prediction_json(each, known)
        apart = {f"side_probability_{side.lower()}": share for side, share in prediction["side_probability"].items()}
        same = ("usual_move_probability", "tp_eta_minutes", "model_accuracy", "test_candles", "majority_accuracy")
        expected = {name: prediction[name] for name in ("confidence", *same)} | apart
        assert {name: row[name] for name in expected} == pytest.approx(expected)
        trust = prediction["trust"] if each.shown is None else prediction["trust"] | json.loads(each.shown)["trust"]
        assert row["reasons"] == " ".join(trust["reasons"])
        assert row["late"] is came_late(each) is (each is issued[0])
        for skill in ("timing", "side"):
            interval = [row[f"{skill}_skill_{end}"] for end in ("low", "high")]
            expected = {"verdict": row[skill], "skill": row[f"{skill}_skill"], "n": row[f"{skill}_n"]}
            assert trust[skill] == expected | {"interval": None if None in interval else interval}
        for name in ("valid_until", "horizon_ends"):
            assert iso(moment_of(row[f"{name}_ms"])) == prediction[name]
