"""The heat map of coins and timeframes in a real Chromium: what only a browser can show."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import broken_rules
from tests.browser.conftest import enter
from tests.problems import RULE


@pytest.fixture
def page(shared_page: Page) -> Page:
    """The module's window: to load a page takes longer than most looks at it."""
    return shared_page


def open_timeframes(page: Page, server: str, query: str = "") -> None:
    enter(page, server, f"/timeframes{query}")
    page.get_by_role("table").wait_for()


def test_a_row_names_move_and_doubt_in_words_and_shapes(page: Page, server: str) -> None:
    open_timeframes(page, server)
    weak = page.get_by_role("link", name=re.compile(r"^Bitcoin 15m: .*Weak model, 12.3\s% right"))
    expect(weak).to_contain_text("✕")
    expect(page.get_by_role("link", name=re.compile("^XRP 1h: Unusable files"))).to_have_text("⚠")
    expect(page.get_by_text(f"○ no model: {RULE}")).to_be_visible()
    first, second = (page.locator(".body .row").nth(n).bounding_box() for n in (0, 1))
    assert first is not None
    assert second is not None
    assert (900 - first["y"]) // (second["y"] - first["y"]) >= 24  # so many rows stand on the first screen
    row = page.get_by_role("row").filter(has=page.get_by_text("BTC", exact=True))
    expect(row).to_contain_text("the models of 15m, 1h, 4h, 1d are weak")


def test_a_click_on_a_columns_head_sorts_and_the_address_remembers(page: Page, server: str) -> None:
    open_timeframes(page, server)
    page.get_by_role("button", name="Coin", exact=True).click()
    rows = page.locator(".body .ticker")
    expect(rows.first).to_have_text("AAVE")
    expect(page.get_by_role("columnheader", name="Coin")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("button", name=re.compile("^Coin")).click()
    expect(rows.first).to_have_text("XRP")
    expect(page).to_have_url(re.compile("order=-coin"))
    page.reload()
    expect(rows.first).to_have_text("XRP")


def test_a_cell_opens_the_coin_on_its_timeframe_by_keyboard(page: Page, server: str) -> None:
    open_timeframes(page, server, "?order=-coin")
    page.get_by_role("link", name=re.compile("^Cardano 15m")).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name=re.compile("^Aave 1h"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server}/coin?symbol=AAVEUSDT&timeframe=1h")


def test_the_timeframes_page_fits_a_phone_and_breaks_no_accessibility_rule(phone: Page, server: str) -> None:
    open_timeframes(phone, server)
    assert phone.evaluate("() => document.documentElement.scrollWidth") <= 390
    row = phone.locator(".body .row").first.bounding_box()
    assert row is not None
    for last in (".body .score", ".column.confluence button"):
        box = phone.locator(last).first.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= row["x"] + row["width"] + 0.5
    assert broken_rules(phone) == []


def test_rows_stay_where_they_stand_while_somebody_points_at_them(page: Page, server: str) -> None:
    open_timeframes(page, server, "?order=coin")
    rows = page.locator(".body .ticker")
    expect(rows.first).to_have_text("AAVE")
    star = page.get_by_role("button", name="Watch UNI", exact=True)
    star.click()
    resort = page.get_by_role("button", name="Order changed · re-sort")
    expect(resort).to_be_visible()
    expect(rows.first).to_have_text("AAVE")
    resort.click()
    expect(rows.first).to_have_text("UNI")
    expect(resort).to_be_hidden()
    page.locator(".body .row").first.get_by_role("button").click()  # watched no longer
    page.get_by_role("searchbox").click()
    page.mouse.move(5, 5)
