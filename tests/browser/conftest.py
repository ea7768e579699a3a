"""One real server and one real Chromium for all browser tests; both end with them, since the market goes on.

The server shows the simulated market at 180 times its speed (a 15m candle closes every 5 s) with models
published for the occasion (see published_models.py), so nothing here depends on the models that ship.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.published_models import publish_models
from tests.real_server import real_server

SPEED = 180
HEADLESS = "chromium-headless-shell"  # without the windows nobody looks at, a third less work
LAUNCH_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WELCOMED = "localStorage.setItem('candor:welcomed', 'true')"
"""The first visit is in test_first_visit.py alone; everybody else has been here before."""

STEP_TIMEOUT = 20_000  # milliseconds; generous, since CI's cores are slow


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium; without one the tests skip, or fail where CANDOR_REQUIRE_BROWSER=1 demands one."""
    names = (HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        message = f"No Chromium found (looked for {', '.join(names)}); on Debian: apt-get install {HEADLESS}"
        if os.environ.get("CANDOR_REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(scope="package")
def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a running Candor whose board has predictions, without a slash at its end."""
    folder = tmp_path_factory.mktemp("server")
    publish_models(folder / "models")
    with real_server(folder / "models", folder, CANDOR_SPEED=str(SPEED)) as address:
        yield address


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=STEP_TIMEOUT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=LAUNCH_ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def desktop(browser: Browser) -> Iterator[Page]:
    """A fresh desktop window (1440x900, dark) with its own cookies and storage."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark")
    context.set_default_timeout(STEP_TIMEOUT)
    context.add_init_script(WELCOMED)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A desktop window of the test's own."""
    with desktop(browser) as page:
        yield page


@pytest.fixture(scope="module")
def shared_page(browser: Browser) -> Iterator[Page]:
    """A desktop window of a whole module: to load a page takes longer than most looks at it."""
    with desktop(browser) as page:
        yield page


@contextmanager
def handset(browser: Browser) -> Iterator[Page]:
    """A fresh phone (390x844, touch, dark)."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        color_scheme="dark",
    )
    context.set_default_timeout(STEP_TIMEOUT)
    context.add_init_script(WELCOMED)
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A phone of the test's own."""
    with handset(browser) as page:
        yield page


@pytest.fixture(scope="module")
def shared_phone(browser: Browser) -> Iterator[Page]:
    """A phone of a whole module."""
    with handset(browser) as page:
        yield page
