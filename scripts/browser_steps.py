"""What a hand does in a browser, and the sign that it is done, on Candor's pages and on the plain ones: see browser_speed.py."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

REST_SECONDS = 0.4
"""After each step, so that none meets what the one before it left to do."""

TOOLS = """
const frame = () => new Promise((next) => requestAnimationFrame(next));
const roots = () => [document, ...[...document.querySelectorAll("div")].map((each) => each.shadowRoot).filter(Boolean)];
window.find = (selector) => {
  for (const root of roots()) for (const each of root.querySelectorAll(selector)) if (each.offsetParent) return each;
  return null;
};
window.named = (selector, text) => {
  for (const root of roots()) for (const each of root.querySelectorAll(selector)) if (each.innerText === text) return each;
  return null;
};
window.says = (text) => [...document.querySelectorAll("p, h2, h3")].some((each) => each.innerText.includes(text));
window.until = async (done) => {
  const ends = performance.now() + 60000;
  while (!done()) {
    if (performance.now() > ends) throw new Error(`Never done: ${done}`);
    await frame();
  }
  await frame(); // it is in the picture by now
};
window.took = async (act, done) => {
  const from = performance.now();
  act();
  await window.until(done);
  return performance.now() - from;
};
"""


@dataclass(frozen=True, slots=True)
class Step:
    """What a hand does, and the sign that it is done: two pieces of JavaScript, which may read a ``turn`` that counts on."""

    act: str
    done: str

    def ms(self, page: Page, turn: int) -> float:
        took: float = page.evaluate(
            f"(turn) => {{ {TOOLS}; const before = location.href; return took(() => {{ {self.act} }}, () => {self.done}) }}",
            turn,
        )
        time.sleep(REST_SECONDS)
        return took


@dataclass(frozen=True, slots=True)
class Site:
    """A dashboard as a hand knows it. Steps that undo another's are not measured."""

    first: str
    """The sign that the first page is there."""
    steps: dict[str, tuple[Step, Step | None]]
    """By what is measured: the step, and what leads back."""


_CARDS = 'find("li.card a.open") && /^(\\(\\d+\\) )?Signals/.test(document.title)'
_TO_THE_OTHER = 'window.next = turn % 2 ? "15m" : "1h"; named("button", window.next).click();'

CANDOR = Site(
    first='find("li.card a.open")',
    steps={
        "slider": (
            Step(
                """const slider = find("input.slider");
                window.told = find(".readout").innerText;
                slider.value = Number(slider.min) + 1 + turn % (slider.max - slider.min);
                slider.dispatchEvent(new Event("input", { bubbles: true }));""",
                'find(".readout").innerText !== window.told',
            ),
            None,
        ),
        "timeframe": (Step(_TO_THE_OTHER, "document.title.endsWith(`· ${window.next}`)"), None),
        "page": (
            Step(
                'named("a.page", "Timeframes").click()',
                'document.title.startsWith("Timeframes") && find(".body .row a")',
            ),
            Step("history.back()", _CARDS),
        ),
        "coin": (Step('find("li.card a.open").click()', 'find("[data-drawn]")'), Step("history.back()", _CARDS)),
    },
)

_LIST = 'says("signals on")'
_PLOT = 'document.querySelector(".js-plotly-plot .main-svg")'

PLAIN = Site(  # its slider takes no made key and no made change: only a hand moves it
    first=_LIST,
    steps={
        "timeframe": (Step(_TO_THE_OTHER, "says(` on ${window.next} `)"), None),
        "page": (Step('find("a[href$=coin]").click()', _PLOT), Step("history.back()", _LIST)),
        "coin": (Step('named("button", "Open").click()', _PLOT), Step("history.back()", _LIST)),
    },
)
