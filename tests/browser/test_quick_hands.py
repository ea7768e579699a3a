"""Who is quick, and whoever reads on while things change: keys pressed fast, charts put in place anew, stars, choices."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import enter, wait_until_it_rests
from tests.browser.test_coin_page import DRAWN, open_coin
from tests.browser.test_price_chart import in_sight
from tests.waiting import until

WHERE_IT_WENT = """window.went = [];
for (const name of ["pushState", "replaceState"]) {
  const go = History.prototype[name];
  History.prototype[name] = function (...to) {
    go.apply(this, to);
    const symbol = new URLSearchParams(location.search).get("symbol");
    if (symbol && symbol !== went.at(-1)) went.push(symbol);
  };
}"""
"""Notes every coin that the address names."""


@pytest.fixture(scope="module")
def tab(shared_page: Page) -> Page:
    """One for all tests, which notes where it went, from now on and wherever it is loaded anew."""
    shared_page.evaluate(f"() => {{ {WHERE_IT_WENT} }}")
    shared_page.add_init_script(WHERE_IT_WENT)
    return shared_page


@pytest.fixture
def signals(tab: Page, server: str) -> Page:
    """The page of signals, wherever the test before ended."""
    enter(tab, server, "/?order=name&timeframe=1d")
    tab.locator("li.card").first.wait_for()
    return tab


def test_coins_are_chosen_with_c_shown_in_a_tray_and_compared_with_enter(signals: Page) -> None:
    page, tray = signals, signals.get_by_role("region", name="Coins to compare")
    expect(tray).to_be_hidden()
    cards = page.locator("li.card a.open")
    cards.nth(0).focus()
    page.keyboard.press("c")
    expect(tray).to_contain_text("Choose 1 more with c to compare")
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(tray.get_by_role("link", name="Compare 2 coins")).to_be_visible()
    expect(page.locator("li.card.chosen")).to_have_count(2)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/compare\?coins=\w+%2C\w+&timeframe=1d"))
    expect(page.get_by_text(re.compile("times in UTC, at each candle's close"))).to_be_visible()
    page.go_back()
    tray.get_by_role("button", name="Clear").click()
    expect(tray).to_be_hidden()
    expect(page.locator("li.card.chosen")).to_have_count(0)


def test_whoever_presses_quickly_gets_where_the_last_key_leads_and_is_never_led_back(signals: Page) -> None:
    page = signals
    symbols = page.locator("li.card").evaluate_all("cards => cards.map(card => card.dataset.symbol)")
    page.locator("li.card a.open").first.click()
    page.locator(DRAWN).wait_for()
    for key, wanted in (("n", symbols[1:6]), ("p", symbols[4::-1][:5])):
        page.evaluate("went.length = 0")
        for _ in wanted:
            page.keyboard.press(key)
            page.wait_for_timeout(60)  # a quick hand, not a wait for anything
        expect(page.locator(DRAWN)).to_have_attribute("data-drawn", f"{wanted[-1]} 1d")
        assert page.evaluate("went") == wanted
        expect(page).to_have_url(re.compile(f"symbol={wanted[-1]}"))


def test_a_chart_that_is_put_in_place_anew_shows_what_was_zoomed_to(tab: Page, server: str) -> None:
    page = tab
    open_coin(page, server, timeframe="1h")
    chart = page.locator(DRAWN)
    page.locator(".ranges").get_by_role("button", name="3d").click()
    zoomed = in_sight(chart)
    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(page).to_have_title(re.compile("^Timeframes"))
    page.go_back()
    page.locator(DRAWN).wait_for()
    until(lambda: in_sight(chart)[0] == zoomed[0])


def test_a_star_in_the_table_is_one_for_the_whole_browser(tab: Page, server: str) -> None:
    page = tab
    enter(page, server, "/?view=Table&order=name&timeframe=1d")
    table = page.get_by_test_id("stDataFrame").first
    table.locator("canvas").first.wait_for()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 22, box["y"] + 35 * 3 + 17)  # the star of the third row
    page.wait_for_function("localStorage.getItem('candor:watchlist')?.length > 2")
    (watched,) = json.loads(page.evaluate("localStorage.getItem('candor:watchlist')"))
    expect(page.get_by_role("button", name="Watched coins only: 1")).to_be_visible()
    enter(page, server, "/?order=name&timeframe=1d")
    expect(page.locator("li.card").first).to_have_attribute("data-symbol", watched)
    page.evaluate("localStorage.removeItem('candor:watchlist')")


def test_the_candles_in_sight_are_taken_away_as_a_file(tab: Page, server: str, tmp_path: Path) -> None:
    page = tab
    open_coin(page, server, timeframe="1h")
    page.locator(".ranges").get_by_role("button", name="3d").click()
    page.get_by_label("Chart settings").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Candles in sight (CSV)").click()
    expect(page.get_by_role("button", name="Candles in sight (CSV)")).to_be_hidden()
    title = page.locator(".price-chart .title")  # for where the page around the chart is out of sight
    expect(title).to_have_text(re.compile("^ETHUSDT · 1h · simulated prices · until "))
    download.value.save_as(tmp_path / "candles.csv")
    header, *rows = (tmp_path / "candles.csv").read_text().splitlines()
    assert header == "open_time,open,high,low,close,volume"
    assert 50 <= len(rows) <= 72  # three days end where the signal's horizon does
    assert re.fullmatch(r"ETHUSDT_1h_\d{8}T\d{4}\.csv", download.value.suggested_filename)


def tell_with(news: WebSocketRoute, change: Mapping[str, object]) -> None:
    """All news come with ``change`` made to them."""
    server = news.connect_to_server()
    server.on_message(lambda message: news.send(json.dumps(json.loads(message) | change)))


def test_changes_reach_the_drawer_without_a_run_of_the_pages_script(page: Page, server: str) -> None:
    # of which no page has heard yet: a few models may owe one for minutes
    page.route_web_socket("**/live/news", partial(tell_with, change={"changes": 1_000_000}))
    with page.expect_response(re.compile(r"/live/changes\?timeframe=15m")) as answer:
        page.goto(f"{server}/?timeframe=15m&order=name")
        page.locator("li.card").first.wait_for()
        expect(page.locator("details.drawer")).to_contain_text("Changes")
    assert answer.value.status == 200
    page.locator("details.drawer summary").click()
    page.get_by_role("link", name="Glossary", exact=True).click()
    page.get_by_role("heading", name="What the words mean").wait_for()
    page.go_back()
    expect(page.locator("details.drawer .all")).to_be_visible()


class HeldRuns:
    """What the page asks of its script, held back while ``held``: a server that has much else to do."""

    def __init__(self, page: Page) -> None:
        self.held, self._waiting = False, list[str | bytes]()
        self._server: WebSocketRoute | None = None
        page.route_web_socket("**/_stcore/stream", self._connect)

    def _connect(self, browser: WebSocketRoute) -> None:
        self._server = server = browser.connect_to_server()
        browser.on_message(lambda asked: self._waiting.append(asked) if self.held else server.send(asked))

    def let_go(self) -> None:
        self.held = False
        for asked in self._waiting:
            assert self._server is not None
            self._server.send(asked)


A_LONG_WAY = """const Near = WebSocket;
window.WebSocket = class extends Near {
  send(asked) {
    setTimeout(() => super.send(asked), 300);
  }
  addEventListener(kind, hear, ...how) {
    super.addEventListener(kind, kind === "message" ? (event) => setTimeout(() => hear(event), 300) : hear, ...how);
  }
};"""
"""Lets all that page and server say to each other arrive 300 ms later."""


def test_what_is_chosen_on_a_long_way_is_not_taken_back_by_what_is_chosen_after_it(page: Page, server: str) -> None:
    page.add_init_script(A_LONG_WAY)
    page.goto(f"{server}/changes")
    chosen = [page.get_by_role("radio", name=name, exact=True) for name in ("1h", "Band", "24 h")]
    chosen[0].wait_for()
    for each in chosen:
        each.click()
        page.wait_for_timeout(200)  # before the server has answered the first
    expect(page).to_have_url(re.compile(r"\?timeframe=1h&kind=band&since=24h$"))
    wait_until_it_rests(page)
    for each in chosen:
        expect(each).to_be_checked()


def test_a_timeframe_that_is_chosen_on_a_long_way_does_not_take_back_the_coin(page: Page, server: str) -> None:
    page.add_init_script(A_LONG_WAY)
    page.goto(f"{server}/coin?symbol=BTCUSDT&timeframe=15m")
    timeframe = page.get_by_role("radio", name="4h", exact=True)
    timeframe.wait_for()
    wait_until_it_rests(page)
    page.get_by_role("combobox", name="Coin").click()
    page.get_by_role("option", name="ETHUSDT", exact=True).click()
    timeframe.click()
    expect(page).to_have_url(re.compile(r"symbol=ETHUSDT&timeframe=4h$"))
    wait_until_it_rests(page)
    expect(timeframe).to_be_checked()
    expect(page).to_have_title(re.compile("^ETH .* 4h"))


def test_what_is_chosen_before_the_page_that_back_leads_to_has_come_is_kept(page: Page, server: str) -> None:
    page.add_init_script(A_LONG_WAY)
    page.goto(f"{server}/compare?coins=BTC,ETH&timeframe=1h")
    for timeframe in ("4h", "1d"):
        page.get_by_role("radio", name=timeframe, exact=True).click()
        expect(page).to_have_url(re.compile(rf"timeframe={timeframe}$"))
        wait_until_it_rests(page)
    page.go_back()
    page.wait_for_timeout(200)  # before the server has answered
    chosen = page.get_by_role("radio", name="15m", exact=True)
    chosen.click()
    expect(page).to_have_url(re.compile(r"timeframe=15m$"))
    wait_until_it_rests(page)
    expect(chosen).to_be_checked()


def test_what_is_chosen_on_a_page_that_one_is_leaving_keeps_nobody_there_and_goes_with_it(
    page: Page, server: str
) -> None:
    page.add_init_script(A_LONG_WAY)
    page.goto(f"{server}/compare?coins=BTC,ETH&timeframe=1h")
    chosen = page.get_by_role("radio", name="1d", exact=True)
    chosen.wait_for()
    wait_until_it_rests(page)
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_timeout(200)  # before the page that one goes to has come
    chosen.click()
    expect(page.get_by_role("navigation").get_by_role("link", name="Timeframes")).to_have_attribute(
        "aria-current", "page"
    )
    wait_until_it_rests(page)
    expect(page).to_have_title(re.compile("Timeframes"))
    expect(page).to_have_url(f"{server}/timeframes")


def test_another_timeframe_is_shown_before_the_run_of_the_pages_script_that_says_the_same(
    page: Page, server: str
) -> None:
    runs = HeldRuns(page)
    page.goto(f"{server}/?order=name")
    page.locator("a.open[href$='timeframe=15m']").first.wait_for()
    wait_until_it_rests(page)
    runs.held = True
    for timeframe in ("1h", "1d"):
        page.get_by_role("button", name=timeframe, exact=True).click()
        page.locator(f"a.open[href$='timeframe={timeframe}']").first.wait_for()
        expect(page).to_have_title(re.compile(f"Signals · {timeframe}$"))
        expect(page.get_by_role("button", name=timeframe, exact=True)).to_have_attribute("aria-pressed", "true")
    page.go_back()
    page.locator("a.open[href$='timeframe=1h']").first.wait_for()
    first = page.locator("li.card").first.element_handle()
    runs.let_go()
    expect(page.locator("details.drawer")).to_contain_text("1h")
    wait_until_it_rests(page)
    expect(page).to_have_title(re.compile("Signals · 1h$"))
    assert first.evaluate("card => card.isConnected"), "what is drawn stays"
    expect(page.locator("a.open[href$='timeframe=1d']")).to_have_count(0)


def test_a_board_that_was_shown_is_shown_again_at_once_until_there_are_news(page: Page, server: str) -> None:
    runs, asked = HeldRuns(page), list[str]()
    page.route_web_socket("**/live/news", partial(tell_with, change={"drawn_of": "one board"}))
    page.goto(f"{server}/?order=name")
    page.locator("a.open[href$='timeframe=15m']").first.wait_for()
    wait_until_it_rests(page)
    runs.held = True
    page.on("request", lambda request: asked.append(request.url))
    for timeframe in ("1h", "15m", "1h", "15m"):
        page.get_by_role("button", name=timeframe, exact=True).click()
        page.locator(f"a.open[href$='timeframe={timeframe}']").first.wait_for()
    # the first news may come now, and asks for the page as it was opened: without a timeframe
    boards = [re.search(r"/live/signals.*timeframe=(.*)", url) for url in asked]
    assert [board[1] for board in boards if board] == ["1h", "15m"]


def test_a_timeframe_under_the_pointer_is_fetched_before_it_is_pressed(page: Page, server: str) -> None:
    runs = HeldRuns(page)
    page.goto(f"{server}/?order=name")
    page.locator("a.open[href$='timeframe=15m']").first.wait_for()
    runs.held = True
    with page.expect_response(re.compile(r"/live/signals\?order=name&timeframe=4h$")) as answer:
        page.get_by_role("button", name="4h", exact=True).hover()
    answer.value.finished()
    page.route("**/live/signals*", lambda route: route.abort())
    page.get_by_role("button", name="4h", exact=True).click()
    page.locator("a.open[href$='timeframe=4h']").first.wait_for()


@pytest.mark.parametrize("path", ["changes", "model_quality", "track_record", "compare", "coin"])
def test_a_digit_shows_a_timeframe_on_every_page_that_has_one(shared_page: Page, server: str, path: str) -> None:
    enter(shared_page, server, f"/{path}")
    expect(shared_page.locator(".market-header a[aria-current=page]")).to_have_attribute("href", re.compile(path))
    shared_page.keyboard.press("2")
    expect(shared_page).to_have_url(re.compile(r"[?&]timeframe=1h(&|$)"))
    if path in {"compare", "coin"}:
        return
    shared_page.keyboard.press("2")
    expect(shared_page).not_to_have_url(re.compile("timeframe="))


@pytest.mark.parametrize("width", [1440, 390])
def test_tab_walks_through_the_bar_and_on_to_the_page_and_enter_opens_what_has_the_focus(
    page: Page, server: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{server}/method")
    page.get_by_role("heading", name="Method", level=1).wait_for()
    bar = page.locator(".market-header :is(a, button):visible")
    in_the_bar = "Boolean(document.activeElement.closest('.market-header'))"
    passed = list[str]()
    for _ in range(bar.count() + 6):
        page.keyboard.press("Tab")
        if page.evaluate(in_the_bar):
            passed.append(page.evaluate("document.activeElement.textContent"))
        elif passed:
            break
    assert passed == bar.all_text_contents()
    assert not page.evaluate(in_the_bar), "the bar has an end"
    if width == 390:
        page.get_by_role("button", name="☰ Method").focus()
        page.keyboard.press("Enter")
    page.get_by_role("navigation").get_by_role("link", name="Timeframes").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server}/timeframes")


FOCUS = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at === document.body ? "nothing" : at.textContent || at.getAttribute("aria-label");
}"""


def test_what_closes_gives_the_focus_back_and_the_way_past_the_bar_leads_past_it(page: Page, server: str) -> None:
    page.goto(f"{server}/method")
    page.get_by_role("heading", name="Method", level=1).wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert not page.evaluate("Boolean(document.activeElement.closest('.market-header'))")
    page.get_by_role("button", name="Settings").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Settings")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Settings")).to_be_hidden()
    assert page.evaluate(FOCUS) == "⚙"
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{server}/?order=name&timeframe=1d")
    page.locator("li.card").first.wait_for()
    for name, role, inside in (("☰ Signals", "link", "Timeframes"), ("Filters", "button", "Trusted")):
        button, opened = page.get_by_role("button", name=name), page.get_by_role(role, name=inside, exact=True)
        button.focus()
        page.keyboard.press("Enter")
        expect(opened).to_be_visible()
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        expect(opened).to_be_hidden()
        assert page.evaluate(FOCUS) == name


def test_whoever_resets_filters_goes_on_at_the_page(tab: Page, server: str) -> None:
    page = tab
    for address in ("/?search=nobody", "/timeframes?search=nobody"):
        enter(page, server, address)
        reset = page.get_by_role("button", name="Reset all filters")
        reset.focus()
        page.keyboard.press("Enter")
        expect(reset).to_have_count(0)
        page.wait_for_function("document.activeElement !== document.body")
        page.keyboard.press("Tab")
        assert page.evaluate("Boolean(document.activeElement.closest('.st-key-market_header ~ *'))")


def test_the_tables_heads_stay_in_sight_and_back_shows_it_where_it_was_read(page: Page, server: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 700})
    page.goto(f"{server}/?view=Table&order=name")
    rows = page.locator(".st-key-signals_table .dvn-scroller")
    rows.wait_for()
    table = "document.querySelector('.st-key-signals_table .dvn-scroller')"
    page.wait_for_function(f"{table}.getBoundingClientRect().bottom <= 700")
    rows.hover()
    page.get_by_role("button", name=re.compile("^Fullscreen")).click()
    page.wait_for_function(f"{table}.clientHeight > 600")
    page.get_by_role("button", name=re.compile("^Close fullscreen")).click()
    page.wait_for_function(f"{table}.clientHeight < 600")
    rows.hover()
    page.mouse.wheel(0, 250)
    page.wait_for_function("Object.keys(sessionStorage).some((key) => key.endsWith(' table'))")
    read = rows.evaluate("rows => rows.scrollTop")
    assert read > 0
    enter(page, server, "/method")
    page.go_back()
    rows.wait_for()
    page.wait_for_function(f"read => {table}?.scrollTop === read", arg=read)
