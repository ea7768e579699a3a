"""Whatever a page's address asks for in vain is told above the page: of every page and every parameter it declares."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from pages.addresses import DECLARED, parameters_of
from pages.components.shared.parameters import MOST_NAMED, NoPage, Text, unusable_in
from tests.journal.small_life import SmallLife
from tests.pages.conftest import OpenOn
from tests.pages.sent import unusable

NONSENSE = "!nonsense!"

ONE_MODEL = {"symbol": ["BTCUSDT"], "timeframe": ["15m"]}

VIEWS = [*((page, dict[str, list[str]]()) for page in DECLARED), ("model_quality", ONE_MODEL)]
"""Every page as its address has it, the page of models once more with one of them."""

IN_VAIN = [
    (page, shown, parameter.name)
    for page, shown in VIEWS
    for parameter in parameters_of(page, shown)
    if not isinstance(parameter, Text | NoPage)
]

OpenAt = Callable[[str, dict[str, list[str]]], AppTest]


@pytest.fixture
def open_at(open_on: OpenOn, recorded_life: SmallLife) -> Iterator[OpenAt]:
    opened = open_on(recorded_life)

    def open_at(page: str, address: dict[str, list[str]]) -> AppTest:
        for name, values in address.items():
            opened.query_params[name] = values
        if page:
            opened.switch_page(f"{page}.py")
        opened.run()
        assert not opened.exception
        return opened

    yield open_at


def test_every_page_says_what_its_address_can_ask_for() -> None:
    names = {page: [each.name for each in parameters_of(page, {})] for page in DECLARED}
    assert {"order", "watch", "timeframe"} <= set(names[""])
    assert {"order", "watch", "kinds", "only_weak", "timeframe", "show"} <= set(names["model_quality"])
    assert {"levels", "candle", "origin"} <= set(names["coin"])
    for page, declared in names.items():
        assert len(declared) == len(set(declared)), f"{page} has two meanings for one name"


@pytest.mark.slow
def test_what_opens_by_a_press_and_stands_in_the_address_is_read_there(open_at: OpenAt) -> None:
    drawn = open_at("coin", {"symbol": ["BTCUSDT"], "explain": ["true"]})
    assert unusable(drawn) == []


@pytest.mark.slow
@pytest.mark.parametrize(("page", "shown", "name"), IN_VAIN)
def test_a_value_that_means_nothing_is_told_once_with_what_is_shown_instead(
    page: str, shown: dict[str, list[str]], name: str, open_at: OpenAt
) -> None:
    drawn = open_at(page, shown | {name: [NONSENSE]})
    unread = [each["text"] for each in unusable(drawn)] + [each.value.replace("\\", "") for each in drawn.warning]
    asked = f"The address asks for {name}={NONSENSE}."
    assert [asked in text for text in unread if asked in text] == [True]
    (line,) = [text for text in unread if asked in text]
    assert "shown" in line or "left out" in line or "compared" in line


@pytest.mark.slow
@pytest.mark.parametrize("page", DECLARED)
def test_a_parameter_that_the_page_has_not_is_named_and_the_near_one_suggested(page: str, open_at: OpenAt) -> None:
    names = [each.name for each in parameters_of(page, {})]
    typo = f"{names[0][:-1]}" if names else "timefame"
    (line,) = unusable(open_at(page, {typo: ["1h"], "utm_source": ["x"], "gclid": ["1"], "embed": ["true"]}))
    assert line["text"].startswith(f"This page has no parameter '{typo}'.")
    assert f"Did you mean {names[0]}?" in line["text"] if names else "It has no parameters." in line["text"]


@pytest.mark.slow
def test_a_line_names_what_is_left_of_the_address_without_it(open_at: OpenAt) -> None:
    (line,) = unusable(open_at("model_quality", {"timeframe": ["15m,7m,1h"]}))
    assert (line["values"], line["left"]) == (["15m,7m,1h"], ["15m,1h"])


@pytest.mark.slow
def test_nothing_is_told_of_an_address_that_can_be_read(open_at: OpenAt) -> None:
    assert unusable(open_at("", {"timeframe": ["1h"], "order": ["move"], "search": ["b t c"]})) == []


def test_of_the_watchlist_of_a_browser_that_has_none_it_is_said_how_to_begin_one() -> None:
    (unread,) = unusable_in({"watch": ["mine"]}, parameters_of("", {}), ())
    assert "click the star beside one. Every coin is shown instead." in unread.text
    assert unread.left == ()


def test_of_two_values_where_one_can_be_followed_the_last_is_and_that_is_told() -> None:
    (unread,) = unusable_in({"order": ["move", "name"]}, parameters_of("", {}), ())
    assert unread.text == "The address asks for order=move, name. Expected one value. name is shown instead."
    assert unread.left == ("name",)


@pytest.mark.slow
def test_an_address_of_very_many_parameters_is_told_of_in_a_box_that_leaves_room_for_the_page() -> None:
    address = {f"p{number}": ["x"] for number in range(2_000)}
    unread = unusable_in(address, parameters_of("", {}), ())
    assert len(unread) == MOST_NAMED + 1
    assert unread[-1].text == f"{2_000 - MOST_NAMED:,} more parts of this address cannot be read."
    assert unusable_in(address | {"timeframe": ["9m"]}, parameters_of("", {}), ())[0].parameter == "timeframe"


def test_a_page_that_there_is_not_is_named_and_the_near_one_suggested() -> None:
    (unread,) = unusable_in({"no_page": ["coins"]}, parameters_of("", {}), ())
    assert unread.text == "There is no page 'coins'. Did you mean coin? Signals is shown instead."
