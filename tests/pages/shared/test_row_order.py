from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.components.shared.row_order import RowOrder

COLUMNS = ("coin", "skill", "age")
DEFAULT = RowOrder("skill")


@given(st.sampled_from(COLUMNS), st.booleans())
def test_an_order_survives_its_way_through_an_address(column: str, descending: bool) -> None:
    order = RowOrder(column, descending)
    assert RowOrder.parse(str(order), COLUMNS, DEFAULT) == order


@pytest.mark.parametrize("text", [None, "", "-", "banana", "--coin", "-banana", "-coin-"])
def test_an_address_that_asks_for_no_order_there_is_gets_the_usual_one(text: str | None) -> None:
    assert RowOrder.parse(text, COLUMNS, DEFAULT) is DEFAULT


def test_a_click_on_another_column_begins_at_its_own_end_and_a_second_click_turns_it_round() -> None:
    assert DEFAULT.after_click("coin", {"age"}) == RowOrder("coin")
    once = DEFAULT.after_click("age", {"age"})
    assert once == RowOrder("age", descending=True)
    assert once.after_click("age", {"age"}) == RowOrder("age")


ROWS = [("SOL", 2.0), ("XRP", None), ("BTC", 1.0), ("ETH", 2.0), ("ADA", None)]


def names(order: RowOrder) -> list[str]:
    return [name for name, _ in order.sort(ROWS, lambda row, column: row[0] if column == "coin" else row[1])]


@pytest.mark.parametrize(
    ("order", "sorted_names"),
    [
        (RowOrder("skill"), ["BTC", "SOL", "ETH", "XRP", "ADA"]),
        (RowOrder("skill", descending=True), ["SOL", "ETH", "BTC", "XRP", "ADA"]),
        (RowOrder("coin", descending=True), ["XRP", "SOL", "ETH", "BTC", "ADA"]),
    ],
)
def test_rows_with_nothing_to_order_by_come_last_and_ties_as_they_came(
    order: RowOrder, sorted_names: list[str]
) -> None:
    assert names(order) == sorted_names
