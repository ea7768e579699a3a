"""The ledger as tables to take away: every stretch leaves as it is read, and what counts is what counted then."""

from __future__ import annotations

import io

import pyarrow.csv
import pytest

from core.journal import exporting
from core.journal.exporting import ExportFormat, ExportTable, exported, schema_of
from core.journal.store import Ledger
from core.wording.ledger_columns import COLUMN_NOTES
from tests.journal.made_entries import outcome, signal, silence


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


def test_every_column_of_signals_says_what_it_holds_and_in_which_unit() -> None:
    for table in (ExportTable.SIGNALS, ExportTable.MISSING):
        assert set(schema_of(table).names) <= set(COLUMN_NOTES)
    assert schema_of(ExportTable.SIGNALS).field("atr").metadata[b"holds"].endswith(b"quote currency")
