"""Two real servers and one real Chromium for all browser tests; they end with them, since the market goes on.

The servers show a simulated market whose next candle closes when a test asks for it (see stepped_candor.py), with
models published for the occasion (see published_models.py), so nothing here depends on the models that ship.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.browser.published_models import BROKEN, NO_BETTER_THAN_BASELINE, TRUSTED, WEAK, publish_models
from tests.real_server import free_port, real_server

FOLDER = Path(__file__).parent
HEADLESS = "chromium-headless-shell"  # without the windows nobody looks at, a third less work
LAUNCH_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--js-flags=--no-opt",  # pages live for seconds: to optimise their scripts takes longer than they save by it
]
FEW_COINS = ",".join((WEAK, *TRUSTED, NO_BETTER_THAN_BASELINE, BROKEN))
"""Those with models: a server of all coins takes longer to start."""
WELCOMED = "localStorage.setItem('candor:welcomed', 'true')"
"""The first visit is in test_first_visit.py alone; everybody else has been here before."""

DESKTOP: ViewportSize = {"width": 1440, "height": 900}
STEP_TIMEOUT = 20_000  # milliseconds; generous, since CI's cores are slow


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the browser come first, since they take longest: they stay together, and others go on beside them.

    Among them modules that share a window come last: it ends the server that others have for themselves.
    """
    here = [item for item in items if item.path.is_relative_to(FOLDER)]
    others = [item for item in items if not item.path.is_relative_to(FOLDER)]
    sharing = {item.path for item in here if "window" in getattr(item, "fixturenames", ())}
    items[:] = [*sorted(here, key=lambda item: item.path in sharing), *others]


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
def server_models(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of both servers' models."""
    folder = tmp_path_factory.mktemp("models")
    publish_models(folder)
    return folder


@dataclass(frozen=True)
class Running:
    """A Candor whose board has predictions. Its address has no slash at its end."""

    address: str
    process: subprocess.Popen[bytes]

    def close_candle(self) -> None:
        """The next candles of 15m close now."""
        self.process.send_signal(signal.SIGUSR1)


@contextmanager
def running(models: Path, folder: Path, port: int | None = None, **settings: str) -> Iterator[Running]:
    started: list[subprocess.Popen[bytes]] = []
    with real_server(
        models, folder, port, program=(str(FOLDER / "stepped_candor.py"),), started=started, **settings
    ) as address:
        yield Running(address, started[0])


@pytest.fixture(scope="package")
def candor(server_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The server of most tests."""
    with running(server_models, tmp_path_factory.mktemp("server")) as candor:
        yield candor


@pytest.fixture(scope="package")
def server(candor: Running) -> str:
    """Its address."""
    return candor.address


class OwnServer:
    """A server that a test may take away, and whose ledger it may write: nobody else has one of its pages open meanwhile.

    It stands below a base path, for whom that is all the same. ``folder`` is where it keeps what it makes.
    """

    BASE_PATH = "tools/candor"

    def __init__(self, models: Path, make_folder: Callable[[], Path]) -> None:
        self._models, self._make_folder, self._port = models, make_folder, free_port()
        self._stack, self._runs = ExitStack(), False

    def start(self) -> None:
        """As one that knows nothing of those before it: their market's clock was ahead of its own. One that runs goes on."""
        if self._runs:
            return
        self._runs = True
        self.folder = self._make_folder()
        settings = {"STREAMLIT_SERVER_BASE_URL_PATH": f"/{self.BASE_PATH}/", "CANDOR_SYMBOLS": FEW_COINS}
        self.candor = self._stack.enter_context(running(self._models, self.folder, self._port, **settings))

    @property
    def address(self) -> str:
        return self.candor.address

    def stop(self) -> None:
        self._runs = False
        self._stack.close()

    @contextmanager
    def away(self) -> Iterator[None]:
        """It is gone for as long as the block lasts, and there again whatever becomes of that: a second try needs it."""
        self.stop()
        try:
            yield
        finally:
            self.start()


@pytest.fixture(scope="package")
def kept_server(server_models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    """One for all modules that need one of their own; it does not run yet."""
    own = OwnServer(server_models, lambda: tmp_path_factory.mktemp("own"))
    yield own
    own.stop()


@pytest.fixture(scope="module")
def own_server(kept_server: OwnServer) -> OwnServer:
    kept_server.start()
    return kept_server


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=STEP_TIMEOUT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=LAUNCH_ARGUMENTS)
        yield browser
        browser.close()


GO = """([to, longest]) => new Promise((drawn) => {
  setTimeout(() => drawn(false), longest);
  const app = document.querySelector('[data-testid="stApp"]');
  const state = () => app.getAttribute('data-test-script-state');
  let ran = false;
  new MutationObserver((_, observer) => {
    ran ||= state() !== 'notRunning';
    if (!ran || state() !== 'notRunning') return;
    observer.disconnect();
    drawn(true);
  }).observe(app, { attributeFilter: ['data-test-script-state'] });
  History.prototype.pushState.call(history, {}, '', to);
  dispatchEvent(new PopStateEvent('popstate', { state: {} }));
})"""


def wait_until_it_rests(page: Page) -> None:
    """Until Streamlit has drawn all that the run of the page's script said."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def enter(page: Page, server: str, address: str) -> None:
    """Show what stands at ``address`` of a server; one of its pages that is open already goes there as a reader does.

    To load a page takes longer than most looks at it, and one that shows it already stays as it is. Where no step leads
    there (one was taken while the page before was still being drawn), it is loaded: steps are what test_flow is about.
    """
    to = f"{server}{address}"
    if page.url == to:
        return
    near = page.url.startswith(f"{server}/") and page.get_by_test_id("stApp").count()
    if not near or not page.evaluate(GO, [to, STEP_TIMEOUT / 3]):
        page.goto(to)


@contextmanager
def nobodys(browser: Browser) -> Iterator[Page]:
    """A fresh desktop window (1440x900, dark, where nothing moves by itself) with its own cookies and storage."""
    context = browser.new_context(viewport=DESKTOP, color_scheme="dark", reduced_motion="reduce")
    context.set_default_timeout(STEP_TIMEOUT)
    yield context.new_page()
    context.close()


@contextmanager
def desktop(browser: Browser) -> Iterator[Page]:
    """The same of somebody who has been here before."""
    with nobodys(browser) as page:
        page.context.add_init_script(WELCOMED)
        yield page


@pytest.fixture(scope="package")
def opener(browser: Browser, server: str) -> Iterator[Page]:
    """A window that opens others. They live in its process, which reads the scripts of all pages once: a third of what a page costs."""
    with nobodys(browser) as page:
        page.goto(f"{server}/api/health/live")
        yield page


@pytest.fixture
def stranger(opener: Page) -> Iterator[Page]:
    """A desktop window in a browser that has never been here."""
    with opener.expect_popup() as opened:
        opener.evaluate("void open('about:blank')")
    yield opened.value
    for page in opener.context.pages:
        if page is not opener:
            page.close()
    everything = {"origin": "*", "storageTypes": "cookies,local_storage"}
    session = opener.context.new_cdp_session(opener)
    session.send("Storage.clearDataForOrigin", everything)
    session.detach()


@pytest.fixture
def page(stranger: Page) -> Page:
    """A desktop window of the test's own."""
    stranger.add_init_script(WELCOMED)
    return stranger


@pytest.fixture(scope="package")
def window(browser: Browser, kept_server: OwnServer) -> Iterator[Page]:
    """A desktop window of all modules: to load pages, and the libraries of their charts, takes longer than most looks at them.

    Who looks into it needs no server of its own, and whoever does came before.
    """
    kept_server.stop()
    with desktop(browser) as page:
        yield page


FORGET = f"""() => {{
  localStorage.clear();
  sessionStorage.clear();
  {WELCOMED};
  dispatchEvent(new StorageEvent("storage", {{ key: null }}));
}}"""


@pytest.fixture(scope="module")
def shared_page(window: Page) -> Iterator[Page]:
    """The window of all modules, which remembers nothing of those before, wherever they left it."""
    yield window
    window.set_viewport_size(DESKTOP)
    window.emulate_media(color_scheme="dark")
    if window.url != "about:blank":
        window.evaluate(FORGET)


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.session.stash[FAILED] = item.session.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(autouse=True)
def _nothing_left_of_a_failure(request: pytest.FixtureRequest) -> None:
    """After a test that failed the next one, or its second try, loads its page: nobody knows what is shown there."""
    shared = {"shared_page", "phone"} & set(request.fixturenames)
    if shared and request.session.stash.get(FAILED, False):
        for name in shared:
            request.getfixturevalue(name).goto("about:blank")
        request.session.stash[FAILED] = False


@contextmanager
def handset(browser: Browser) -> Iterator[Page]:
    """A fresh phone (390x844, touch, dark)."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        color_scheme="dark",
        reduced_motion="reduce",
    )
    context.set_default_timeout(STEP_TIMEOUT)
    context.add_init_script(WELCOMED)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="package")
def pocket(browser: Browser) -> Iterator[Page]:
    """The phone of all modules."""
    with handset(browser) as page:
        yield page


@pytest.fixture(scope="module")
def phone(pocket: Page) -> Iterator[Page]:
    """The phone of all tests that look at one; what it shows is redrawn with every candle until nobody needs it."""
    yield pocket
    pocket.goto("about:blank")
