// What of the address cannot be read. Python says it; here a line is taken away once the address holds it no longer.

import { make, makeRole } from "./dom.js";
import { addressWith, goTo, onAddress, pageHere } from "./navigation.js";
import { say } from "./speech.js";
import { MINE, watched } from "./watchlist.js";

let box = null; // the one above the page, with what it says

onAddress(() => box && draw(box));

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  box = box?.root === root ? box : begin(root);
  box.data = data;
  draw(box);
}

function begin(root) {
  const list = makeRole("status", "ul", "problems");
  root.replaceChildren(list);
  return { root, list };
}

function draw({ list, data }) {
  const lines = linesHere(data);
  const said = JSON.stringify(lines);
  if (list.said === said) return;
  list.said = said;
  list.hidden = !lines.length;
  list.replaceChildren(...lines.map(line));
}

/** Those that are still true of where the browser is. */
export function linesHere({ page, lines }, { here = pageHere(), search = location.search } = {}) {
  const held = new URLSearchParams(search);
  const isFollowed = ([value]) => value === MINE && watched().length > 0; // its coins take its place in the address
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  return page === here
    ? lines.filter(({ name, values }) => same(held.getAll(name), values) && !isFollowed(values))
    : [];
}

function line({ name, left, text }) {
  const remove = make("button", "remove", say("Remove it"));
  remove.type = "button";
  const usable = addressWith({ [name]: left.length ? left : null });
  remove.onclick = () => goTo(usable, { replace: true });
  return make("li", "", make("span", "", text), " ", remove);
}
