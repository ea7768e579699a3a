"""Every page in Chinese in a real Chromium: no word of another language is seen, and nothing breaks for want of room."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from core.domain import ticker
from core.market.coins import WATCHLIST
from tests.browser.accessibility import broken_rules
from tests.browser.conftest import STEP_TIMEOUT, WELCOMED, wait_until_it_rests

SEEN = """() => {
  const seen = [];
  const look = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const box = document.createRange();
      box.selectNodeContents(node);
      if (node.textContent.trim() && box.getClientRects().length) seen.push(node.textContent.trim());
    }
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (["STYLE", "SCRIPT", "CODE", "NOSCRIPT"].includes(node.tagName) || node.dataset.testid === "stIconMaterial") return;
      if (getComputedStyle(node).fontFamily.includes("Material")) return;
      for (const name of ["aria-label", "title", "placeholder"]) {
        if (node.getAttribute(name) && !node.closest("[data-testid=stElementToolbar], .stDataFrame, .modebar")) {
          seen.push(node.getAttribute(name));
        }
      }
      if (node.shadowRoot) node.shadowRoot.childNodes.forEach(look);
    }
    node.childNodes.forEach(look);
  };
  document.querySelector(".market-header").childNodes.forEach(look);
  document.querySelector("[data-testid=stMainBlockContainer]").childNodes.forEach(look);
  return seen;
}"""
"""All texts that a reader sees or hears, of the page and of its components."""

WIDEST = "Math.max(...[...document.querySelectorAll('html, body, [data-testid=stMain]')].map(e => e.scrollWidth))"

LATIN = re.compile(r"(?<![\w./:#-])[A-Za-z][A-Za-z'-]+(?![\w./-])")

NAMES = "Candor English TradingView Lightweight Charts Apprise Wilson Wilder Brier simulated adx macd hand-made CNN-LSTM LightGBM FOLDER TOKEN CHAT"
UNITS = "CSV JSON PNG Parquet API UTC ATR TF TP TP1 TP2 TP3 USDT CNN LSTM MACD ECE SHA-256 Esc Enter Shift HTTP"
COINS = {word for coin in WATCHLIST for word in (*coin.name.split(), coin.symbol, ticker(coin.symbol))}
SAME_IN_EVERY_LANGUAGE = {*NAMES.split(), *UNITS.split(), *COINS}


STREAMLITS_OWN = re.compile(
    r"Link to heading|Choose an option|Copy to clipboard|Help\b|Remove |Clear |Open|Close|Decrement|Increment|Selected |Show |Hide |Press |HH|mm$"
)
"""What Streamlit calls its own buttons, in English alone."""

OF_A_FILE = re.compile(r"model file|\.(json|pt|npz|pkl)\b")
"""What is the matter with a model's files is told to whoever put them there, in English."""


def opened(browser: Browser, server: str) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark", locale="zh-CN")
    context.set_default_timeout(STEP_TIMEOUT)
    context.add_init_script(WELCOMED)
    page = context.new_page()
    page.goto(server)
    return page


def foreign_words(page: Page) -> set[str]:
    texts: list[str] = page.evaluate(SEEN)
    texts = [text for text in texts if not STREAMLITS_OWN.match(text) and not OF_A_FILE.search(text)]
    bare = [re.sub(r"https?://\\S+|[\w/]+\.(md|py)\b|\w+://\S+", "", text) for text in texts]
    return {word for text in bare for word in LATIN.findall(text)} - SAME_IN_EVERY_LANGUAGE


def test_every_page_is_chinese_to_whose_browser_is_shuts_nobody_out_and_has_room(browser: Browser, server: str) -> None:
    page = opened(browser, server)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert page.get_by_test_id("stSkipToContent").text_content() == "跳到主要内容"
    links = page.locator(".market-header .page")
    expect(links).to_have_count(10)
    foreign: dict[str, set[str]] = {}
    for place in range(10):
        link = links.nth(place)
        name = link.text_content() or ""
        link.evaluate("link => link.click()")
        expect(link).to_have_attribute("aria-current", "page")
        wait_until_it_rests(page)
        assert broken_rules(page) == [], name
        if name != "方法":  # papers and their authors have names
            foreign[name] = foreign_words(page)
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_function(f"{WIDEST} <= {width}")
        page.set_viewport_size({"width": 1440, "height": 900})
    assert {name: words for name, words in foreign.items() if words} == {}

    page.get_by_role("button", name="设置").click()
    page.get_by_label("English").evaluate("choice => choice.click()")  # which loads the page anew
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(links.first).to_have_text("Signals")
    page.reload()
    expect(links.first).to_have_text("Signals")
    page.context.close()
