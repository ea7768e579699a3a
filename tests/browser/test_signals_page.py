"""The coin grid in a real Chromium: what only a browser can show."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.accessibility import broken_rules
from tests.browser.conftest import Running, desktop, enter, wait_until_it_rests
from tests.browser.published_models import ANSWERING

NOTICE = "Simulated market: these prices are not real"


@pytest.fixture
def page(shared_page: Page) -> Page:
    """The module's window in its usual size."""
    shared_page.set_viewport_size({"width": 1440, "height": 900})
    return shared_page


def open_signals(page: Page, server: str, query: str = "", timeframe: str = "15m") -> None:
    """Show them, of the timeframe that ``query`` asks for; a page that shows them already stays as it is."""
    enter(page, server, f"/{query}")
    page.locator(f"li.card a.open[href$='timeframe={timeframe}']").first.wait_for()


def card(page: Page, coin: str) -> Locator:
    return page.locator("li.card").filter(has=page.locator(".coin", has_text=re.compile(f"^{coin}$")))


def close_candle(page: Page, candor: Running) -> None:
    """A candle closes, and the grid shows its prices."""
    prices = page.locator(".price").all_inner_texts()
    candor.close_candle()
    page.wait_for_function(
        """before => {
          const roots = [...document.querySelectorAll('*')].map(e => e.shadowRoot).filter(Boolean)
          const now = roots.flatMap(root => [...root.querySelectorAll('.price')]).map(e => e.innerText)
          return now.length === before.length && now.some((price, place) => price !== before[place])
        }""",
        arg=prices,
    )


def as_bytes(frame: bytes | str) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame


def visible_cards(page: Page) -> Locator:
    return page.locator("li.card:visible")


def test_scripts_and_styles_travel_once_and_a_candle_brings_only_its_figures(browser: Browser, candor: Running) -> None:
    with desktop(browser) as page:  # which has fetched nothing yet
        read_signals(page, candor)


def read_signals(page: Page, candor: Running) -> None:
    fetched: list[str] = []
    frames: list[bytes] = []
    page.on("request", lambda request: fetched.append(request.url) if "/components-" in request.url else None)
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(as_bytes(frame))))
    page.goto(f"{candor.address}/")
    page.locator("li.card").first.wait_for()
    close_candle(page, candor)
    frames.clear()
    with page.expect_response(re.compile("/live/signals")) as answer:
        close_candle(page, candor)
    figures = answer.value.body()
    assert len(fetched) == len(set(fetched)) > 5  # those of other pages come ahead, whenever there is time
    assert b"BTCUSDT" in figures
    assert not any(b"createElement" in each or b"font-family" in each for each in [figures, *frames])


def test_weak_doubtful_sound_and_missing_models_cannot_be_mistaken_for_each_other(page: Page, server: str) -> None:
    open_signals(page, server)
    expect(page.locator("li.card")).to_have_count(34)
    expect(card(page, "BTC")).to_have_class(re.compile("slim broken"))
    expect(card(page, "BTC")).to_contain_text("12.3 % right, baseline 34.0 %, n = 1,000")
    expect(card(page, "DOGE").locator(".why")).to_contain_text("! 97.0 % right ≤ baseline 97.0 %, n = 1,000")
    expect(card(page, "ETH")).to_contain_text(re.compile(r"Move of ±[\d.]+\s% by .*usually \d+\s%"))
    expect(card(page, "ETH").locator(".proofs")).to_contain_text("Timing")
    expect(card(page, "XRP")).to_contain_text("Unusable files")
    expect(page).to_have_title(re.compile(r"^(\(\d+\) )?Signals · 15m$"))

    heights = [card(page, coin).locator(".why").evaluate("why => why.offsetHeight") for coin in ("DOGE", "ETH")]
    assert heights[0] == heights[1]  # a doubt makes no row higher
    card(page, "DOGE").locator(".why").click()
    expect(card(page, "DOGE").locator(".reasons")).to_contain_text("Right 97.0 % of the time on 1,000 test candles")
    card(page, "DOGE").locator(".why").click()

    card(page, "XRP").locator(".why").click()
    expect(card(page, "XRP").locator(".reasons")).to_contain_text("cnn_lstm_best.pt")
    card(page, "BTC").locator(".why").click()
    expect(card(page, "BTC").locator("code")).to_contain_text("--symbols BTCUSDT --timeframes 15m")
    page.get_by_role("button", name="1 weak: hide").click()
    expect(card(page, "BTC")).to_be_hidden()
    page.get_by_role("button", name="1 weak: show").click()
    expect(card(page, "BTC")).to_be_visible()


def test_a_closing_candle_changes_prices_and_leaves_scroll_focus_and_open_reasons(
    page: Page, server: str, candor: Running
) -> None:
    page.set_viewport_size({"width": 1440, "height": 500})
    open_signals(page, server)
    main = page.get_by_test_id("stMain")
    card(page, "DOGE").locator(".why").click()
    page.mouse.move(700, 450)
    page.mouse.wheel(0, 500)
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop > 300")
    link = card(page, "SOL").get_by_role("link")
    link.focus()
    scrolled = main.evaluate("main => main.scrollTop")

    close_candle(page, candor)

    expect(link).to_be_focused()
    expect(card(page, "DOGE").locator(".reasons")).to_be_visible()
    assert main.evaluate("main => main.scrollTop") == scrolled
    assert page.url == f"{server}/"


@pytest.mark.parametrize(("width", "height", "whole"), [(1440, 900, 20), (1920, 1080, 28), (390, 844, 3)])
def test_so_many_whole_cards_fit_the_first_screen(page: Page, server: str, width: int, height: int, whole: int) -> None:
    if page.url != f"{server}/?order=Name":
        page.goto(f"{server}/?order=Name")  # at its top, and without reasons that somebody has opened
    open_signals(page, server, "?order=Name")
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    boxes = [box for each in page.locator("li.card:not(.slim)").all()[:6] if (box := each.bounding_box())]
    across = sum(box["y"] == boxes[0]["y"] for box in boxes)
    gap = 8
    columns = int((width - 2 * boxes[0]["x"] + gap + 1) // (boxes[0]["width"] + gap))
    assert across == min(columns, 6)
    assert columns * int((height - boxes[0]["y"] + gap) // (max(box["height"] for box in boxes) + gap)) >= whole


CROWDED = """() => {
  const bar = [...document.querySelectorAll("*")].map((e) => e.shadowRoot?.querySelector(".bar[role=search]")).find(Boolean);
  const drawer = bar.querySelector(".more");
  const inDrawer = (part) => bar.matches(".folded.opened") && drawer.contains(part);
  const parts = [...bar.querySelectorAll(".segments, .pills, .pill, select, .scale, .readout, .typed, .reset")]
    .filter((part) => part.getClientRects().length)
    .map((part) => ({ name: part.className, drawn: part.getBoundingClientRect(), inDrawer: inDrawer(part) }));
  const found = [];
  parts.forEach(({ name, drawn, inDrawer }, place) => {
    const room = (inDrawer ? drawer : document.documentElement).getBoundingClientRect();
    if (drawn.left < room.left || drawn.right > room.right) found.push(`${name} sticks out`);
    for (const other of parts.slice(place + 1)) {
      const apart = drawn.right <= other.drawn.left + 0.5 || drawn.left >= other.drawn.right - 0.5
        || drawn.bottom <= other.drawn.top + 0.5 || drawn.top >= other.drawn.bottom - 0.5;
      if (!apart && inDrawer === other.inDrawer) found.push(`${name} over ${other.name}`);
    }
  });
  const { left, top, height } = drawer.getBoundingClientRect();
  for (let y = top + 2; y < top + height; y += 4) {
    if (!drawer.contains(bar.getRootNode().elementFromPoint(left + 16, y))) found.push("a card over the drawer");
  }
  const middles = parts.filter((part) => !part.inDrawer).map(({ drawn }) => (drawn.top + drawn.bottom) / 2);
  if (Math.max(...middles) - Math.min(...middles) > 2) found.push("more than one line");
  return found;
}"""
"""What of the controls lies over another or sticks out, and whether they stand on one line."""

CONTROLS = ("slider=move", "slider=side&min_confidence=35&min_move=70&trusted_only=true&directions=LONG&bands=likely")


@pytest.mark.parametrize("asked", CONTROLS)
def test_the_controls_stand_on_one_line_at_every_width_whatever_they_ask(page: Page, server: str, asked: str) -> None:
    enter(page, server, f"/?{asked}")
    page.locator(".readout", has_text=re.compile(f"of {ANSWERING}")).wait_for()
    crowded: dict[int, list[str]] = {}
    for width in (360, 390, 480, 768, 1024, 1280, 1380, 1440, 1536, 1680, 1920, 2560):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        crowded[width] = page.evaluate(CROWDED)
        if (filters := page.get_by_role("button", name=re.compile("^Filters"))).is_visible():
            assert width < 1280, "on a desk nothing is folded away, and a first filter moves nothing"
            filters.click()
            crowded[width] += page.evaluate(CROWDED)
            filters.click()
    assert {width: found for width, found in crowded.items() if found} == {}


def test_j_begins_at_the_first_card_that_is_seen(page: Page, server: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 400})
    open_signals(page, server, "?order=Name&timeframe=1h", "1h")
    wait_until_it_rests(page)
    page.mouse.wheel(0, 1)  # whoever scrolls is no longer carried back to where this page was
    page.get_by_test_id("stMain").evaluate("main => main.scrollTop = 500")
    page.keyboard.press("j")
    focused = page.locator("li.card a.open:focus")
    expect(focused).to_have_count(1)
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollTop") > 300, "it stays where it is read"
    place = focused.evaluate("link => link.getBoundingClientRect().top")
    assert 0 < place < 300


def test_the_keyboard_moves_between_cards_and_opens_one(page: Page, server: str) -> None:
    open_signals(page, server, "?order=Name&timeframe=1h", "1h")
    links = page.locator("li.card:not(.slim) a.open")
    links.first.focus()
    page.keyboard.press("ArrowRight")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    expect(links.nth(5)).to_be_focused()  # five cards to a row at this width
    page.keyboard.press("Home")
    expect(links.first).to_be_focused()
    page.keyboard.press("j")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("2")  # the second timeframe is shown already
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("eth")
    expect(visible_cards(page)).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("searchbox")).not_to_be_focused()
    expect(page.get_by_role("searchbox")).to_have_value("eth")  # what the page shows is what was typed
    page.go_back()
    expect(visible_cards(page)).to_have_count(34)
    expect(page.get_by_role("searchbox")).to_have_value("")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    links.first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server}/coin?symbol=AVAXUSDT&timeframe=1h")
    page.keyboard.press("3")
    expect(page).to_have_url(f"{server}/coin?symbol=AVAXUSDT&timeframe=4h")
    pages = page.get_by_role("navigation", name="Pages")
    expect(pages.get_by_role("link", name="Coin")).to_have_attribute("aria-current", "page")
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page).to_have_url(f"{server}/?order=Name&timeframe=1h")


def test_dragging_the_slider_filters_in_the_browser_and_the_address_follows_once_it_rests(
    page: Page, server: str
) -> None:
    open_signals(page, server, "?slider=move")
    slider = page.get_by_role("slider", name="Minimum P(move)")
    slider.focus()
    shown = [visible_cards(page).count()]
    for _ in range(4):
        page.keyboard.press("PageUp")
        shown.append(visible_cards(page).count())  # at once: nothing is waited for
    calls = "".join(page.get_by_role("group", name="Call").all_inner_texts())
    assert sum(map(int, re.findall(r"\d+", calls))) == shown[-1], "choices count what reaches the minimum"
    assert shown == sorted(shown, reverse=True)
    assert shown[0] == 34 > shown[-1]
    expect(page.locator(".readout")).to_contain_text(re.compile(rf"≥ \d+\s% · \d+ of {ANSWERING}"))
    expect(page).to_have_url(re.compile(r"min_move=\d+"))
    expect(page.get_by_role("button", name="Reset 1 filter")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(f"{server}/?slider=move")
    expect(visible_cards(page)).to_have_count(34)


def test_back_from_a_coin_restores_filters_and_scroll_and_forward_leads_there_again(page: Page, server: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 450})
    open_signals(page, server, "?order=name")
    page.get_by_role("button", name="1h", exact=True).click()
    expect(page).to_have_url(f"{server}/?order=name&timeframe=1h")
    page.get_by_role("button", name="Trusted").click()
    expect(visible_cards(page)).to_have_count(5)
    page.go_back()
    expect(visible_cards(page)).to_have_count(34)
    main = page.get_by_test_id("stMain")
    page.mouse.wheel(0, 1)  # whoever scrolls is no longer carried back to where this page was
    card(page, "XRP").scroll_into_view_if_needed()
    before = page.evaluate("history.length")
    scrolled = main.evaluate("main => main.scrollTop")
    assert scrolled > 200
    card(page, "XRP").get_by_role("link").click()
    expect(page).to_have_url(f"{server}/coin?symbol=XRPUSDT&timeframe=1h")
    page.locator(".price-chart .plot[data-drawn]").wait_for()
    assert page.evaluate("history.length") == before  # the entry ahead was replaced: one step, one entry
    assert main.evaluate("main => main.scrollTop") == 0
    page.go_back()
    expect(visible_cards(page)).to_have_count(34)
    expect(page).to_have_url(f"{server}/?order=name&timeframe=1h")
    page.wait_for_function("place => document.querySelector('[data-testid=stMain]').scrollTop === place", arg=scrolled)
    page.go_forward()
    page.locator(".price-chart .plot[data-drawn]").wait_for()
    page.get_by_role("link", name="Signals").click()
    expect(page).to_have_url(f"{server}/?order=name&timeframe=1h")
    page.goto(f"{server}/signals?search=eth&timeframe=4h")
    expect(page).to_have_url(f"{server}/?search=eth&timeframe=4h")
    expect(visible_cards(page)).to_have_count(1)


def turn_over(route: Route) -> None:
    """The newest board with its cards in the opposite order: six coins may keep theirs for minutes."""
    response = route.fetch()
    board = response.json()
    board["cards"]["rows"].reverse()
    route.fulfill(response=response, json=board)


def test_cards_stay_where_they_are_while_somebody_reads_them(page: Page, server: str, candor: Running) -> None:
    open_signals(page, server, "?order=confidence&timeframe=15m")
    names = page.locator("li.card:not(.slim) .coin")
    page.locator("li.card").first.hover()
    before = names.all_inner_texts()
    page.route("**/live/signals*", turn_over)
    candor.close_candle()
    resort = page.get_by_role("button", name="Order changed · re-sort")
    resort.wait_for()
    assert names.all_inner_texts() == before
    page.get_by_role("searchbox").hover()
    resort.click()
    expect(resort).to_be_hidden()
    page.unroute("**/live/signals*")


def test_the_empty_case_says_how_far_to_lower_the_minimum_to_everybody_and_does_it(page: Page, server: str) -> None:
    enter(page, server, "/?min_confidence=99&timeframe=1d")
    expect(page.get_by_text("No signal reaches this minimum. At Confidence ≥")).to_be_visible()
    assert broken_rules(page) == []
    page.get_by_role("button", name=re.compile("Lower to")).click()
    expect(visible_cards(page).first).to_be_visible()


def test_the_table_can_be_saved_and_shuts_nobody_out(page: Page, server: str, tmp_path: Path) -> None:
    enter(page, server, "/?view=Table&search=eth+btc&order=Name")
    page.get_by_test_id("stDataFrame").first.wait_for()
    edge = "getComputedStyle(document.querySelector('[data-testid=stDataFrame]')).getPropertyValue('--candor-edge')"
    page.wait_for_function(f"() => {edge} === '0'")  # faded: there are columns beyond it
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile(r"Signals \(\d+, CSV\)")).click()
    download.value.save_as(tmp_path / "signals.csv")
    with (tmp_path / "signals.csv").open(newline="") as file:
        assert [row["symbol"] for row in csv.DictReader(file)] == ["ETHUSDT", "BTCUSDT"]
    assert broken_rules(page) == []


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
