from __future__ import annotations

import pytest

from core.domain import Timeframe
from pages.components.quality.selection import COLUMNS, DOUBTFUL_FIRST, LARGEST_FIRST, ModelFilters, ordered, sort_value
from pages.components.shared.row_order import RowOrder
from tests.hand_made_models import FAMOUS_BROKEN, FAMOUS_LAZY, WEAK_CONFUSION, evaluation
from tests.pages.model_rows import ensemble_row, missing_row, model_row, unusable_row

TRUSTED = model_row("ETHUSDT")
WEAK = model_row("SOLUSDT", Timeframe.H1, test=evaluation(WEAK_CONFUSION))
BROKEN = model_row("XRPUSDT", test=FAMOUS_BROKEN)
LAZY = model_row("DOGEUSDT", test=FAMOUS_LAZY)
UNTESTED = model_row("ADAUSDT", test=None)
UNUSABLE, MISSING = unusable_row("BNBUSDT"), missing_row("BTCUSDT")
ROWS = [MISSING, TRUSTED, LAZY, UNUSABLE, WEAK, UNTESTED, BROKEN]


def test_the_weak_ones_come_first_and_what_does_not_exist_last() -> None:
    assert ordered(ROWS, DOUBTFUL_FIRST) == [UNTESTED, BROKEN, WEAK, UNUSABLE, LAZY, TRUSTED, MISSING]


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_orders_and_a_second_click_turns_it_round(column: str) -> None:
    order = RowOrder("coin" if column != "coin" else "n").after_click(column, LARGEST_FIRST)
    there, back = ordered(ROWS, order), ordered(ROWS, order.after_click(column, LARGEST_FIRST))
    values = [sort_value(row, column) for row in there if sort_value(row, column) is not None]
    assert values == sorted(values, reverse=order.descending)
    assert [sort_value(row, column) for row in back if sort_value(row, column) is not None] == values[::-1]


@pytest.mark.parametrize("descending", [False, True])
def test_rows_without_a_figure_come_last_whichever_way_they_are_ordered(descending: bool) -> None:
    assert set(map(id, ordered(ROWS, RowOrder("skill", descending))[-3:])) == {id(UNTESTED), id(UNUSABLE), id(MISSING)}


@pytest.mark.parametrize(("column", "first"), [("accuracy", BROKEN), ("majority", LAZY), ("skill", BROKEN)])
def test_the_first_click_brings_the_doubtful_end_up(column: str, first: object) -> None:
    assert ordered(ROWS, DOUBTFUL_FIRST.after_click(column, LARGEST_FIRST))[0] is first


def test_only_weak_keeps_the_models_whose_own_test_speaks_against_them() -> None:
    kept = [row for row in ROWS if ModelFilters(only_weak=True).admit(row)]
    assert kept == [LAZY, WEAK, UNTESTED, BROKEN]


def test_filters_hold_together_and_the_defaults_let_everything_through() -> None:
    assert all(map(ModelFilters().admit, ROWS))
    filters = ModelFilters(frozenset({Timeframe.H1}), only_weak=True, search="solana")
    assert [row for row in ROWS if filters.admit(row)] == [WEAK]
    assert not any(map(ModelFilters(frozenset({Timeframe.D1}), only_weak=True).admit, ROWS))


def test_a_kind_that_is_asked_for_leaves_out_the_other_and_what_is_no_model() -> None:
    pair = ensemble_row("LINKUSDT")
    assert [row for row in [*ROWS, pair] if ModelFilters(kinds=frozenset({"Ensemble"})).admit(row)] == [pair]
    assert MISSING not in [row for row in ROWS if ModelFilters(kinds=frozenset({"CNN-LSTM"})).admit(row)]
