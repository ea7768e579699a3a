"""Accessibility of a page at rest: the rules of axe-core that it breaks."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import wait_until_it_rests

MOST_TRIES = 3
"""A candle that closes during a look fades what is being redrawn; a page that is broken is broken every time."""

WHAT_IS_READ = {"resultTypes": ["violations"], "selectors": False, "preload": False, "iframes": False}
"""What is broken, and where: to describe all that is well, too, takes three times as long as to look for what is not."""


def broken_rules(page: Page, context: dict[str, Any] | None = None) -> list[str]:
    """Each broken rule with the first element that breaks it; nothing once one look finds nothing.

    Waits until Streamlit has drawn the page and ends every transition for as long as it looks, since what is half faded
    has no contrast; a page that is used by later tests moves on as before.
    """
    broken: list[str] = []
    for _ in range(MOST_TRIES):
        wait_until_it_rests(page)
        at_rest = page.add_style_tag(content="* { transition: none !important; animation: none !important }")
        violations = Axe().run(page, context=context, options=WHAT_IS_READ).response["violations"]
        at_rest.evaluate("style => style.remove()")
        broken = [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in violations]
        if not broken:
            break
    return broken
