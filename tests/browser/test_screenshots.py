"""Every page looks as somebody approved, in both themes, and axe finds nothing against it.

``make screenshots`` compares narrow and wide windows, too; ``make screenshots RENEW=1`` takes the pictures anew, to be looked
at before they are committed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.accessibility import broken_rules
from tests.browser.conftest import STEP_TIMEOUT, WELCOMED
from tests.browser.screenshots import (
    COLOURS_IN_README,
    MOST_UNLIKE,
    PAGES,
    SMALLER,
    THEMES,
    WIDTHS,
    approved,
    in_colours,
    reduced,
    seen_in,
    shown_in_readme,
    unlike,
)
from tests.browser.still_candor import MOMENT
from tests.browser.test_coin_page import DRAWN
from tests.real_server import PROJECT, real_server

EVERY_WIDTH = "CANDOR_EVERY_WIDTH" in os.environ
RENEW = os.environ.get("CANDOR_RENEW") == "1"
only_when_asked = pytest.mark.skipif(not (EVERY_WIDTH or RENEW), reason="pictures are compared by make screenshots")
SEEN = tuple(WIDTHS) if EVERY_WIDTH else (1440,)

GO = "to => { History.prototype.pushState.call(history, {}, '', to); dispatchEvent(new PopStateEvent('popstate', { state: {} })) }"
ENTERED = "path => document.querySelector('.market-header a[aria-current=page]')?.pathname === path"

AT_REST = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const waiting = '[data-testid^="stSkeleton"], [data-testid="stSpinner"], .skeleton';
  const plots = [...document.querySelectorAll('.quality-chart .plot')];
  return app?.getAttribute('data-test-script-state') === 'notRunning' && !document.querySelector(waiting)
    && plots.every((plot) => plot.querySelector('.main-svg')) && document.fonts.status === 'loaded';
}"""
"""Nothing is being drawn any more."""


@pytest.fixture(scope="module")
def still(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a Candor with the published models, on a market at one moment for good."""
    program = str(PROJECT / "tests" / "browser" / "still_candor.py")
    with real_server(PROJECT / "models", tmp_path_factory.mktemp("still"), program=(program,)) as address:
        yield address


@pytest.fixture(
    scope="module", params=[(theme, width) for width in SEEN for theme in THEMES], ids=lambda it: f"{it[1]}-{it[0]}"
)
def window(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A window of one width and theme, for a walk through all pages; its own clock stands still, too."""
    theme, width = request.param
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]}, color_scheme=theme, reduced_motion="reduce"
    )
    context.set_default_timeout(STEP_TIMEOUT)
    context.add_init_script(WELCOMED)
    page = context.new_page()
    page.clock.set_fixed_time(MOMENT)
    yield page
    context.close()


@only_when_asked
@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_as_approved_and_breaks_no_rule_of_axe(
    name: str, window: Page, still: str, request: pytest.FixtureRequest
) -> None:
    theme, width = request.node.callspec.params["window"]
    show(window, still, name)
    whole = seen_in(window)
    picture = reduced(whole, SMALLER[width])
    path = approved(name, theme, width)
    if RENEW:
        path.parent.mkdir(exist_ok=True)
        picture.save(path, optimize=True)
        if large := shown_in_readme(name, theme, width):
            large.parent.mkdir(exist_ok=True)
            in_colours(whole, COLOURS_IN_README).save(large, optimize=True)
    assert path.exists(), f"Nobody has approved {path.name} yet: make screenshots RENEW=1, and look at it."
    with Image.open(path) as kept:
        differs = unlike(picture, kept)
    if differs > MOST_UNLIKE:
        picture.save(path.with_suffix(".now.png"))
    assert differs <= MOST_UNLIKE, f"{differs:.1%} of {path.name} look otherwise: see {path.stem}.now.png beside it."
    assert broken_rules(window) == []


def show(page: Page, address: str, name: str) -> None:
    """The page at rest, entered from the one before as a reader does: without a load."""
    if page.url == "about:blank":
        page.goto(f"{address}/")
        page.locator("li.card").first.wait_for()
    page.evaluate(GO, PAGES[name] or "./")
    page.wait_for_function(ENTERED, arg=f"/{PAGES[name].partition('?')[0]}")
    page.wait_for_function(AT_REST)
    if name == "coin":
        page.locator(DRAWN).wait_for()
    if name == "compare":
        page.locator(".js-plotly-plot .main-svg").first.wait_for()


def test_pictures_that_differ_are_told_apart_from_those_that_are_smoothed_otherwise() -> None:
    plain = Image.new("RGB", (400, 200), "#0e131b")
    moved = plain.copy()
    moved.paste("#e3e8f0", (40, 40, 120, 90))
    brighter = plain.point(lambda value: value + 8)
    assert unlike(reduced(plain), reduced(brighter)) == 0
    assert unlike(reduced(plain), reduced(moved)) > MOST_UNLIKE
    assert unlike(reduced(plain), reduced(plain.resize((300, 200)))) == 1
