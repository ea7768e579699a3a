// The coins somebody watches: kept in the browser, heard by every tab, asked for in an address as `watch=BTC,ETH`.

import { make } from "./dom.js";
import { addressWith, goTo } from "./navigation.js";
import { keep, kept, onKept } from "./storage.js";
import { say } from "./speech.js";

const NAME = "watchlist";
const PARAMETER = "watch";

/** In an address: the coins of the browser that opens it, whichever these are. */
export const MINE = "mine";

const COIN = /^[A-Z0-9]{1,30}$/;

/** The symbols that a list names, each once; undefined where it is no list. What is no symbol is left out. */
export function symbolsIn(found) {
  return Array.isArray(found)
    ? [...new Set(found.filter((each) => typeof each === "string" && COIN.test(each)))]
    : undefined;
}

export function watched() {
  return kept(NAME, symbolsIn, []);
}

export function isWatched(symbol) {
  return watched().includes(symbol);
}

/** Watch these and no other. */
export function watch(symbols) {
  keep(NAME, symbolsIn(symbols));
}

export function toggleWatched(symbol) {
  const before = watched();
  watch(before.includes(symbol) ? before.filter((each) => each !== symbol) : [...before, symbol]);
}

export function onWatchlist(hear) {
  return onKept(NAME, hear);
}

/** The watched before the others, both as they came. */
export function watchedFirst(rows, symbols = watched()) {
  const first = new Set(symbols);
  return [...rows.filter(({ symbol }) => first.has(symbol)), ...rows.filter(({ symbol }) => !first.has(symbol))];
}

// ---------------------------------------------------------------- in the address

/** How an address names the coins; in the order of the alphabet, so that one list has one address. */
export function listText(symbols) {
  return [...symbols].sort().join(",");
}

/** What the address asks for: a list, MINE, or null where it asks for no watchlist. */
export function asked(search = location.search) {
  return new URLSearchParams(search).get(PARAMETER) || null;
}

/** Show only the coins watched here, or all again; says whether there was something to do. */
export function toggleAsked() {
  if (asked()) goTo(addressWith({ [PARAMETER]: null }));
  else if (watched().length) goTo(addressWith({ [PARAMETER]: listText(watched()) }));
  else return false;
  return true;
}

let shown; // this browser's list as it was when the address was looked at last

/**
 * Where the address asks for the list of this browser, by MINE or by its coins, let it ask for the one there is now; MINE
 * stays where nothing is watched, which is told above the page.
 * Call it whenever a page is drawn or the list changes; says whether there was something to do.
 */
export function followWatchlist() {
  const [before, now] = [shown, listText(watched())];
  shown = now;
  const follows = asked() === MINE ? now : before && before !== now && asked() === before;
  if (follows) goTo(addressWith({ [PARAMETER]: now || null }), { replace: true });
  return Boolean(follows);
}

// ---------------------------------------------------------------- stars

/** A star that a click turns on and off. */
export function makeStar(symbol, name) {
  const star = make("button", "star");
  star.type = "button";
  star.dataset.star = symbol;
  star.setAttribute("aria-label", say("Watch {name}", { name }));
  star.title = say("Watch {name} (s)", { name });
  star.onclick = (event) => {
    event.stopPropagation(); // what it stands on opens the coin
    toggleWatched(symbol);
  };
  drawStar(star, watched());
  return star;
}

/** Show in every star below `root` whether its coin is among `symbols`. */
export function drawStars(root, symbols = watched()) {
  for (const star of root.querySelectorAll("[data-star]")) drawStar(star, symbols);
}

function drawStar(star, symbols) {
  const on = symbols.includes(star.dataset.star);
  star.textContent = on ? "★" : "☆";
  star.setAttribute("aria-pressed", String(on));
}

/** Draw the rows of a table, the watched first; `drawPinned(rows)` is called again whenever the list changes. */
export function pinWatched(table, rows, drawPinned) {
  const first = !table.pin;
  table.pin = () => {
    drawPinned(watchedFirst(rows));
    drawStars(table.element);
  };
  table.pin();
  if (first) redrawWhenWatched(table.element, () => table.pin());
}

/** `draw()` as long as `root` is on the page, whenever the list changes. */
export function redrawWhenWatched(root, draw) {
  const stop = onWatchlist(() => {
    if (root.isConnected) draw();
    else stop();
  });
}
