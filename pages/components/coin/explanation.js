// What each group of features adds to a probability: a bar to the right of the middle for more, to the left for less.

import { make, makeSilent } from "../shared/dom.js";

export default function ({ data, parentElement }) {
  const list = make("ul", "effects", ...data.rows.map((row) => effect(row, data)));
  list.setAttribute("aria-label", data.label);
  parentElement.querySelector(".root").replaceChildren(list);
}

/** Where a bar and the line of its error lie, in percent of the row; `widest` reaches either edge. */
export function placesOf({ added, error }, widest) {
  const at = (value) => 50 + (widest > 0 ? (value / widest) * 50 : 0);
  return {
    bar: [Math.min(50, at(added)), Math.max(50, at(added))],
    error: [Math.max(0, at(added - error)), Math.min(100, at(added + error))],
  };
}

function effect(row, { widest, model_error }) {
  const places = placesOf(row, widest);
  const band = placesOf({ added: 0, error: model_error }, widest).error; // what the model gets wrong
  const parts = [part("band", band), part("block", places.bar), part("error", places.error)];
  const bar = makeSilent("span", "bar", ...parts); // the numbers say the same
  const name = make("span", "name", make("strong", "", row.name), make("span", "reads", row.reads));
  const tone = row.quiet ? "quiet" : row.added > 0 ? "above" : "below";
  return make("li", tone, name, bar, make("span", "number", row.text), make("span", "says", row.says));
}

function part(className, places) {
  const [from, to] = places;
  const made = make("span", className);
  made.style.left = `${from}%`;
  made.style.width = `${to - from}%`;
  return made;
}
