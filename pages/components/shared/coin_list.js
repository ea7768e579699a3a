// The list of coins that somebody came from: which coins, in which order, on which page. Kept for this tab.

import { keepInTab, keptInTab } from "./storage.js";
import { symbolsIn } from "./watchlist.js";

const NAME = "list";

/** Remember the coins that are seen around `link`, in their order, for the page that it leads to. */
export function rememberList(link) {
  const all = [...link.getRootNode().querySelectorAll("[data-symbol]")];
  const symbols = symbolsIn(all.filter((each) => each.offsetParent !== null).map((each) => each.dataset.symbol));
  if (symbols.length > 1) keepInTab(NAME, JSON.stringify({ from: document.title, symbols }));
}

/** The list that was remembered last; null where none was, or something else is there. */
export function listCameFrom() {
  try {
    const { from, symbols } = JSON.parse(keptInTab(NAME));
    return { from: String(from), symbols: symbolsIn(symbols) ?? [] };
  } catch {
    return null;
  }
}

/** Where `symbol` stands among `symbols`: its place from 1 on, how many there are, and its neighbours, null at an end. */
export function placeIn(symbols, symbol) {
  const at = symbols.indexOf(symbol);
  if (at < 0) return null;
  return {
    place: at + 1,
    of: symbols.length,
    previous: symbols[at - 1] ?? null,
    next: symbols[at + 1] ?? null,
  };
}

/** The neighbour, `previous` or `next`, of the coin that the browser is at, drawn or not: itself at an end of the list. */
export function neighbourHere(name) {
  const here = new URLSearchParams(location.search).get("symbol");
  const place = placeIn(listCameFrom()?.symbols ?? [], here);
  return place && (place[name] ?? here);
}
