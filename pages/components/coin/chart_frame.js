// What stands around the chart: the words of its buttons, the ranges it offers, and the whole screen.

import { make, setText } from "../shared/dom.js";
import { say } from "../shared/speech.js";
import { rangesOf } from "./chart_geometry.js";

const WORDS = { // what is said of each button; a text of its own, where it shows no sign
  earlier: { label: say("Earlier candles"), title: say("Earlier (Shift+←)") },
  later: { label: say("Later candles"), title: say("Later (Shift+→)") },
  closer: { label: say("Zoom in"), title: say("Zoom in (+)") },
  wider: { label: say("Zoom out"), title: say("Zoom out (-)") },
  latest: { text: say("Latest"), title: say("Back to the newest candles (0)") },
  picture: { text: say("Picture (PNG)") },
  candles: { text: say("Candles in sight (CSV)") },
  screen: { text: say("Full screen") },
};

/** The words of the chart's frame, which Python sends without any. */
export function sayWords(root) {
  for (const [action, { text, label, title }] of Object.entries(WORDS)) {
    const button = root.querySelector(`[data-action="${action}"]`);
    if (text) setText(button, text);
    if (label) button.setAttribute("aria-label", label);
    if (title) button.title = title;
  }
  root.querySelector(".tools").setAttribute("aria-label", say("Chart range"));
  const settings = root.querySelector("summary");
  settings.setAttribute("aria-label", say("Chart settings"));
  settings.title = say("Scale, panes, picture, candles, full screen");
  setText(root.querySelector(".credit"), say("Drawn with TradingView Lightweight Charts™"));
}

/**
 * A button for each range that candles are worth, of a time gone by for all of them; `show` shows that many milliseconds
 * of them.
 */
export function drawRanges(root, { step, gone_by }, show) {
  const ranges = gone_by === null ? rangesOf(step) : rangesOf(step).slice(-1);
  const buttons = ranges.map(([name, span]) => {
    const button = make("button", "", name);
    button.type = "button";
    button.dataset.span = span;
    button.title = span === Infinity ? say("All candles") : say("The newest {span}", { span: name });
    button.onclick = () => show(span);
    return button;
  });
  root.querySelector(".ranges").replaceChildren(...buttons);
}

/** What leads to the newest candles stands out where others are drawn. */
export function sayLatest(root, goneBy) {
  const button = root.querySelector('[data-action="latest"]');
  setText(button, goneBy ? say("Newest candles") : WORDS.latest.text);
  button.classList.toggle("away", goneBy);
}

/** Fill the screen with the chart, or give it back. */
export function fillScreen(root) {
  if (root.getRootNode().fullscreenElement === root) document.exitFullscreen();
  else root.requestFullscreen();
}
