from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from core.domain import Direction, Timeframe
from core.signals.hours import HourRecord, by_hour
from pages.components.signals import table
from pages.components.signals.filters import Sort
from pages.components.signals.table import COLUMNS, EXPORTED, SORTED_BY, as_shown, columns_of, table_of
from tests.pages.fake_board import NOON, NOTE, PROVEN, WEAK, WORSE, signal, silent
from tests.problems import no_model_text


def test_a_saved_table_reads_back_as_it_was() -> None:
    table = table_of([signal("BTCUSDT", Direction.LONG, 0.5, findings=[WEAK]), silent("XRPUSDT")], NOON)
    saved = table.to_csv(columns=list(EXPORTED), index=False)
    read = pd.read_csv(io.StringIO(saved))
    assert list(read.columns) == list(EXPORTED)
    assert read.loc[0, ["symbol", "direction", "confidence", "tp1"]].tolist() == ["BTCUSDT", "LONG", 0.5, 102.0]
    assert pd.isna(read.loc[1, "direction"])
    assert "No model" in read.loc[1, "trust"]
    assert read.loc[1, "reasons"] == no_model_text("XRPUSDT", Timeframe.M15)


def test_a_weak_model_is_called_that_where_others_have_a_band() -> None:
    rows = table_of([signal("BTCUSDT", confidence=0.5), signal("ETHUSDT", confidence=0.5, findings=[WEAK])], NOON)
    assert rows["band"].tolist() == ["Move likely", "Weak model"]


def test_a_saved_table_holds_both_answers_with_their_proofs() -> None:
    row = table_of([signal(confidence=0.5, accuracy=0.38, findings=[NOTE], timing=PROVEN, side=WORSE)], NOON).iloc[0]
    assert row["trust"] == "✓ Trusted, under 40\u00a0%"
    assert (row["when"], row["which_way"]) == ("✓ proven", "✕ worse than none")
    assert (row["timing"], row["timing_skill"], row["side"], row["side_skill"]) == ("proven", 0.05, "worse", -0.05)
    assert (row["timing_figures"], row["side_figures"]) == (
        "+0.050 (+0.030 to +0.070), n\u00a0=\u00a01,000",
        "−0.050 (−0.070 to −0.030), n\u00a0=\u00a01,000",
    )
    assert row[["side_skill_low", "side_skill_high", "side_n"]].tolist() == [-0.07, -0.03, 1000]
    assert (row["headline"], row["band"], row["side_said"]) == (
        "±2.0\u00a0% by 16:00",
        "Move likely",
        "side unclear",
    )
    assert (row["move_probability"], row["usual_move_probability"]) == (0.75, 0.65)
    assert row["long_if_move"] + row["short_if_move"] == 1
    assert (row["upper_barrier"], row["lower_barrier"]) == (102.0, 98.0)
    assert row["horizon_ends"] == "2025-09-03T16:00:00Z"


def test_a_pressed_star_names_the_coin_of_its_row_and_no_press_is_like_another(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {table._STAR: SimpleNamespace(row=1), table._DRAWN: ["BTCUSDT", "ETHUSDT"]}
    monkeypatch.setattr(table, "st", SimpleNamespace(session_state=state))
    assert table.pressed_star() is None
    table._press()
    first = table.pressed_star()
    table._press()
    second = table.pressed_star()
    assert first is not None and second is not None
    assert first["symbol"] == second["symbol"] == "ETHUSDT"
    assert first["press"] != second["press"]
    state[table._STAR] = SimpleNamespace(row=7)  # of a longer table that was drawn before
    table._press()
    assert table.pressed_star() == second


def test_every_column_shown_is_in_the_table_even_when_no_coin_has_a_model() -> None:
    assert set(COLUMNS) | set(EXPORTED) <= set(table_of([silent()], NOON).columns)


def test_the_page_shows_shares_as_percentages_and_nothing_where_there_are_none() -> None:
    shown = as_shown(table_of([signal(confidence=0.5), silent("XRPUSDT")], NOON))
    assert shown.data.loc[0, ["confidence", "move_probability"]].tolist() == [50.0, 75.0]
    assert pd.isna(shown.data.loc[1, "confidence"])


def test_figures_are_written_as_on_cards_and_the_rows_can_be_followed_by_what_orders_them() -> None:
    page = as_shown(table_of([signal(confidence=0.5)], NOON)).to_html()
    assert "50.0\u00a0%" in page
    assert "+10.0" in page, "P(move) 75 % is usual in 65 %"
    quieter = as_shown(table_of([signal(confidence=0.3, direction=Direction.NO_TRADE)], NOON))
    assert ("−" in quieter.to_html()) == (quieter.data["above_usual"][0] < 0)
    assert set(SORTED_BY.values()) <= set(COLUMNS)
    assert set(SORTED_BY) == set(Sort)


def test_what_is_above_and_what_is_usual_add_up_to_the_probability_and_of_an_unknown_hour_nothing_is_said() -> None:
    unknown = table_of([signal(confidence=0.5)], NOON).iloc[0]
    assert unknown["usual_move_probability"] + unknown["above_usual"] == pytest.approx(unknown["move_probability"])
    assert pd.isna(unknown["usual_now"])
    called = signal(confidence=0.5)
    assert called.prediction is not None
    hour = called.prediction.candle_close_time.hour
    known = by_hour([HourRecord(called.series, hour, candles=116, days=29, touched=88, live=0)])
    table = table_of([called], NOON, hours=known)
    assert "usual_now" in columns_of(table)
    assert "usual_now" not in columns_of(table_of([called], NOON))
    row = table.iloc[0]
    assert row["usual_now"] + row["above_usual"] == pytest.approx(row["move_probability"])
    assert row["usual_now"] != unknown["usual_move_probability"]
