"""What the address of the signals page may ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain import Direction, Timeframe
from core.signals.bands import Band
from pages.components.shared.parameters import unusable_in
from pages.components.signals.filters import Filters, Measure, Sort
from pages.components.signals.view import PARAMETERS, Layout, Weak, read_view

NAMES = [
    "timeframe",
    "view",
    "slider",
    "order",
    "weak",
    "directions",
    "bands",
    "trusted_only",
    "search",
    "watch",
    "min_confidence",
    "min_move",
    "min_side",
]


def test_an_address_that_asks_nothing_shows_everything() -> None:
    view = read_view({})
    assert (view.timeframe, view.layout, view.filters, view.sort) == (
        Timeframe.M15,
        Layout.CARDS,
        Filters(),
        Sort.UNUSUAL,
    )
    assert (view.slider, view.weak, unusable_in({}, PARAMETERS, ())) == (Measure.CONFIDENCE, Weak.SHOWN, [])


def test_every_filter_is_read_from_the_address() -> None:
    address = {
        "timeframe": ["1H"],
        "view": ["table"],
        "min_confidence": ["40"],
        "min_move": ["70"],
        "min_side": ["2.5 %"],
        "directions": ["LONG", "no_trade"],
        "bands": ["likely,quiet"],
        "trusted_only": ["true"],
        "search": [" btc "],
        "order": ["Name"],
        "slider": ["side"],
        "weak": ["hidden"],
    }
    view = read_view(address)
    assert unusable_in(address, PARAMETERS, ()) == []
    assert view.filters == Filters(
        min_confidence=0.4,
        min_move=0.7,
        min_side=0.025,
        directions=frozenset({Direction.LONG, Direction.NO_TRADE}),
        bands=frozenset({Band.LIKELY, Band.QUIET}),
        trusted_only=True,
        search="btc",
    )
    assert (view.timeframe, view.layout, view.sort) == (Timeframe.H1, Layout.TABLE, Sort.NAME)
    assert (view.slider, view.weak) == (Measure.SIDE, Weak.HIDDEN)


def test_the_slider_begins_with_what_the_address_asks_a_minimum_of() -> None:
    assert read_view({"min_move": ["70"]}).slider is Measure.MOVE


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("timeframe", "7m", "Choose one of: 15m, 1h, 4h, 1d. 15m is shown instead"),
        ("min_confidence", "-3", "Expected a number of percent from 0 to 100. 0 is shown instead"),
        ("min_move", "nan", "Expected a number of percent from 0 to 100. 0 is shown instead"),
        ("min_side", "much", "Expected a number of percent from 0 to 100. 0 is shown instead"),
        ("directions", "UP", "Choose one of: SHORT, NO_TRADE, LONG. All of them are shown instead"),
        ("bands", "loud", "Choose one of: quiet, usual, likely. All of them are shown instead"),
        ("order", "banana", "Choose one of: unusual, move, confidence, side, accuracy, name. unusual is shown instead"),
        ("view", "x", "Choose one of: Cards, Table. Cards is shown instead"),
        ("trusted_only", "maybe", "Expected true or false. false is shown instead"),
    ],
)
def test_a_value_that_means_nothing_is_explained_and_the_rest_of_the_page_works(
    name: str, value: str, wanted: str
) -> None:
    address = {name: [value], "search": ["btc"]}
    view, problems = read_view(address), unusable_in(address, PARAMETERS, ())
    assert [(each.parameter, each.text.endswith(f"{wanted}.")) for each in problems] == [(name, True)]
    assert value.lower() in problems[0].text.lower()
    assert view.filters == Filters(search="btc")


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.text(max_size=200), max_size=4)))
def test_no_address_breaks_the_page_or_makes_a_problem_longer_than_a_line(address: dict[str, list[str]]) -> None:
    view = read_view(address)
    assert all(0 <= least <= 1 for least in view.filters.minimums.values())
    assert all(len(each.text) < 300 for each in unusable_in(address, PARAMETERS, ()))
