from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from core.domain import Direction, Timeframe
from core.findings import AwaitingCandles, Unavailable, UnavailableKind
from core.signals.board import Signal
from pages.components.shared.row_order import RowOrder
from pages.components.timeframes.rows import (
    COLUMNS,
    LARGEST_FIRST,
    MOST_LONG_FIRST,
    Row,
    lacks_model,
    ordered,
    row_data,
    rows_of,
)
from tests.pages.fake_board import NOTE, WEAK, FakeApplication, signal, silent
from tests.problems import no_model_text

BOARD = [
    *(signal("BTCUSDT", Direction.LONG, 0.6, timeframe) for timeframe in Timeframe),
    *(signal("ETHUSDT", Direction.SHORT, 0.6, timeframe) for timeframe in Timeframe),
    *(silent("XRPUSDT", timeframe=timeframe) for timeframe in Timeframe),
    signal("SOLUSDT", Direction.LONG, 0.5, Timeframe.M15),
    signal("SOLUSDT", Direction.LONG, 0.8, Timeframe.H1, findings=[WEAK]),
    silent("SOLUSDT", timeframe=Timeframe.H4),
    silent("SOLUSDT", timeframe=Timeframe.D1),
]


def rows(signals: list[Signal] = BOARD) -> list[Row]:
    return rows_of(FakeApplication(signals).board.snapshot())


def symbols(some_rows: list[Row]) -> list[str]:
    return [row.symbol for row in some_rows]


def test_the_most_long_comes_first_and_the_unpredicted_last() -> None:
    assert symbols(ordered(rows(), MOST_LONG_FIRST)) == ["BTCUSDT", "SOLUSDT", "ETHUSDT", "XRPUSDT"]
    assert symbols(ordered(rows(), RowOrder("confluence", descending=False)))[0] == "ETHUSDT"
    assert symbols(ordered(rows(), RowOrder("confluence", descending=False)))[-1] == "XRPUSDT"


def test_rows_can_be_ordered_by_one_timeframe_and_by_name() -> None:
    assert symbols(ordered(rows(), RowOrder("1h", descending=True)))[0] == "SOLUSDT"
    assert symbols(ordered(rows(), RowOrder("coin", descending=False))) == sorted(symbols(rows()))
    assert symbols(ordered(rows(), RowOrder("coin", descending=True))) == sorted(symbols(rows()), reverse=True)


def test_a_first_click_brings_the_most_long_up_and_names_from_a() -> None:
    assert MOST_LONG_FIRST.after_click("1h", LARGEST_FIRST) == RowOrder("1h", descending=True)
    assert MOST_LONG_FIRST.after_click("coin", LARGEST_FIRST) == RowOrder("coin")


@given(st.permutations(BOARD), st.builds(RowOrder, st.sampled_from(list(COLUMNS)), st.booleans()))
def test_the_order_does_not_depend_on_the_market(board: list[Signal], order: RowOrder) -> None:
    assert symbols(ordered(rows(board), order)) == symbols(ordered(rows(), order))


def test_a_row_says_direction_confidence_and_trust_of_every_timeframe() -> None:
    made = {row.symbol: row_data(row) for row in rows()}
    m15, h1, h4, _ = made["SOLUSDT"]["cells"]
    assert (m15["direction"], m15["text"], m15["severity"]) == ("LONG", "50 %", "none")
    assert (h1["severity"], h1["trust"]) == (
        "critical",
        "Weak model, 48.0\u00a0% right, baseline 35.0\u00a0%, n\u00a0=\u00a01,000",
    )
    assert h4 == {
        "timeframe": "4h",
        "mark": "○",
        "problem": "No model",
        "explanation": no_model_text("SOLUSDT", Timeframe.H4),
    }
    assert json.loads(json.dumps(made, allow_nan=False)) == made


def test_a_row_says_when_and_which_way_apart_from_each_other() -> None:
    bitcoin = next(row_data(row) for row in rows() if row.symbol == "BTCUSDT")
    assert (bitcoin["move"]["text"], bitcoin["side"]["text"]) == ("Move against usual +0.15", "Side ▲ +0.50")
    assert bitcoin["move"]["sentence"].startswith("A move is likelier than usual on 15m, 1h, 4h, 1d: 4 of 4")
    assert bitcoin["side"]["sentence"].endswith("Which way is proven on none of them.")
    assert not any(cell["filled"] for cell in bitcoin["cells"])
    nothing = next(row_data(row) for row in rows() if row.symbol == "XRPUSDT")
    assert nothing["move"]["text"] == nothing["side"]["text"] == ""


def test_a_note_marks_no_cell() -> None:
    (row,) = rows([signal("BTCUSDT", accuracy=0.38, findings=[NOTE])])
    cell = row_data(row)["cells"][0]
    assert (cell["severity"], cell["trust"].split(",")[0]) == ("none", "Trusted")


def test_the_rule_is_told_only_where_some_coin_has_no_model() -> None:
    lacking = {row.symbol for row in rows() if lacks_model(row)}
    assert lacking == {"SOLUSDT", "XRPUSDT"}
    loading = silent("XRPUSDT", Unavailable(UnavailableKind.LOADING, AwaitingCandles("simulated")))
    assert not any(map(lacks_model, rows([loading])))
    assert row_data(rows([loading])[0])["cells"][0]["mark"] == "–"


def test_a_higher_timeframes_veto_is_explained() -> None:
    against = [signal("BTCUSDT", Direction.LONG, 0.9, timeframe) for timeframe in list(Timeframe)[:-1]]
    vetoed = row_data(rows([*against, signal("BTCUSDT", Direction.SHORT, 0.4, Timeframe.D1)])[0])
    assert vetoed["veto"]
    assert vetoed["direction"] == "NO_TRADE"
    assert "1d calls SHORT" in vetoed["sentence"]


def test_a_coin_without_any_prediction_has_no_score() -> None:
    empty = row_data(next(row for row in rows() if row.symbol == "XRPUSDT"))
    assert (empty["score"], empty["score_text"]) == (None, "–")
