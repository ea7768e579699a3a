from __future__ import annotations

import io

import pandas as pd

from core.domain import Direction, Timeframe
from pages.components.signals.table import COLUMNS, EXPORTED, table_of
from tests.pages.fake_board import WEAK, signal, silent
from tests.problems import no_model_text


def test_a_saved_table_reads_back_as_it_was() -> None:
    table = table_of([signal("BTCUSDT", Direction.LONG, 0.5, findings=[WEAK]), silent("XRPUSDT")])
    saved = table.to_csv(columns=list(EXPORTED), index=False)
    read = pd.read_csv(io.StringIO(saved))
    assert list(read.columns) == list(EXPORTED)
    assert read.loc[0, ["symbol", "direction", "confidence", "tp1"]].tolist() == ["BTCUSDT", "LONG", 0.5, 102.0]
    assert pd.isna(read.loc[1, "direction"])
    assert "No model" in read.loc[1, "trust"]
    assert read.loc[1, "reasons"] == no_model_text("XRPUSDT", Timeframe.M15)


def test_every_column_shown_is_in_the_table_even_when_no_coin_has_a_model() -> None:
    assert set(COLUMNS) | set(EXPORTED) <= set(table_of([silent()]).columns)
