"""The coin grid in a real Chromium: what only a browser can show."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import broken_rules

NOTICE = "Simulated market: these prices are not real"


def open_signals(page: Page, server: str, query: str = "") -> None:
    page.goto(f"{server}/{query}")
    page.locator("li.card").first.wait_for()


def card(page: Page, coin: str) -> Locator:
    return page.locator("li.card").filter(has=page.locator(".coin", has_text=re.compile(f"^{coin}$")))


def await_next_candle(page: Page) -> None:
    """Wait until the grid shows other prices than now."""
    prices = page.locator(".price").all_inner_texts()
    page.wait_for_function(
        """before => {
          const roots = [...document.querySelectorAll('*')].map(e => e.shadowRoot).filter(Boolean)
          const now = roots.flatMap(root => [...root.querySelectorAll('.price')]).map(e => e.innerText)
          return now.length === before.length && now.some((price, place) => price !== before[place])
        }""",
        arg=prices,
    )


def test_weak_doubtful_trusted_and_missing_models_cannot_be_mistaken_for_each_other(page: Page, server: str) -> None:
    open_signals(page, server)
    expect(page.locator("li.card")).to_have_count(34)
    expect(card(page, "BTC").locator(".why")).to_contain_text("Weak model")
    expect(card(page, "BTC").locator(".why")).to_contain_text("12.3 % right, baseline 34.0 %, n = 1,000")
    expect(card(page, "BTC")).to_have_class(re.compile("critical"))
    expect(card(page, "DOGE")).to_have_class(re.compile("warning"))
    expect(card(page, "DOGE").locator(".why")).to_contain_text("97.0 % right, baseline 97.0 %, n = 1,000")
    expect(card(page, "ETH").locator(".why")).to_contain_text("Trusted")
    expect(card(page, "XRP").locator(".why")).to_contain_text("No model")
    expect(card(page, "XRP")).to_contain_text("cnn_lstm_best.pt")

    card(page, "BTC").locator(".why").click()
    expect(card(page, "BTC").locator("code")).to_contain_text("--symbols BTCUSDT --timeframes 15m")


def as_bytes(frame: bytes | str) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame


def test_scripts_and_styles_travel_once_and_a_candle_brings_only_its_figures(page: Page, server: str) -> None:
    fetched: list[str] = []
    frames: list[bytes] = []
    page.on("request", lambda request: fetched.append(request.url) if "/components-" in request.url else None)
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(as_bytes(frame))))
    open_signals(page, server)
    await_next_candle(page)
    assert len(fetched) == len(set(fetched)) > 5
    at_first = len(fetched)
    frames.clear()
    await_next_candle(page)
    assert len(fetched) == at_first
    assert any(b"BTCUSDT" in frame for frame in frames)
    assert not any(b"createElement" in frame or b"font-family" in frame for frame in frames)


@pytest.mark.parametrize("address", ["/?sort=Name", "/"])  # sorted by confidence, cards change places
def test_a_closing_candle_changes_prices_and_leaves_scroll_focus_and_open_reasons(
    page: Page, server: str, address: str
) -> None:
    open_signals(page, server, address.removeprefix("/"))
    main = page.get_by_test_id("stMain")
    card(page, "BTC").locator(".why").click()
    page.mouse.move(700, 600)
    page.mouse.wheel(0, 500)
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop > 300")
    link = card(page, "SOL").get_by_role("link")
    link.focus()
    scrolled = main.evaluate("main => main.scrollTop")

    await_next_candle(page)

    expect(link).to_be_focused()
    expect(card(page, "BTC").locator(".reasons")).to_be_visible()
    assert main.evaluate("main => main.scrollTop") == scrolled
    assert page.url.endswith(address)


def test_filters_live_in_the_address_and_survive_a_reload_and_a_visit_to_a_coin(page: Page, server: str) -> None:
    open_signals(page, server)
    page.get_by_role("slider", name="Minimum confidence").focus()
    for _ in range(3):
        page.keyboard.press("PageUp")
    expect(page).to_have_url(re.compile(r"min_confidence=30"))
    page.get_by_role("searchbox", name="Search").fill("bitcoin")
    expect(page.locator("li.card")).to_have_count(1)
    expect(page.locator(".shown")).to_have_text("1 of 34 coins")

    page.reload()
    expect(page.locator("li.card")).to_have_count(1)
    card(page, "BTC").get_by_role("link").click()
    expect(page).to_have_url(f"{server}/coin?symbol=BTCUSDT&timeframe=15m")
    page.get_by_role("link", name="Signals").click()
    expect(page.locator("li.card")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"min_confidence=30"))


def test_the_keyboard_moves_between_cards_and_opens_one(page: Page, server: str) -> None:
    open_signals(page, server, "?sort=Name&tf=1h")
    links = page.locator("a.open")
    links.first.focus()
    page.keyboard.press("ArrowRight")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(links.nth(5)).to_be_focused()  # four cards to a row at this width
    page.keyboard.press("Home")
    expect(links.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server}/coin?symbol=AAVEUSDT&timeframe=1h")


def test_the_empty_case_is_left_with_one_click(page: Page, server: str) -> None:
    page.goto(f"{server}/?min_confidence=99")
    page.get_by_role("button", name="Drop the minimum confidence").click()
    expect(page.locator("li.card")).to_have_count(34)


def test_what_the_table_shows_can_be_saved(page: Page, server: str, tmp_path: Path) -> None:
    page.goto(f"{server}/?view=Table&search=eth+btc&sort=Name")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    download.value.save_as(tmp_path / "signals.csv")
    with (tmp_path / "signals.csv").open(newline="") as file:
        assert [row["symbol"] for row in csv.DictReader(file)] == ["BTCUSDT", "ETHUSDT"]


def test_the_notice_of_a_market_that_is_not_real_stays_in_sight(phone: Page, server: str) -> None:
    open_signals(phone, server)
    phone.locator("a.open").last.scroll_into_view_if_needed()
    expect(phone.get_by_text(NOTICE)).to_be_in_viewport()


def test_a_phone_shows_whole_cards_without_scrolling_sideways(phone: Page, server: str) -> None:
    open_signals(phone, server)
    box = phone.locator("li.card").first.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert 300 < box["width"] <= 390 - box["x"]
    assert phone.evaluate("() => document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(
    ("query", "last_drawn"),
    [
        ("", "li.card"),
        ("?view=Table", ".st-key-save_csv"),
        ("?min_confidence=99", "text=Drop the minimum confidence"),
    ],
)
def test_the_signals_page_breaks_no_accessibility_rule(page: Page, server: str, query: str, last_drawn: str) -> None:
    page.goto(f"{server}/{query}")
    page.locator(last_drawn).first.wait_for()
    assert broken_rules(page) == []
