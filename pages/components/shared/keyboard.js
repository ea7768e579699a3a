// The keys that work on every page, whatever has the focus but a field that is typed into.

import { make } from "./dom.js";
import { neighbourHere } from "./coin_list.js";
import { chosen, compareAddress, toggleChosen } from "./compared.js";
import { addressWith, coinReadLast, goTo, pageHere, scroller } from "./navigation.js";
import { toggleWatched } from "./watchlist.js";
import { say } from "./speech.js";

const PAIR = 1500; // milliseconds in which a letter after "g" still belongs to it

const LINE = 40; // pixels that an arrow scrolls by, and that a page leaves in sight

const OF_ONE_TIMEFRAME = ["", "coin", "compare"]; // the paths of pages
const OF_EVERY_TIMEFRAME = ["changes", "model_quality", "track_record"]; // until one is chosen

let page = { links: new Map(), timeframes: [], path: "" }; // what the bar above the page says
let help; // the dialog, once it was asked for
let afterG = 0; // until when a letter names a page

/** Listen from now on; `bar` has the links of pages by path, the timeframes, and the path of the page that is shown. */
export function listenToKeys(bar) {
  const first = !page.timeframes.length;
  page = bar;
  if (first) document.addEventListener("keydown", onKey, { capture: true });
}

/** The pages by their paths, which have letters in whatever language their titles are. */
function pageNames() {
  return [...page.links.keys()].map((path) => path || "signals");
}

/** One letter for each name: the first of it that no earlier one has taken. */
export function lettersOf(names) {
  const taken = new Set();
  return names.map((name) => {
    const letter = [...name.toLowerCase()].find((each) => /[a-z]/.test(each) && !taken.has(each)) ?? "";
    taken.add(letter);
    return letter;
  });
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const at = event.composedPath()[0];
  const typing = at.matches?.("input:not([type=range]), textarea, select, [contenteditable=true]");
  if (event.key === "Escape") {
    if (typing && !at.matches("[type=radio], [type=checkbox]")) at.blur();
    if (at.matches?.("[type=search]")) event.preventDefault(); // a browser would empty it, unseen by the page
    help?.close();
    return;
  }
  if (at.matches?.("body") && scrolled(event)) return event.preventDefault();
  if (typing || !(event.key === "Enter" ? compare(at) : act(event.key))) return;
  event.preventDefault();
  event.stopPropagation(); // Streamlit has keys of its own
}

/** Browsers scroll the document by keys, and the page is a part of it that does so by itself only once it was clicked into. */
function scrolled(event) {
  const main = scroller();
  const place = main ? placeAfter(event, main) : undefined;
  if (place === undefined) return false;
  main.scrollTop = place;
  return true;
}

/** Where a key leads in a part that scrolls; undefined where it leads nowhere. */
export function placeAfter({ key, shiftKey }, { scrollTop, scrollHeight, clientHeight }) {
  const page = clientHeight - LINE;
  return {
    Home: 0,
    End: scrollHeight,
    PageDown: scrollTop + page,
    PageUp: scrollTop - page,
    " ": scrollTop + (shiftKey ? -page : page),
    ArrowDown: scrollTop + LINE,
    ArrowUp: scrollTop - LINE,
  }[key];
}

/** Whether the key means something here. */
function act(key) {
  if (performance.now() < afterG) {
    afterG = 0;
    return open(key);
  }
  if (key === "g") return Boolean(afterG = performance.now() + PAIR);
  if (key === "/") return focusSearch();
  if (key === "?") return showHelp();
  if (key === "s") return starWhatIsRead();
  if (key === "c") return chooseWhatIsRead();
  if (key === "n" || key === "p") return turnTo(key === "n" ? "next" : "previous");
  if (key === "W") return page.toggleWatchlist();
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
  return showTimeframe(page.timeframes[Number(key) - 1]);
}

/** The timeframe alone; on pages of every one the same key shows them all again. */
function showTimeframe(timeframe) {
  if (!timeframe || ![...OF_ONE_TIMEFRAME, ...OF_EVERY_TIMEFRAME].includes(page.path)) return false;
  const asked = new URLSearchParams(location.search);
  const all = OF_EVERY_TIMEFRAME.includes(page.path) && !asked.has("symbol") && asked.get("timeframe") === timeframe;
  goTo(addressWith({ timeframe: all ? null : timeframe }));
  return true;
}

function open(letter) {
  const place = lettersOf(pageNames()).indexOf(letter);
  [...page.links.values()][place]?.click();
  return place >= 0;
}

/** Everything that `selector` finds in the page and in the components on it, as far as it is seen. */
function visible(selector) {
  const roots = [document, ...[...document.querySelectorAll("*")].map((each) => each.shadowRoot).filter(Boolean)];
  return roots.flatMap((root) => [...root.querySelectorAll(selector)]).filter((each) => each.offsetParent !== null);
}

/** The field that searches coins; where a page has none, the one that chooses them. */
function focusSearch() {
  const [search] = [
    ...visible('input[type="search"]'),
    ...visible('[class*="st-key-coin_symbol"] input, [class*="st-key-compared_coins"] input'),
  ];
  search?.focus();
  search?.select();
  return Boolean(search);
}

/** The next or the previous signal gets the focus; where none has it, one that is seen. */
function step(by) {
  const links = visible("li.card a.open, .body .row a, .body a.row");
  const at = links.findIndex((link) => link.getRootNode().activeElement === link);
  links[at < 0 ? placeRead(links) : Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
  return links.length > 0;
}

/** Where reading goes on: at the coin one comes back from, where it is seen, and otherwise at the first that is. */
function placeRead(links) {
  const left = coinReadLast();
  const place = links.findIndex((link) => symbolOf(link) === left && isSeen(link));
  return Math.max(place < 0 ? links.findIndex(isSeen) : place, 0);
}

/** Whether the middle of a link is in the window, and neither below a bar nor beyond the edge of a table that scrolls. */
function isSeen(link) {
  const { left, top, width, height } = link.getBoundingClientRect();
  const there = link.getRootNode().elementFromPoint(left + width / 2, top + height / 2);
  return Boolean(there) && symbolOf(there) === symbolOf(link);
}

/** Watch the coin that has the focus, that is pointed at, or that the page is about; or watch it no longer. */
function starWhatIsRead() {
  const symbol = symbolRead() ?? new URLSearchParams(location.search).get("symbol");
  if (symbol) toggleWatched(symbol.toUpperCase());
  return Boolean(symbol);
}

/** Choose the coin that has the focus or is pointed at to be compared, or no longer. */
function chooseWhatIsRead() {
  const symbol = page.path === "" && symbolRead();
  return Boolean(symbol) && toggleChosen(symbol);
}

/** Enter, with coins chosen: on the card of one of them, or where nothing else would hear it. Any other card is opened. */
function compare(at) {
  const address = page.path === "" && compareAddress(timeframeHere());
  if (!address || !(at.matches?.("body") || at.matches?.("a.open") && chosen().includes(symbolOf(at)))) return false;
  goTo(address);
  return true;
}

/** The timeframe that the page of signals is about. */
function timeframeHere() {
  const asked = new URLSearchParams(location.search).get("timeframe");
  return page.timeframes.includes(asked) ? asked : page.timeframes[0];
}

function symbolOf(element) {
  return element?.closest("[data-symbol]")?.dataset.symbol;
}

function symbolRead() {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  const hasFocus = focused?.closest("[data-symbol]");
  const pointedAt = visible("[data-symbol]").find((each) => each.matches(":hover"));
  const byKeys = focused?.matches(":focus-visible"); // a click leaves its focus behind, too
  return (byKeys ? hasFocus ?? pointedAt : pointedAt ?? hasFocus)?.dataset.symbol;
}

/** From coin to coin of the list one came from, counted from where the browser is: a page half drawn loses no key. */
function turnTo(neighbour) {
  const symbol = pageHere() === "coin" && neighbourHere(neighbour);
  if (!symbol) return false;
  goTo(addressWith({ symbol, candle: null }));
  return true;
}

function showHelp() {
  help ??= makeHelp();
  if (!help.open) help.showModal();
  return true;
}

function makeHelp() {
  const titles = [...page.links.values()].map((link) => link.textContent);
  const letters = lettersOf(pageNames());
  const keys = [
    ["/", say("search or choose a coin, where the page has a field for it")],
    ["j  k", say("next, previous signal")],
    ["← → ↑ ↓", say("among cards and cells")],
    ["Enter", say("open it")],
    ["Esc", say("leave a field, close this")],
    ["p  n", say("previous, next coin of the list one came from")],
    ["s", say("watch the coin, or no longer")],
    ["W", say("watched coins only, or all")],
    ["c", say("choose a signal's coin to compare; Enter compares two to four")],
    [`1 – ${page.timeframes.length}`, page.timeframes.join(", ")],
    ...titles.map((title, place) => [`g ${letters[place]}`, title]),
    ["?", say("these keys")],
  ];
  const rows = keys.flatMap(([key, means]) => [make("dt", "", make("kbd", "", key)), make("dd", "", means)]);
  const close = make("button", "tool", say("Close (Esc)"));
  close.type = "button";
  const dialog = make("dialog", "market-header-keys", make("h2", "", say("Keys")), make("dl", "", ...rows), close);
  dialog.setAttribute("aria-label", say("Keys"));
  close.onclick = () => dialog.close();
  document.querySelector(".market-header").append(dialog);
  return dialog;
}
