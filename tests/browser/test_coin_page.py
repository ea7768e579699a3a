"""The coin page in a real Chromium: what only a browser can show."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import broken_rules
from tests.browser.conftest import Running, enter

DRAWN = ".price-chart .plot[data-drawn]"
VISIBLE_RANGE = "plot => plot.dataset.range.split(' ').map(Number)"


@pytest.fixture
def page(shared_page: Page) -> Page:
    """The module's window: to load a page takes longer than most looks at it."""
    return shared_page


def open_coin(page: Page, server: str, symbol: str = "ETHUSDT", timeframe: str = "15m", more: str = "") -> None:
    enter(page, server, f"/coin?symbol={symbol}&timeframe={timeframe}{more}")
    page.locator(f".price-chart .plot[data-drawn='{symbol} {timeframe}']").wait_for()


def close_candle(page: Page, candor: Running) -> None:
    """A candle closes, and is drawn."""
    plot = page.locator(DRAWN)
    newest = plot.get_attribute("data-newest") or ""
    candor.close_candle()
    expect(plot).not_to_have_attribute("data-newest", newest)


def test_a_chart_nobody_moved_follows_the_newest_candle(page: Page, server: str, candor: Running) -> None:
    open_coin(page, server, more="&levels=LONG")
    before = page.locator(DRAWN).evaluate(VISIBLE_RANGE)
    close_candle(page, candor)
    assert page.locator(DRAWN).evaluate(VISIBLE_RANGE)[1] > before[1]


def test_zoom_scroll_and_focus_survive_a_closing_candle(page: Page, server: str, candor: Running) -> None:
    open_coin(page, server, more="&levels=LONG")
    zoom_in = page.get_by_role("button", name="Zoom in")
    zoom_in.click()
    page.get_by_role("button", name="Earlier candles").click()
    zoomed = page.locator(DRAWN).evaluate(VISIBLE_RANGE)
    zoom_in.focus()
    scrolled = page.get_by_test_id("stMain").evaluate("main => main.scrollTop")

    close_candle(page, candor)

    assert page.locator(DRAWN).evaluate(VISIBLE_RANGE) == zoomed
    expect(zoom_in).to_be_focused()
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollTop") == scrolled


def test_the_keyboard_reads_candles_one_by_one(page: Page, server: str) -> None:
    open_coin(page, server, timeframe="1d")
    plot = page.locator(DRAWN)
    readout = page.locator(".price-chart .readout")
    newest = readout.inner_text()
    plot.focus()
    plot.press("ArrowLeft")
    expect(readout).not_to_have_text(newest)
    assert "Price chart of ETHUSDT" in (plot.get_attribute("aria-label") or "")


def test_a_slash_leads_to_the_field_that_chooses_a_coin(page: Page, server: str) -> None:
    open_coin(page, server)
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Coin")).to_be_focused()
    page.keyboard.press("Escape")
    enter(page, server, "/compare?coins=BTC,ETH")
    coins = page.get_by_role("combobox", name="Coins")
    coins.wait_for()
    page.keyboard.press("/")
    expect(coins).to_be_focused()


def test_the_countdown_ticks_without_the_server(page: Page, server: str) -> None:
    open_coin(page, server, timeframe="1d")
    countdown = page.locator(".countdown").first
    before = countdown.inner_text()
    expect(countdown).not_to_have_text(before)


def test_a_click_on_another_timeframe_switches_to_it_and_the_back_button_returns(page: Page, server: str) -> None:
    open_coin(page, server, timeframe="1d")
    page.locator(".cards").get_by_role("button", name=re.compile("^4h")).click()
    page.locator(".price-chart .plot[data-drawn='ETHUSDT 4h']").wait_for()
    expect(page).to_have_url(re.compile("timeframe=4h"))
    page.go_back()
    page.locator(".price-chart .plot[data-drawn='ETHUSDT 1d']").wait_for()


@pytest.mark.parametrize(
    ("symbol", "theme"), [("BTCUSDT", "light"), ("XRPUSDT", "dark"), ("ETHUSDT", "dark")], ids=lambda value: value
)
def test_the_chart_stands_on_the_first_screen_and_neither_doubts_nor_lights_shut_anybody_out(
    page: Page, server: str, symbol: str, theme: str
) -> None:
    page.emulate_media(color_scheme="light" if theme == "light" else "dark")
    open_coin(page, server, symbol, "1d")
    plot = page.locator(DRAWN).bounding_box()
    assert plot is not None
    assert plot["y"] + plot["height"] <= 900
    if symbol != "ETHUSDT":  # on the first visit that one is asked for its whole page
        assert broken_rules(page, context={"include": [["[data-testid=stMain]"]]}) == []


def test_an_unknown_coin_gets_a_sentence_and_the_way_back_works(page: Page, server: str) -> None:
    enter(page, server, "/coin?symbol=BTCUSD&timeframe=1h")
    expect(page.get_by_role("alert")).to_contain_text("Did you mean 'BTCUSDT'?")
    page.get_by_role("link", name="All coins").click()
    expect(page).not_to_have_url(re.compile("/coin"))


def test_a_phone_says_what_to_think_of_the_signal_first_and_shows_the_whole_page_without_scrolling_sideways(
    phone: Page, server: str
) -> None:
    open_coin(phone, server)
    verdict = phone.locator(".st-key-coin_verdict")
    expect(verdict).to_contain_text(re.compile(r"Move of ±.*usually.*Timing", re.DOTALL))
    expect(verdict).to_be_in_viewport(ratio=1)
    expect(phone.locator(".price-chart .forming")).to_contain_text("is still open")
    phone.locator(".quality-chart .main-svg").first.wait_for()
    width = phone.evaluate(
        "Math.max(...[...document.querySelectorAll('*')].map(e => e.scrollLeft + e.scrollWidth * (e.matches('html, body, [data-testid=stMain]'))))"
    )
    assert width <= 390
