"""What somebody set and chose, in a real Chromium: watched coins, views, settings, the list one came from, a server away."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Browser, Page, WebSocketRoute, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import OwnServer, wait_until_it_rests
from tests.waiting import until

AWAY = ".market-header .line.away"


def coins(page: Page) -> list[str]:
    return page.locator("li.card:visible .coin").all_inner_texts()


def open_signals(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("li.card").first.wait_for()


def test_watched_coins_come_first_are_shown_alone_and_travel_in_a_link_and_a_file(
    page: Page, server: str, tmp_path: Path
) -> None:
    open_signals(page, f"{server}/?order=name&timeframe=1d")
    page.get_by_role("button", name="Watch SOL").click()
    page.get_by_role("link", name=re.compile("^XRP|^Ripple")).first.focus()
    page.keyboard.press("s")
    expect(page.get_by_role("button", name="Watch XRP")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("searchbox").hover()
    page.keyboard.press("W")
    expect(page).to_have_url(re.compile(r"watch=SOLUSDT%2CXRPUSDT"))
    expect(page.locator("li.card:visible")).to_have_count(2)
    expect(page.get_by_role("button", name="Reset 1 filter")).to_be_visible()
    other = page.context.new_page()
    open_signals(other, f"{server}/?order=name&timeframe=1d")
    assert coins(other)[0] == "SOL"
    other.get_by_role("button", name="Watch ETH").click()
    expect(page.locator("li.card:visible")).to_have_count(3)  # told by the other tab
    other.close()

    page.locator("li.card a.open").nth(1).click()
    neighbours = page.get_by_role("navigation", name=re.compile("Coins of the list"))
    expect(neighbours).to_contain_text("2 of 3")
    page.locator("[data-drawn]").first.wait_for()
    page.keyboard.press("p")
    expect(neighbours).to_contain_text("1 of 3")

    page.get_by_role("button", name="Settings").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Watchlist and views (JSON)").click()
    kept = json.loads(Path(download.value.path()).read_text())
    assert set(kept["watchlist"]) == {"SOLUSDT", "XRPUSDT", "ETHUSDT"}
    file = tmp_path / "mine.json"
    file.write_text(
        json.dumps(kept | {"watchlist": ["BTCUSDT"], "views": [{"name": "Calm", "address": "./?bands=quiet"}]})
    )
    page.get_by_label("Import watchlist and views").set_input_files(file)
    expect(page.get_by_text("Added: 1 coin and 1 view.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Settings")).to_be_hidden()
    page.get_by_role("button", name="Views").click()
    page.get_by_role("link", name="Calm").click()
    expect(page).to_have_url(f"{server}/?bands=quiet")


def test_settings_change_times_colours_room_and_theme_and_stay(browser: Browser, server: str) -> None:
    context = browser.new_context(timezone_id="Asia/Kolkata", color_scheme="dark")
    page = context.new_page()
    open_signals(page, f"{server}/?timeframe=1d")
    height = page.locator("li.card").first.bounding_box()
    expect(page.locator(".market-header .time")).to_have_text(re.compile(r"\d\d:\d\d UTC$"))
    page.get_by_role("button", name="Settings").click()
    for choice in ("Local", "Compact", "Blue, orange"):
        page.get_by_label(choice).check()
    expect(page.locator(".market-header .time")).to_have_text(re.compile(r"\d\d:\d\d UTC\+5:30$"))
    expect(page.locator(".summary .sentence")).to_contain_text("UTC+5:30")
    compact = page.locator("li.card").first.bounding_box()
    assert height is not None
    assert compact is not None
    assert compact["height"] < height["height"]
    with page.expect_navigation():
        page.get_by_label("Light").click()
    expect(page.locator(".summary .sentence")).to_contain_text("UTC+5:30")
    background = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    assert page.evaluate(background) == "rgb(251, 252, 253)"
    assert page.evaluate("document.documentElement.style.getPropertyValue('--candor-rise')") == "#1f66c7"
    context.close()


LEFT = {"watchlist": "17", "views": '[{"name": 3}]', "settings": '{"theme": "pink"}', "compared": "{"}
"""By others under our names; each name with each kind of it is for the tests of the scripts that read them."""


def test_what_others_left_in_the_browsers_storage_breaks_no_page(page: Page, server: str) -> None:
    for name, text in LEFT.items():
        page.add_init_script(f"localStorage.setItem('candor:{name}', {json.dumps(text)})")
    errors: list[object] = []

    def note(error: object) -> None:
        errors.append(error)

    page.on("pageerror", note)  # a built-in method is no handler
    open_signals(page, f"{server}/?timeframe=1d")
    page.get_by_role("button", name="Views").click()
    expect(page.get_by_text("None saved yet.")).to_be_visible()
    assert errors == []


def test_a_server_that_goes_away_is_told_clocks_stop_and_all_is_back_with_it_where_it_was_read(
    page: Page, own_server: OwnServer
) -> None:
    place = "document.querySelector('[data-testid=stMain]').scrollTop"
    page.set_viewport_size({"width": 1440, "height": 400})
    open_signals(page, f"{own_server.address}/?order=name")
    page.locator("li.card .why").first.click()
    page.evaluate(f"{place} = 120")  # well above the end of eight cards, which is elsewhere in another market
    read = page.evaluate(place)
    assert read
    page.wait_for_function(f"history.state?.place === {read}")
    other = page.context.new_page()
    other.goto(f"{own_server.address}/glossary")
    other.get_by_role("navigation").get_by_role("link", name="Method", exact=True).click()
    expect(other).to_have_title(re.compile("^Method"))
    wait_until_it_rests(other)
    with own_server.away():
        expect(other.locator(AWAY)).not_to_be_empty()
        other.go_back()
        expect(page.locator(AWAY)).to_have_text(re.compile(r"Offline since \d\d:\d\d, trying again"))
        countdown = page.locator(".countdown.current .value")
        stopped = countdown.inner_text()
        expect(page.locator("html")).to_have_class(re.compile("candor-away"))
        expect(page.get_by_test_id("stDialog")).not_to_be_visible()
        assert countdown.inner_text() == stopped
    expect(page.locator(AWAY)).to_be_empty(timeout=60_000)
    expect(countdown).not_to_have_text(stopped)
    expect(page.locator("li.card .reasons").first).to_be_visible()
    page.wait_for_function(f"{place} === {read}")
    page.locator("li.card").first.wait_for()
    assert page.evaluate(place) == read
    assert page.url == f"{own_server.address}/?order=name"
    expect(other).to_have_title(re.compile("^Glossary"))
    assert other.url == f"{own_server.address}/glossary"


def test_a_connection_that_streamlit_gave_up_begins_anew_with_the_page_at_its_address(page: Page, server: str) -> None:
    connections: list[WebSocketRoute] = []

    def connect(browser: WebSocketRoute) -> None:
        browser.connect_to_server()
        connections.append(browser)

    page.route_web_socket("**/_stcore/stream", connect)
    open_signals(page, f"{server}/?order=name")
    page.get_by_role("button", name="1h", exact=True).click()
    expect(page).to_have_url(re.compile("timeframe=1h"))
    with page.expect_event("load"):
        connections[-1].send(ForwardMsg(ref_hash="a message that this browser never had").SerializeToString())
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-connection-state", "CONNECTED")
    page.locator("a.open[href$='timeframe=1h']").first.wait_for()
    expect(page.locator(AWAY)).to_be_empty()


SCROLL = """async () => {
  const main = document.querySelector('[data-testid=stMain]');
  if (main.scrollHeight - main.clientHeight < 60) return false;
  main.scrollTop = 60;
  await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  return main.scrollTop === 60;
}"""
"""What a wheel moves comes with a frame that is drawn after it turned, in place of what was scrolled to in between."""
IN_PLACE = "Math.abs(document.querySelector('[data-testid=stMain]').scrollTop - 60) < 2"
PAGES = ("Timeframes", "Model quality", "Track record", "Compare", "Alerts", "Method", "Coin")
"""Each page that is long enough, by its link in the bar."""


def test_back_and_forward_lead_through_all_pages_to_where_each_was_read(page: Page, server: str) -> None:
    read = list[str]()
    page.set_viewport_size({"width": 1440, "height": 300})

    def read_on() -> None:
        # Whoever scrolls is no longer carried back to where this page was; a wheel that turns late would stop the next one.
        # And what is read is drawn: a page that becomes shorter under a reader has no such place.
        wait_until_it_rests(page)
        page.evaluate(
            "() => { window.wheeled = new Promise((turned) => addEventListener('wheel', turned, { once: true })) }"
        )
        page.mouse.wheel(0, 1)
        page.evaluate("() => window.wheeled.then(() => true)")
        until(lambda: page.evaluate(SCROLL))
        read.append(page.url)

    open_signals(page, f"{server}/?order=name&timeframe=1h")
    read_on()
    for name in PAGES:
        link = page.get_by_role("navigation").get_by_role("link", name=name, exact=True)
        link.click()
        expect(link).to_have_attribute("aria-current", "page")
        read_on()
        if name == "Model quality":  # a row of it is opened in place
            page.get_by_role("link", name=re.compile("Open its model card")).first.click()
            expect(page.get_by_role("button", name="All models")).to_be_visible()
            read_on()
    there = [*reversed(read[:-1]), *read[1:]]
    steps = ["back"] * (len(read) - 1) + ["forward"] * (len(read) - 1)
    for step, address in zip(steps, there, strict=True):
        page.evaluate(f"history.{step}()")
        expect(page).to_have_url(address)
        page.wait_for_function(IN_PLACE)


def test_keys_scroll_a_page_that_nobody_has_clicked_into(page: Page, server: str) -> None:
    page.goto(f"{server}/glossary")
    page.get_by_role("heading", name="Glossary").first.wait_for()
    wait_until_it_rests(page)
    expect(page.get_by_role("navigation").locator("a[aria-current=page]")).to_have_text("Glossary")
    for key, is_there in (("End", "> 400"), ("Home", "== 0"), ("PageDown", "> 400")):
        page.keyboard.press(key)
        page.wait_for_function(f"document.querySelector('[data-testid=stMain]').scrollTop {is_there}")
