"""The first visit, what this browser keeps of it, and where the bar's links lead, in a real Chromium."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route, expect

from tests.browser.accessibility import broken_rules


def test_the_first_visit_is_told_what_candor_is_once_and_a_position_is_worked_out_without_a_word_to_the_server(
    stranger: Page, server: str
) -> None:
    page = stranger
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


def held(page: Page, script: str) -> list[Route]:
    """Requests for a script, which wait for as long as nobody lets them go on."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(f"**/{script}.js", hold)
    return waiting


def test_no_page_is_seen_before_the_bar_above_it_unless_that_takes_too_long(page: Page, server: str) -> None:
    waiting = held(page, "shared/market_header")
    page.goto(f"{server}/glossary", wait_until="commit")
    page.locator('[data-testid="stElementContainer"]').first.wait_for(state="attached")
    places = page.locator("#candor-first")
    expect(places).to_be_visible()
    for route in waiting:
        route.continue_()
    expect(places).to_have_count(0)
    expect(page.get_by_role("link", name="Signals", exact=True)).to_be_visible()

    page.unroute_all()
    held(page, "shared/market_header")
    page.goto(f"{server}/glossary", wait_until="commit")
    expect(places).to_be_visible()
    expect(places).to_have_count(0, timeout=20_000)


def test_what_awaits_its_script_keeps_its_place_so_that_nothing_below_it_moves(page: Page, server: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 700})
    waiting = held(page, "quality/table")
    page.goto(f"{server}/model_quality", wait_until="commit")
    below = page.get_by_role("heading", name="What the figures show")
    below.wait_for(state="attached")
    expect(page.locator("#candor-first")).to_have_count(0)
    expect(below).not_to_be_in_viewport()
    assert waiting
    for route in waiting:
        route.continue_()
    page.locator(".body .row").first.wait_for()
    expect(below).not_to_be_in_viewport()


SAID_AFTER = "element => getComputedStyle(element, '::after').content"


def test_a_bar_that_does_not_load_leaves_the_word_that_prices_are_not_real_and_comes_by_itself(
    page: Page, server: str
) -> None:
    page.route("**/shared/market_header.js", lambda route: route.abort())
    page.goto(f"{server}/glossary", wait_until="commit")
    place = page.locator(".st-key-market_header[data-missing]")
    place.wait_for()
    said = str(place.evaluate(SAID_AFTER))
    assert "these prices are not real" in said
    assert "did not load" in said
    expect(page.get_by_text("BidiComponent Error")).to_have_count(0)
    page.unroute_all()
    expect(page.get_by_role("link", name="Signals", exact=True)).to_be_visible(timeout=20_000)
    expect(place).to_have_count(0)


DRAWN_AGAIN = """async (overtaken) => {
    const asked = [], later = setTimeout, part = document.createElement("div"), drawn = (globalThis.drawnHere = []);
    const script = 'data:text/javascript,export const mount = ({ name, missing }) => ' +
        'missing.pop() ? Promise.reject(new Error("not there")) : drawnHere.push(name)';
    document.body.append(part);
    globalThis.setTimeout = (work, ms) => ms === 5000 ? asked.push(work) : later(work, ms);
    const first = candorDraw({ parentElement: part, name: "older", missing: [true] }, script);
    while (!asked.length) await new Promise(requestAnimationFrame);
    if (overtaken) await candorDraw({ parentElement: part, name: "newer", missing: [] }, script);
    asked.forEach((work) => work());
    await first;
    globalThis.setTimeout = later;
    part.remove();
    return drawn;
}"""
"""What is drawn by one that had to wait for its script, and by a newer one that had not."""


def test_what_newer_data_overtook_while_its_script_was_awaited_is_not_drawn_over_it(page: Page, server: str) -> None:
    page.goto(f"{server}/glossary")
    assert page.evaluate(DRAWN_AGAIN, False) == ["older"]
    assert page.evaluate(DRAWN_AGAIN, True) == ["newer"]


def test_what_another_window_does_to_the_views_takes_nothing_that_is_being_typed(page: Page, server: str) -> None:
    one, other = page, page.context.new_page()
    for each in (one, other):
        each.goto(f"{server}/glossary")
        each.get_by_role("button", name="Views", exact=True).click()
    for name in ("Quiet hours", "Mine"):
        one.get_by_label("Name of this view").fill(name)
        one.get_by_role("button", name="Save", exact=True).click()
        other.get_by_role("button", name=f"Rename {name}").wait_for()
    other.get_by_role("button", name="Rename Mine").click()
    other.get_by_label("New name of Mine").fill("Mine at night")
    other.get_by_label("Name of this view").fill("A third one")
    one.get_by_role("button", name="Delete Quiet hours").click()
    other.get_by_role("button", name="Delete Quiet hours").wait_for(state="detached")
    expect(other.get_by_label("New name of Mine")).to_have_value("Mine at night")
    expect(other.get_by_label("Name of this view")).to_have_value("A third one")
    expect(other.get_by_label("Name of this view")).to_be_focused()
    one.get_by_role("button", name="Delete Mine").click()
    expect(other.get_by_text("Mine is there no more: another window renamed or deleted it.")).to_be_visible()


def test_a_press_beside_the_menu_of_pages_closes_it_and_presses_nothing_below(phone: Page, server: str) -> None:
    page = phone
    page.goto(f"{server}/?timeframe=1h")
    page.locator("li.card a.open").first.wait_for()
    page.get_by_role("button", name="☰ Signals").tap()
    changes = page.get_by_role("link", name="Changes", exact=True)
    expect(changes).to_be_visible()
    page.touchscreen.tap(340, 600)
    expect(changes).to_be_hidden()
    expect(page).to_have_url(f"{server}/?timeframe=1h")
