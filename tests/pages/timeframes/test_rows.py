from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Direction, Series, Timeframe
from core.findings import AwaitingCandles, Unavailable, UnavailableKind
from core.signals.board import Signal
from core.signals.hours import NO_HOURS_OF_ANY, HourRecord, by_hour
from pages.components.coin.timeframe_cards import cards_data
from pages.components.shared.row_order import RowOrder
from pages.components.timeframes.rows import (
    COLUMNS,
    LARGEST_FIRST,
    MOST_UNUSUAL_FIRST,
    Row,
    lacks_model,
    ordered,
    row_data,
    rows_of,
)
from tests.pages.fake_board import NOTE, PROVEN, UNPROVEN, WEAK, FakeApplication, signal, silent
from tests.problems import no_model_text

BOARD = [
    *(signal("BTCUSDT", Direction.LONG, 0.6, timeframe, timing=PROVEN) for timeframe in Timeframe),
    *(signal("ETHUSDT", Direction.NO_TRADE, 0.6, timeframe, timing=PROVEN) for timeframe in Timeframe),
    *(silent("XRPUSDT", timeframe=timeframe) for timeframe in Timeframe),
    signal("SOLUSDT", Direction.LONG, 0.9, Timeframe.M15, timing=UNPROVEN),
    signal("SOLUSDT", Direction.LONG, 0.8, Timeframe.H1, findings=[WEAK]),
    silent("SOLUSDT", timeframe=Timeframe.H4),
    silent("SOLUSDT", timeframe=Timeframe.D1),
]
"""P(move) is 80 % for BTC, 40 % for ETH, 95 % for SOL at 15m, where 65 % is usual."""


LONGEST_LINE = 105
"""Letters that stand in one line at 1440 pixels, where 24 coins are seen at once."""


def rows(signals: list[Signal] = BOARD) -> list[Row]:
    return rows_of(FakeApplication(signals).board.snapshot())


def symbols(some_rows: list[Row]) -> list[str]:
    return [row.symbol for row in some_rows]


def test_what_is_most_above_usual_comes_first_of_proven_timing_before_the_rest_and_the_unpredicted_last() -> None:
    assert symbols(ordered(rows(), MOST_UNUSUAL_FIRST)) == ["BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT"]
    quietest_first = ordered(rows(), RowOrder("confluence", descending=False))
    assert symbols(quietest_first) == ["ETHUSDT", "BTCUSDT", "SOLUSDT", "XRPUSDT"]


def test_an_unproven_timeframe_counts_only_where_none_is_proven() -> None:
    shaky = signal("BTCUSDT", Direction.LONG, 0.9, Timeframe.D1, timing=UNPROVEN)
    sure = signal("BTCUSDT", Direction.LONG, 0.6, Timeframe.M15, timing=PROVEN)
    (both,), (alone,) = rows([sure, shaky]), rows([shaky])
    assert both.above_usual("confluence") == pytest.approx(0.15 * 1 / 10)
    assert alone.above_usual("confluence") == pytest.approx(0.30 * 4 / 10)


def test_rows_can_be_ordered_by_one_timeframe_and_by_name() -> None:
    assert symbols(ordered(rows(), RowOrder("15m", descending=True))) == ["BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT"]
    assert symbols(ordered(rows(), RowOrder("coin", descending=False))) == sorted(symbols(rows()))
    assert symbols(ordered(rows(), RowOrder("coin", descending=True))) == sorted(symbols(rows()), reverse=True)


def test_a_first_click_brings_the_most_unusual_up_and_names_from_a() -> None:
    assert MOST_UNUSUAL_FIRST.after_click("1h", LARGEST_FIRST) == RowOrder("1h", descending=True)
    assert MOST_UNUSUAL_FIRST.after_click("coin", LARGEST_FIRST) == RowOrder("coin")


@given(st.permutations(BOARD), st.builds(RowOrder, st.sampled_from(list(COLUMNS)), st.booleans()))
def test_the_order_does_not_depend_on_the_market(board: list[Signal], order: RowOrder) -> None:
    assert symbols(ordered(rows(board), order)) == symbols(ordered(rows(), order))


def test_a_cell_says_the_move_first_the_side_as_strong_as_it_is_and_the_call_last() -> None:
    made = {row.symbol: row_data(row) for row in rows()}
    m15, h1, h4, _ = made["SOLUSDT"]["cells"]
    assert (m15["band"], m15["text"], m15["side"], m15["filled"]) == ("likely", "95\u00a0%", None, False)
    assert m15["headline"].endswith("95\u00a0%, usually\u00a065\u00a0%")
    assert (m15["said"], m15["call"]) == ("side unclear", "calls LONG 90\u00a0%")
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
    assert made["BTCUSDT"]["cells"][0]["filled"]
    assert json.loads(json.dumps(made, allow_nan=False)) == made


def test_a_cell_names_a_side_only_where_it_is_proven() -> None:
    (row,) = rows([signal("BTCUSDT", Direction.LONG, 0.6, side=PROVEN)])
    assert row_data(row)["cells"][0]["side"] == {"name": "LONG", "strength": "clear"}


def test_a_row_says_when_and_which_way_apart_from_each_other() -> None:
    bitcoin, nothing = (next(row_data(row) for row in rows() if row.symbol == name) for name in ("BTCUSDT", "XRPUSDT"))
    assert bitcoin["move"]["text"] == "A move is expected on 4 of 4 timeframes"
    assert bitcoin["side"]["text"] == "Side not proven", "none of its models has proven that it knows"
    assert bitcoin["score_text"] == "+15.0"
    assert bitcoin["move"]["sentence"] == (
        "A move is expected on 15m, 1h, 4h, 1d: 4 of 4 that count. Timing is proven on all of them."
    )
    assert bitcoin["side"]["sentence"].endswith("The side is proven on none of them.")
    assert nothing["move"]["text"] == nothing["side"]["text"] == ""
    sure = rows([signal("BTCUSDT", Direction.LONG, 0.6, timeframe, side=PROVEN) for timeframe in Timeframe])
    assert row_data(sure[0])["side"]["text"] == "Side ↑ +50.0 points"
    (alone,) = rows([signal("BTCUSDT", Direction.LONG, 0.6)])
    assert row_data(alone)["move"]["text"] == "A move is expected on 1 of 1, timing not proven"
    even = replace(sure[0].confluence, side=replace(sure[0].confluence.side, proven_score=-0.0004))
    assert row_data(replace(sure[0], confluence=even))["side"]["text"] == "Side even", "0.0 points nowhere"


def test_the_side_of_a_row_is_that_of_the_proven_timeframes_alone() -> None:
    short = signal("BTCUSDT", Direction.SHORT, 0.6, side=PROVEN)
    (row,) = rows([short, signal("BTCUSDT", Direction.LONG, 0.9, Timeframe.D1)])
    assert row.confluence.side.leaning is Direction.LONG
    assert row_data(row)["side"]["text"].startswith("Side ↓ −")


def test_proven_sides_that_disagree_are_not_told_as_one() -> None:
    (apart,) = rows(
        [
            signal("BTCUSDT", Direction.SHORT, 0.6, side=PROVEN),
            signal("BTCUSDT", Direction.LONG, 0.9, Timeframe.D1, side=PROVEN),
            signal("BTCUSDT", Direction.SHORT, 0.9, Timeframe.H4),
        ]
    )
    assert row_data(apart)["side"]["text"].startswith("Proven sides disagree: ↑ +")
    even = replace(apart.confluence, side=replace(apart.confluence.side, proven_score=0.0))
    assert row_data(replace(apart, confluence=even))["side"]["text"] == "Proven sides disagree"
    (alone,) = rows(
        [
            signal("BTCUSDT", Direction.SHORT, 0.6),
            signal("BTCUSDT", Direction.LONG, 0.9, Timeframe.D1, side=PROVEN),
        ]
    )
    assert row_data(alone)["side"]["text"].startswith("Side ↑ +"), "the other one has not proven that it knows"


def test_a_coin_of_which_little_is_known_does_not_stand_above_those_known_to_be_quiet() -> None:
    quiet = [signal("BTCUSDT", Direction.NO_TRADE, 0.6, timeframe) for timeframe in Timeframe]
    weak = [
        signal("ETHUSDT", Direction.NO_TRADE, 0.62, timeframe, findings=[WEAK]) for timeframe in list(Timeframe)[1:]
    ]
    known, little = rows([*quiet, signal("ETHUSDT", Direction.NO_TRADE, 0.62), *weak])
    assert known.symbol == "BTCUSDT"
    order = [row.symbol for row in ordered([little, known], MOST_UNUSUAL_FIRST)]
    assert order == ["BTCUSDT", "ETHUSDT"]
    lively = [signal("BTCUSDT", Direction.LONG, 0.6, timeframe) for timeframe in Timeframe]
    four, one = rows([*lively, signal("ETHUSDT", Direction.LONG, 0.62)])
    assert [row.symbol for row in ordered([one, four], MOST_UNUSUAL_FIRST)] == ["BTCUSDT", "ETHUSDT"]


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
    assert not vetoed["veto"], "no side is loud that is not proven"
    proven = signal("BTCUSDT", Direction.SHORT, 0.4, Timeframe.D1, side=PROVEN)
    assert row_data(rows([*against, proven])[0])["veto"]
    assert "1d calls SHORT" in vetoed["calls"]
    assert vetoed["called"] == "1d calls SHORT at 40\u00a0%, the shorter ones LONG."


def test_a_coin_without_any_prediction_has_no_score() -> None:
    empty = row_data(next(row for row in rows() if row.symbol == "XRPUSDT"))
    assert (empty["score"], empty["score_text"]) == (None, "–")


def test_a_line_of_the_table_says_of_the_calls_that_they_are_calls_beside_a_side_that_may_be_another() -> None:
    (row,) = rows([signal("BTCUSDT", Direction.LONG, 0.6)])
    side = replace(row.confluence.side, leaning=Direction.SHORT, score=-0.1, sided=(Timeframe.M15,))
    proven = replace(side, proven=(Timeframe.M15,), proven_score=-0.1)
    data = row_data(replace(row, confluence=replace(row.confluence, side=proven)))
    assert (data["called"], data["side"]["text"]) == ("Calls LONG on 15m: 1 of 1 that count.", "Side ↓ −10.0 points")
    assert "the two disagree" in data["calls"], "the whole of it is there while the pointer rests on the line"
    every = tuple(Timeframe)
    longest = replace(row.confluence, side=proven, counted=every, sided=every, doubtful=every)
    opposed = replace(longest, sided=every[:3], doubtful=every[:3], opposed=every[3:])
    for agreed in (longest, opposed):
        assert len(row_data(replace(row, confluence=agreed))["called"]) <= LONGEST_LINE
    unproven = row_data(replace(row, confluence=replace(row.confluence, side=side)))
    assert (unproven["side"]["text"], "SHORT" in unproven["called"]) == ("Side not proven", False)


def test_a_move_that_is_likely_over_all_hours_is_told_beside_what_is_usual_at_this_one() -> None:
    btc = rows()[0]
    called = btc.signals[Timeframe.M15].prediction
    assert called is not None
    busy = HourRecord(
        Series("BTCUSDT", Timeframe.M15), called.candle_close_time.hour, 116, days=29, touched=110, live=0
    )
    hours = {**NO_HOURS_OF_ANY, Timeframe.M15: by_hour([busy])}
    assert (busy_cell := row_data(btc, hours=hours)["cells"][0])["hour"] == {"band": "usual"}
    assert "(at this hour 83 %)" in busy_cell["headline"].replace("\u00a0", " ")
    assert {cell["band"] for cell in row_data(btc, hours=hours)["cells"]} == {"likely"}
    assert all(cell["hour"] == {"band": "likely"} for cell in row_data(btc)["cells"])
    card = cards_data(btc.signals, Timeframe.M15, hours=hours)[0]
    assert card["move"] == {"band": "likely", "hour": {"band": "usual"}, "proof": "proven"}
