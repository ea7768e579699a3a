"""Figures that a page cuts off or breaks over two lines, and whether it scrolls sideways, at the width that its window has."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.conftest import wait_until_it_rests

MOST_TRIES = 4
"""A page that has just been made narrower is still moving: what is cut is cut in each look."""

_FIND = r"""() => {
  const whole = /\d{4}-\d{2}-\d{2}|\d{2}:\d{2}|[+−±]?\d[\d,.]*[\u00a0 ]?%|[+−±]?\d[\d,.]+|NO\sTRADE/g;
  const found = [];
  const main = document.querySelector('[data-testid=stMain]');
  const sideways = main.scrollWidth - main.clientWidth;
  if (sideways > 1) found.push(`the page scrolls sideways by ${sideways} px`);
  const roots = [document.body];
  for (const root of roots) for (const each of root.querySelectorAll('*')) if (each.shadowRoot) roots.push(each.shadowRoot);
  const up = (element) => element.parentElement ?? element.getRootNode().host;
  const clips = (element) => ['hidden', 'clip'].includes(getComputedStyle(element).overflowX);
  for (const root of roots) {
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let text; text = texts.nextNode();) {
      const element = text.parentElement;
      if (!/\d|TRADE/.test(text.data) || element.closest('style, script, svg, code, pre, textarea')) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const box = range.getBoundingClientRect();
      let around = element;
      let cut = false;
      for (; around && around !== main; around = up(around)) {
        const frame = around.getBoundingClientRect();
        if (clips(around) && frame.width <= 2) break; // for readers of screens
        cut ||= clips(around) && box.left < frame.right && box.right > frame.right + 1.5;
        if (['auto', 'scroll'].includes(getComputedStyle(around).overflowX)) break;
      }
      if (around && around.getBoundingClientRect().width <= 2 || !box.width) continue;
      if (cut) found.push(`cut: ${text.data.trim().slice(0, 60)}`);
      for (const { 0: figure, index } of text.data.matchAll(whole)) {
        range.setStart(text, index);
        range.setEnd(text, index + figure.length);
        const lines = new Set([...range.getClientRects()].filter(({ width }) => width > 0.5).map(({ top }) => Math.round(top)));
        if (lines.size > 1) found.push(`broken: ${figure} in ${text.data.slice(Math.max(0, index - 30), index + 20)}`);
      }
    }
  }
  return found;
}"""


def cut_figures(page: Page) -> list[str]:
    """What is cut, broken or beside the window, in words; nothing once one look finds nothing."""
    found: list[str] = []
    for _ in range(MOST_TRIES):
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        found = page.evaluate(_FIND)
        if not found:
            break
        wait_until_it_rests(page)
    return found
