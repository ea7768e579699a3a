"""The track record page in a real Chromium: what only a browser can show."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.accessibility import broken_rules
from tests.browser.conftest import enter


def test_the_page_shuts_nobody_out_and_gives_the_whole_ledger_away(shared_page: Page, server: str) -> None:
    page = shared_page
    enter(page, server, "/track_record?origin=replayed")
    expect(page.get_by_role("heading", name="What this record is worth")).to_be_visible()
    assert broken_rules(page, context={"include": [["[data-testid=stMain]"]]}) == []
    link = page.get_by_role("link", name="signals with outcomes (CSV)")
    address = link.evaluate("link => link.href")
    answer = page.request.get(address)
    assert answer.ok
    assert answer.text().startswith('"seq","recorded_at_ms","origin","symbol"')
    page.set_viewport_size({"width": 390, "height": 844})
    widest = "Math.max(...[...document.querySelectorAll('html, body, [data-testid=stMain]')].map(e => e.scrollWidth))"
    page.wait_for_function(f"{widest} <= 390")
    expect(page.get_by_role("radio", name="1 y")).to_be_in_viewport(ratio=1)
