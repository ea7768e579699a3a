// What the reader chose of the price chart, its scale, past calls and its panes, kept in the browser: a phone and a desk have a choice
// each.

import { make } from "../shared/dom.js";
import { keep, kept } from "../shared/storage.js";
import { firstPanes, PANES } from "./chart_panes.js";
import { NARROW } from "./chart_series.js";
import { say } from "../shared/speech.js";

/** What was chosen in windows about as wide as this one; what means nothing counts as nothing. */
export function choiceKept(width) {
  return kept(placeOfChoice(width), choiceIn, { log: false, calls: true, panes: firstPanes(width) });
}

export function keepChoice(choice, width) {
  keep(placeOfChoice(width), choice);
}

function choiceIn({ log, calls, panes }) {
  const isOne = typeof log === "boolean" && typeof calls === "boolean" && Array.isArray(panes);
  return isOne ? { log, calls, panes } : undefined;
}

function placeOfChoice(width) {
  return `chart:${width < NARROW ? "narrow" : "wide"}`;
}

/** A box to tick for the scale, for past calls and for each pane; `choose` is told the whole choice. */
export function drawChoices(element, first, choose) {
  let choice = first;
  const change = (changed) => choose(choice = { ...choice, ...changed });
  const log = box(say("Logarithmic scale"), choice.log, (on) => change({ log: on }));
  const calls = box(say("Past calls"), choice.calls, (on) => change({ calls: on }));
  const panes = Object.entries(PANES).map(([name, title]) =>
    box(title, choice.panes.includes(name), (on) => change({ panes: withPane(choice.panes, name, on) }))
  );
  element.replaceChildren(log, calls, ...panes);
}

/** The panes with that one, or without it, from top to bottom. */
export function withPane(panes, name, on) {
  return Object.keys(PANES).filter((each) => each === name ? on : panes.includes(each));
}

function box(title, on, choose) {
  const made = make("input");
  made.type = "checkbox";
  made.checked = on;
  made.onchange = () => choose(made.checked);
  return make("label", "", made, title);
}

/** Esc closes the menu of choices, and so do what is done there and whatever gets the focus outside of it. */
export function closeOnceUsed(menu) {
  const close = () => {
    menu.open = false;
    menu.querySelector("summary").focus();
  };
  menu.onkeydown = ({ key }) => {
    if (key === "Escape" && menu.open) close();
  };
  menu.addEventListener("click", ({ target }) => {
    if (target.closest("button")) close();
  });
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !menu.contains(relatedTarget)) menu.open = false;
  });
}
