"""The first visit, what this browser keeps of it, and where the bar's links lead, in a real Chromium."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.browser.accessibility import broken_rules


def test_the_first_visit_is_told_what_candor_is_once_and_a_position_is_worked_out_without_a_word_to_the_server(
    browser: Browser, server: str
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark")
    page = context.new_page()
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    page.goto(f"{server}/coin?symbol=ETHUSDT&timeframe=15m&levels=LONG")
    region = page.get_by_role("region", name="What Candor is")
    expect(region.get_by_role("listitem")).to_have_count(3)
    expect(page.get_by_text("Research tool, not investment advice")).to_be_visible()
    account = page.get_by_label("Account, USDT")
    account.wait_for()
    assert broken_rules(page) == []
    account.fill("ten")
    expect(page.get_by_text("“ten” is no account: write an amount above 0, such as 10,000.")).to_be_visible()
    account.fill("10,000")
    expect(page.get_by_text("The stop costs")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^100\.00 USDT \(1 R\), .* of it fees$"))).to_be_visible()
    region.get_by_role("button", name="Got it").click()
    expect(region).to_have_count(0)
    page.reload()
    expect(page.get_by_label("Account, USDT")).to_have_value("10,000")
    expect(region).to_have_count(0)
    assert sent
    assert not any("10,000" in frame for frame in sent)

    page.get_by_role("link", name="Timeframes", exact=True).click()
    search = page.get_by_placeholder("Search coins")
    search.fill("ether")
    expect(page).to_have_url(re.compile("search=ether"))
    expect(page.locator(".body .row")).to_have_count(1)
    page.locator(".body .row a").first.click()
    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(page).to_have_url(re.compile(r"/timeframes\?search=ether"))
    context.close()
