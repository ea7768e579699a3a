"""The price chart in a real Chromium: what the hand does to it, the room it has, and where links into it lead."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Running
from tests.browser.test_coin_page import DRAWN, close_candle, open_coin
from tests.waiting import until


@pytest.fixture
def chart(shared_page: Page, server: str) -> Locator:
    """The chart of ETHUSDT on 1h at its newest candles, entered once for all tests."""
    if "/coin?symbol=ETHUSDT&timeframe=1h" not in shared_page.url:
        open_coin(shared_page, server, timeframe="1h", more="&levels=LONG")
    shared_page.set_viewport_size({"width": 1440, "height": 900})
    shared_page.get_by_role("button", name="Latest").click()
    return shared_page.locator(DRAWN)


def in_sight(chart: Locator) -> list[int]:
    """The times in sight, Unix milliseconds."""
    return [int(end) for end in (chart.get_attribute("data-range") or "").split()]


def hours_in_sight(chart: Locator) -> int:
    start, end = in_sight(chart)
    return round((end - start) / 3_600_000)


def colours(picture: Image.Image, box: tuple[int, int, int, int]) -> int:
    """How many colours there are in a part of a picture: letters have many."""
    return len(picture.convert("RGB").crop(box).getcolors(1 << 24) or ())


def ink_at_the_right_edge(chart: Locator) -> int:
    """Colours of the last 60 columns of pixels, where prices and the tags of levels stand."""
    picture = Image.open(BytesIO(chart.screenshot()))
    return colours(picture, (picture.width - 60, 0, picture.width, picture.height))


def test_the_chart_shrinks_and_grows_with_its_box_and_keeps_its_newest_candles_and_tags(chart: Locator) -> None:
    page = chart.page
    expect(page).to_have_title(re.compile(r"^ETH \d+\s% · 1h$"))
    wide = ink_at_the_right_edge(chart)
    for width in (768, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        canvases = chart.locator("canvas")
        box = chart.bounding_box()
        assert box is not None
        expect(canvases.first).to_be_visible()
        page.wait_for_function(
            """([plot, wanted]) => {
              const right = Math.max(...[...plot.querySelectorAll('canvas')].map(c => c.getBoundingClientRect().right))
              return Math.abs(plot.getBoundingClientRect().right - right) <= 2
            }""",
            arg=[chart.element_handle(), box["width"]],
        )
        assert box["x"] + box["width"] <= width
        assert ink_at_the_right_edge(chart) > wide / 3  # prices and tags are there, not cut off


def test_the_wheel_zooms_a_drag_pans_and_a_candle_that_closes_moves_neither(
    shared_page: Page, server: str, candor: Running
) -> None:
    page = shared_page
    open_coin(page, server)
    chart = page.locator(DRAWN)
    newest = in_sight(chart)
    chart.hover()
    page.mouse.wheel(0, -300)
    expect(chart).not_to_have_attribute("data-range", f"{newest[0]} {newest[1]}")
    zoomed = in_sight(chart)
    assert zoomed[1] - zoomed[0] < newest[1] - newest[0]
    page.mouse.down()
    page.mouse.move(700, 400, steps=4)
    page.mouse.move(760, 400, steps=4)
    page.mouse.up()
    expect(chart).not_to_have_attribute("data-range", f"{zoomed[0]} {zoomed[1]}")
    moved = in_sight(chart)
    close_candle(page, candor)
    assert in_sight(chart) == moved


def test_range_buttons_show_the_newest_span_and_keys_zoom_pan_and_return(chart: Locator) -> None:
    page = chart.page
    week = page.locator(".ranges").get_by_role("button", name="1w")
    week.click()
    assert hours_in_sight(chart) == 168
    expect(week).to_have_attribute("aria-pressed", "true")
    chart.focus()
    chart.press("+")
    assert hours_in_sight(chart) == 101
    expect(week).to_have_attribute("aria-pressed", "false")
    start = in_sight(chart)[0]
    chart.press("Shift+ArrowLeft")
    assert in_sight(chart)[0] < start
    chart.press("0")
    assert in_sight(chart)[1] > start + 3_600_000 * 100  # of 101, and the newest candle was not pushed out of sight


def test_panes_and_the_scale_are_chosen_in_a_menu_and_stay_chosen(chart: Locator) -> None:
    page = chart.page
    panes = chart.locator("table tr").filter(has=page.locator("canvas"))
    before = panes.count()
    page.get_by_label("Chart settings").click()
    page.get_by_label("Three probabilities").check()
    expect(panes).to_have_count(before + 1)
    page.get_by_label("Logarithmic scale").check()
    page.get_by_role("checkbox", name="Past calls").uncheck()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Logarithmic scale")).to_be_hidden()
    kept = page.evaluate("JSON.parse(localStorage.getItem('candor:chart:wide'))")
    assert kept == {"log": True, "calls": False, "panes": ["volume", "move", "sides"]}


def test_the_open_candle_is_named_and_a_picture_to_take_away_is_named_for_what_it_shows(
    chart: Locator, tmp_path: Path
) -> None:
    page = chart.page
    expect(page.locator(".price-chart .forming")).to_contain_text("is still open")
    expect(chart).to_have_attribute("data-forming", re.compile(r"\d"))
    page.get_by_label("Chart settings").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Picture (PNG)").click()
    assert re.fullmatch(r"ETHUSDT_1h_\d{8}T\d{4}\.png", download.value.suggested_filename)
    download.value.save_as(tmp_path / "chart.png")
    with Image.open(tmp_path / "chart.png") as picture:
        assert picture.width > 700
        assert colours(picture, (0, 0, picture.width, 28)) > 2  # its title


def test_the_candle_that_an_address_names_stands_in_the_middle(shared_page: Page, server: str) -> None:
    open_coin(shared_page, server, timeframe="4h")
    newest = int(shared_page.locator(DRAWN).get_attribute("data-newest") or 0)
    asked = newest - 200 * 4 * 3_600_000
    name = shared_page.evaluate("time => new Date(time).toISOString().slice(0, 16)", asked)
    open_coin(shared_page, server, timeframe="4h", more=f"&candle={name}")
    until(lambda: abs(sum(in_sight(shared_page.locator(DRAWN))) / 2 - (asked + 2 * 3_600_000)) <= 1)
