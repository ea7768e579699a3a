"""The model quality page in a real Chromium: what only a browser can show."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import broken_rules
from tests.browser.conftest import enter
from tests.browser.published_models import BROKEN, NO_BETTER_THAN_BASELINE, WEAK

ROWS = ".body .row"
PAGE = {"include": [["[data-testid=stMain]"]]}


def open_page(page: Page, server: str, address: str = "") -> None:
    enter(page, server, f"/model_quality{address}")
    page.locator(ROWS).first.wait_for()


@pytest.fixture
def overview(shared_page: Page, server: str) -> Page:
    """All models, by one load for all tests that look at them."""
    open_page(shared_page, server)
    return shared_page


def test_the_page_draws_its_five_charts_and_says_what_they_show(overview: Page) -> None:
    page = overview
    expect(page.locator(".quality-chart .main-svg").first).to_be_visible()
    expect(page.locator(".quality-chart .plot.js-plotly-plot")).to_have_count(5)
    expect(page.get_by_text(re.compile(r"^20 of 28 models lie above the diagonal"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"test candles the promises are off by"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"Said under 60\s%: promised"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"models have an interval wholly above zero"))).to_be_visible()


def test_the_weak_models_come_first_and_the_misleading_ones_are_explained(overview: Page) -> None:
    page = overview
    expect(page.locator(ROWS).first).to_contain_text("Broken: label mix-up?")
    expect(page.locator(ROWS).first).to_contain_text("12.3 %")
    expect(page.locator(ROWS, has_text="no better than always NO TRADE").first).to_contain_text("97.0 %")
    expect(page.locator(ROWS, has_text="Unusable files").first).to_contain_text(BROKEN.removesuffix("USDT"))


def test_a_click_on_a_head_sorts_and_a_second_turns_it_round(overview: Page) -> None:
    page = overview
    by_coin = page.get_by_role("columnheader", name="Coin")
    by_coin.get_by_role("button").click()
    expect(by_coin).to_have_attribute("aria-sort", "ascending")
    expect(page.locator(f"{ROWS} .ticker").first).to_have_text("AAVE")
    by_coin.get_by_role("button").click()
    expect(by_coin).to_have_attribute("aria-sort", "descending")
    expect(page.locator(f"{ROWS} .ticker").first).to_have_text("XRP")


def test_only_weak_and_timeframe_narrow_the_table_and_stay_in_the_address(overview: Page) -> None:
    page = overview
    page.get_by_text(re.compile(r"^Only weak or doubtful \(8\)")).click()
    expect(page.locator(ROWS)).to_have_count(8)
    expect(page).to_have_url(re.compile("only_weak=true"))
    page.get_by_role("button", name="4h", exact=True).click()
    expect(page.locator(ROWS)).to_have_count(2)
    tickers = {ticker.inner_text() + "USDT" for ticker in page.locator(f"{ROWS} .ticker").all()}
    assert tickers == {WEAK, NO_BETTER_THAN_BASELINE}
    page.reload()
    expect(page.locator(ROWS)).to_have_count(2)


def test_one_click_opens_the_card_one_more_its_mistakes_which_shut_nobody_out_and_the_way_back_works(
    shared_page: Page, server: str
) -> None:
    page = shared_page
    open_page(page, server, f"?search={WEAK.removesuffix('USDT')}&timeframe=1d")
    expect(page.locator(ROWS)).to_have_count(1)
    page.locator(ROWS).click()
    expect(page.get_by_role("heading", name="Model card")).to_be_visible()
    expect(page).to_have_url(re.compile(f"symbol={WEAK}"))
    page.get_by_text("Candles it got wrong").click()
    expect(page.get_by_role("heading", name="The candles it got wrong")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    assert broken_rules(page, context=PAGE) == []
    page.reload()
    page.get_by_role("button", name="All models").click()
    expect(page.locator(ROWS)).to_have_count(1)
    expect(page).to_have_url(re.compile("timeframe=1d(&|$)"))


def test_back_from_a_model_leads_to_where_the_table_was_read(shared_page: Page, server: str) -> None:
    page = shared_page
    open_page(page, server)
    frame = page.locator(".frame")
    frame.evaluate("frame => frame.scrollTop = 300")
    page.wait_for_function("Object.keys(sessionStorage).some((key) => key.includes('place:'))")  # it rests
    row = page.locator(ROWS).nth(14)
    expect(row).to_be_in_viewport()
    row.click()
    expect(page.get_by_role("heading", name="Model card")).to_be_visible()
    page.go_back()
    expect(frame).to_have_js_property("scrollTop", 300)
    page.reload()
    expect(frame).to_have_js_property("scrollTop", 300)


def test_a_phone_shows_the_whole_page_without_scrolling_sideways(phone: Page, server: str) -> None:
    open_page(phone, server)
    phone.locator(".quality-chart .main-svg").last.wait_for()
    widest = "Math.max(...[...document.querySelectorAll('html, body, [data-testid=stMain]')].map(e => e.scrollWidth))"
    assert phone.evaluate(widest) <= 390
    assert phone.locator(".frame").evaluate("frame => frame.scrollWidth - frame.clientWidth") <= 0
