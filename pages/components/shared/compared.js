// The coins that somebody chose to compare, on the page of signals, until this tab is closed.

import { keepInTab, keptInTab } from "./storage.js";
import { symbolsIn } from "./watchlist.js";

const NAME = "compared";

export const FEWEST = 2, MOST = 4; // as compare/scope.py has it

const hearers = new Set();

/** Their symbols, in the order in which they were chosen. */
export function chosen() {
  try {
    return (symbolsIn(JSON.parse(keptInTab(NAME))) ?? []).slice(0, MOST);
  } catch {
    return []; // nothing was kept, or something else is there
  }
}

export function choose(symbols) {
  keepInTab(NAME, JSON.stringify(symbols));
  for (const hear of hearers) hear();
}

/** Choose a coin, or no longer; one too many is not taken. Says whether there was something to do. */
export function toggleChosen(symbol) {
  const before = chosen();
  if (before.includes(symbol)) choose(before.filter((each) => each !== symbol));
  else if (before.length < MOST) choose([...before, symbol]);
  else return false;
  return true;
}

/** `draw()` as long as `root` is on the page, whenever other coins are chosen. */
export function redrawWhenChosen(root, draw) {
  const hear = () => root.isConnected ? draw() : hearers.delete(hear);
  hearers.add(hear);
}

/** Where the chosen coins are compared on a timeframe; null while there are too few. */
export function compareAddress(timeframe, symbols = chosen()) {
  return symbols.length < FEWEST ? null : `compare?${new URLSearchParams({ coins: symbols.join(","), timeframe })}`;
}
