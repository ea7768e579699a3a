// The table scrolls by itself, below heads that stay: whoever comes back to it finds it where it was read.

import { placeWithin } from "../shared/navigation.js";

const PATIENCE = 5000; // milliseconds in which Streamlit draws a table
const restorers = new WeakMap(); // what scrolls in a table -> what brings it to where it was read

/** Bring the table, once it is drawn, to where it was read at this entry of the history. */
export function restoreTable(since = performance.now()) {
  const part = document.querySelector(".st-key-signals_table .dvn-scroller");
  if (!part || part.scrollHeight === part.clientHeight) {
    if (performance.now() - since < PATIENCE) requestAnimationFrame(() => restoreTable(since));
    return;
  }
  if (!restorers.has(part)) restorers.set(part, placeWithin(part, "table"));
  restorers.get(part)();
}
