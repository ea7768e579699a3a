"""How long somebody waits in a browser, beside a plain Streamlit page of the same content in the same run.

A real Chromium does what a hand does, and counts from there until the next picture that shows it. Loads at 1.6 Mbit/s and
100 ms are Chromium's own throttling; bytes are those on the wire, and of WebSockets their messages'.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts.browser_steps import CANDOR, PLAIN, REST_SECONDS, TOOLS, Site, Step
from scripts.rest_load import DASHBOARD, at_rest, awaited, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

STEPS, LOADS, SLOW_LOADS = 15, 7, 3
"""So often each step is taken, and each page loaded."""

CLOSES, FAST = 4, 100
"""Candles that are watched for their bytes, at a speed at which one of 15 minutes closes every 9 seconds."""

SLOW_LINE = {"offline": False, "latency": 100, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}

SOURCE = "PLAIN_SOURCE"
"""The environment's name for the address of the Candor that a plain page asks what there is to show."""

CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

ROWS = {
    "slider": ("slider: one step, filtered, ms", 30.0),
    "timeframe": ("timeframe switch, ms", 120.0),
    "page": ("page switch, ms", 200.0),
    "coin": ("card to coin with chart, ms", 300.0),
    "warm": ("warm first load, ms", 800.0),
    "slow_first": ("at 1.6 Mbit/s and 100 ms: something is seen, ms", None),
    "slow": ("... and all of it, ms", 6000.0),
    "first_kb": ("bytes of the first load, KB", 1200.0),
    "candle_kb": ("bytes per candle (Signals), KB", 12.0),
    "wrong_first": ("calls a model got wrong, first, ms", 500.0),
    "wrong_again": ("... and again, ms", 100.0),
}
"""What each figure is, and what is wanted of it."""


@dataclass(slots=True)
class Figures:
    """Each figure as often as it was taken."""

    taken: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        self.taken.setdefault(name, []).append(value)

    def summary(self) -> dict[str, dict[str, float]]:
        """The median of each, and the p95: the largest but 5 %."""
        return {
            name: {
                "median": round(statistics.median(values), 1),
                "p95": round(sorted(values)[max(round(len(values) * 0.95) - 1, 0)], 1),
                "n": len(values),
            }
            for name, values in self.taken.items()
        }


def measure(models_dir: Path) -> dict[str, dict[str, dict[str, float]]]:
    """The figures of ``candor`` and of the ``plain`` page. OSError where there is no Chromium or no Playwright."""
    with tempfile.TemporaryDirectory() as data, chromium() as browser:
        quiet = at_rest(data)
        with _candor(models_dir, quiet) as candor:
            ours = measured(browser, CANDOR, candor)
            _wrong_calls(browser, candor, ours)
            with _plain(models_dir, candor) as plain:
                beside = measured(browser, PLAIN, plain)
        with _candor(models_dir, quiet | {"CANDOR_SPEED": str(FAST)}) as candor:
            ours.add("candle_kb", _kb_per_candle(browser, CANDOR, candor))
            with _plain(models_dir, candor) as plain:
                beside.add("candle_kb", _kb_per_candle(browser, PLAIN, plain))
    return {"candor": ours.summary(), "plain": beside.summary()}


def table(figures: dict[str, dict[str, dict[str, float]]]) -> str:
    """The figures for people."""
    lines = [f"{'':50} {'here':>8} {'p95':>8} {'wanted':>8} {'plain':>8} {'ratio':>7}"]
    for name, (label, wanted) in ROWS.items():
        here, plain = figures["candor"].get(name), figures["plain"].get(name)
        if here is None:
            continue
        beside = f"{plain['median']:>8.0f} {plain['median'] / here['median']:>6.1f}x" if plain else f"{'-':>8} {'-':>7}"
        aim = f"{'-' if wanted is None else f'{wanted:g}':>8}"
        lines.append(f"{label:50} {here['median']:>8.0f} {here['p95']:>8.0f} {aim} {beside}")
    return "\n".join(lines)


# ---------------------------------------------------------------- what runs meanwhile


@contextmanager
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if path is None:
        raise OSError(f"No Chromium found (looked for {', '.join(CHROMIUMS)}).")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - serving installs none
    except ModuleNotFoundError:
        install = f"{sys.executable} -m pip install -r requirements-dev.txt"
        raise OSError(f"playwright: not installed, and this measurement needs it. Install it with: {install}") from None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@contextmanager
def _candor(models_dir: Path, settings: dict[str, str]) -> Iterator[str]:
    with serving(DASHBOARD, models_dir, **settings) as (port, _):
        awaited(port)
        yield f"http://localhost:{port}"


@contextmanager
def _plain(models_dir: Path, source: str) -> Iterator[str]:
    command = ["-m", "streamlit", "run", "scripts/plain_page.py", "--server.port"]
    with serving(command, models_dir, **{SOURCE: source}) as (port, _):
        awaited(port, "/_stcore/health", b"ok")
        yield f"http://localhost:{port}"


@contextmanager
def _window(browser: Browser) -> Iterator[Page]:
    """A desktop with nothing in its cache, of somebody who has been here before."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="dark")
    context.add_init_script("localStorage.setItem('candor:welcomed', 'true')")
    context.set_default_timeout(90_000)
    yield context.new_page()
    context.close()


# ---------------------------------------------------------------- what is measured


def measured(browser: Browser, site: Site, address: str) -> Figures:
    """Loads and steps of one site."""
    figures = Figures()
    for _ in range(SLOW_LOADS):
        with _window(browser) as page:
            page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW_LINE)
            first, all_of_it = _load(page, address, site)
            figures.add("slow_first", first)
            figures.add("slow", all_of_it)
    with _window(browser) as page:
        wire = Wire(page)
        _load(page, address, site)
        time.sleep(REST_SECONDS)
        figures.add("first_kb", wire.kb)
        for _ in range(LOADS):
            figures.add("warm", _load(page, address, site)[1])
        time.sleep(2)
        for name, (step, back) in site.steps.items():
            for turn in range(STEPS + 1):
                took = step.ms(page, turn)
                if turn:  # the first one fetches what the others have
                    figures.add(name, took)
                if back is not None:
                    back.ms(page, turn)
    return figures


def _load(page: Page, address: str, site: Site) -> tuple[float, float]:
    """Milliseconds until anything was painted, and until the page was there."""
    page.goto(address, wait_until="commit")
    whole = page.evaluate(f"async () => {{ {TOOLS}; await until(() => {site.first}); return performance.now() }}")
    first = page.evaluate("performance.getEntriesByType('paint')[0]?.startTime ?? 0")
    return float(first), float(whole)


def _kb_per_candle(browser: Browser, site: Site, address: str) -> float:
    with _window(browser) as page:
        _load(page, address, site)
        time.sleep(2)
        wire = Wire(page)
        page.wait_for_timeout(CLOSES * 15 * 60_000 / FAST)
        return wire.kb / CLOSES


def _wrong_calls(browser: Browser, address: str, figures: Figures) -> None:
    """Of models that nobody asked for before, and once more."""
    shown = '[...document.querySelectorAll("[data-testid=stMetric]")].filter((each) => each.offsetParent)'
    judged = f'{shown}.some((each) => each.innerText.startsWith("Judged"))'
    ask = Step('named("[role=tab]", "Candles it got wrong").click()', judged)
    leave = Step('named("[role=tab]", "Model card").click()', f"!{judged}")
    for symbol in ("ETHUSDT", "SOLUSDT", "LINKUSDT", "ADAUSDT", "XRPUSDT"):
        with _window(browser) as page:
            page.goto(f"{address}/model_quality?symbol={symbol}&timeframe=15m")
            page.get_by_text("Candles it got wrong").wait_for()
            time.sleep(1)
            figures.add("wrong_first", ask.ms(page, 0))
            leave.ms(page, 0)
            figures.add("wrong_again", ask.ms(page, 0))


class Wire:
    """Counts what a page sends for, from the moment it is made."""

    def __init__(self, page: Page) -> None:
        self.kb = 0.0
        session: CDPSession = page.context.new_cdp_session(page)
        session.on("Network.loadingFinished", lambda event: self._add(event["encodedDataLength"]))
        session.on("Network.webSocketFrameReceived", lambda event: self._add(_payload(event["response"])))
        session.send("Network.enable")

    def _add(self, count: float) -> None:
        self.kb += count / 1000


def _payload(frame: dict[str, Any]) -> float:
    """Its bytes: those of a frame that is no text come in base64."""
    length = len(frame["payloadData"])
    return length if frame["opcode"] == 1 else length * 3 / 4
