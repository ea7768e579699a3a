"""No page cuts a figure, breaks one over two lines or scrolls sideways, however narrow or wide its window is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import enter, wait_until_it_rests
from tests.browser.cut_figures import cut_figures
from tests.browser.screenshots import PAGES

WIDTHS = (360, 390, 768, 1024, 1280, 1920)


@pytest.mark.parametrize("name", PAGES)
def test_figures_are_whole_at_every_width(shared_page: Page, server: str, name: str) -> None:
    page = shared_page
    enter(page, server, f"/{PAGES[name]}")
    page.locator(".market-header a[aria-current=page]").wait_for()
    wait_until_it_rests(page)
    expect(page.locator('[data-testid^="stSkeleton"], .skeleton')).to_have_count(0)
    height = page.viewport_size["height"] if page.viewport_size else 900
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        found[width] = cut_figures(page)
    assert {width: what for width, what in found.items() if what} == {}
