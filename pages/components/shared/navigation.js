// From one address to the next without a reload. Every step is one entry of the browser's history, and each entry
// remembers how far its page was scrolled: Back and Forward restore both.
//
// Streamlit follows the browser's own popstate: it runs the page that the address names with what the address says.

import { watchStep } from "./lost_steps.js";
import { isConnected } from "./offline.js";
import { keepInTab, keptInTab } from "./storage.js";

const KEPT = "address:"; // under which this tab keeps each page's last address
const RESTING = 150; // milliseconds without scrolling after which a place is remembered
const PATIENCE = 2500; // milliseconds after its run in which a page has to become long enough for its old place
const RESTART = 60_000; // and in which one has to whose server was away: it has nothing to show at first

/**
 * Go to `address`, relative to the app or absolute. A page is entered at its top, or at the part that is named; another view
 * of it stays in place, but `atTop`. With `replace` there is no way back to where one was: for what is still being typed.
 */
export function goTo(address, { replace = false, atTop = false } = {}) {
  const there = withPickedLevels(new URL(address, document.baseURI));
  if (there.href === location.href) return;
  keepAddress();
  rememberPlace();
  const stays = there.pathname === location.pathname && !atTop && !there.hash;
  const state = { place: stays ? placeNow() : 0 };
  if (replace) replaceEntry(state, "", there.href);
  else pushEntry(state, "", there.href);
  places.set(entryHere(), state.place);
  dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
}

/** What the page of a coin was last asked for in this tab. */
function coinKept() {
  return new URLSearchParams(keptInTab(KEPT + "coin") ?? "");
}

/** The symbol of the coin whose page was read last, if any was. */
export function coinReadLast() {
  return coinKept().get("symbol");
}

/** The levels that were picked on the page of a coin go along to other coins. */
function withPickedLevels(there) {
  const page = there.pathname.split("/").at(-1);
  const picked = coinKept().get("levels");
  if (page === "coin" && picked && !there.searchParams.has("levels")) there.searchParams.set("levels", picked);
  return there;
}

/** The address of this page with `changes` to its parameters: null takes one away. */
export function addressWith(changes, search = location.search) {
  const parameters = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    parameters.delete(name);
    for (const each of value === null ? [] : [value].flat()) parameters.append(name, each);
  }
  const text = parameters.toString();
  return `${location.pathname}${text ? `?${text}` : ""}`;
}

/** A link that leads where it says, `how` as goTo; in a new tab or window it goes there by itself, as any link does. */
export function leadsThere(link, before = (_link) => {}, how = {}) {
  link.onclick = (event) => {
    before(link);
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    goTo(link.href, how);
  };
}

/** Words of a page lead to another page of this app in place: Streamlit would open a new tab. */
function followWords(event) {
  const link = event.target.closest?.('[data-testid="stMarkdownContainer"] a[href]');
  if (!link || !isPageHere(link.href, document.baseURI)) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  goTo(link.href);
}

/** Whether an address is that of another page of the app whose pages stand right below `base`, or of this one with other parameters. */
export function isPageHere(address, base, { pathname, search } = location) {
  const there = new URL(address, base);
  const folder = new URL("./", base);
  return there.origin === folder.origin && (there.pathname !== pathname || there.search !== search) &&
    there.pathname.startsWith(folder.pathname) && !there.pathname.slice(folder.pathname.length).includes("/");
}

// ---------------------------------------------------------------- where one was

/** How a page's link is completed: by what its page was last asked for in this tab. */
function lastAddress(path, defaults = "") {
  return `${path || "./"}${keptInTab(KEPT + path) ?? defaults}`;
}

/**
 * Where a page's link leads now: the page that the browser is at begins anew. `aboutACoin` is, of a page that is about one
 * coin and timeframe, which it shows where none was named.
 */
export function pageAddress(path, aboutACoin = null) {
  if (path === pageHere()) return path || "./";
  return aboutACoin ? coinAddress(path, aboutACoin) : lastAddress(path);
}

/** The path of the page that the browser is at, drawn or not. */
export function pageHere() {
  return location.pathname.split("/").pop();
}

/** The coin's link: of the coin that this page is about, otherwise of the one looked at last. */
function coinAddress(path, first) {
  const here = new URLSearchParams(location.search);
  const symbol = here.get("symbol");
  const timeframe = here.get("timeframe") ?? first.timeframe;
  if (symbol) return `${path}?${new URLSearchParams({ symbol, timeframe })}`;
  return lastAddress(path, `?${new URLSearchParams({ symbol: first.symbol, timeframe })}`);
}

let drawn = null; // the path of the page whose header was drawn last,
let drawnAs = ""; // and the query it was asked for with

/**
 * Keep the address of the page that is drawn, now and once more when it is left; it was `asked` for with this query, to
 * which the choice that was made last on it had led from the query `chosenAt`, if any was.
 */
export function rememberAddress(path, asked, chosenAt = null) {
  [drawn, drawnAs] = [path, asked];
  if (wanted && isDrawn(wanted)) wanted.arrived = true; // it may be completed and drawn once more as that
  if (isChosenSinceTheStep(chosenAt)) {
    if (wanted) wanted.arrived = true;
    unheeded = [];
    pushAnothers({}, "", addressWith({}, asked));
  }
  keepAddress();
  if (installed && !wanted) returnToTheAddress();
}

let unheeded = []; // the queries that runs named while the last step was on its way

/**
 * Whoever chooses before the page that a step leads to has come does so on the one before it, and the word that their choice
 * led elsewhere is taken for a late one. It was none if it was chosen at the address of the step.
 */
function isChosenSinceTheStep(chosenAt) {
  return chosenAt !== null && drawn === pageHere() && isSameQuery(chosenAt, location.search) &&
    unheeded.some((query) => isSameQuery(query, drawnAs));
}

let returned = ""; // what was drawn last of all elsewhere than at its address, and where

/** A run of before the last step may draw last of all: what the address says is drawn once more, for as long as that helps. */
function returnToTheAddress() {
  if (drawn === pageHere() && isSameQuery(drawnAs, location.search)) return void (returned = "");
  const strayed = [drawn, drawnAs, location.href].join(" ");
  if (strayed === returned) return;
  returned = strayed;
  watchOver();
  stepAgain(location.href);
}

/** Unless the browser is at another page's already, which is about to be drawn. */
function keepAddress() {
  if (drawn === pageHere()) keepInTab(KEPT + drawn, location.search);
}

/** Whether two queries ask for the same, in whatever order and spelling. */
export function isSameQuery(one, other) {
  const [first, second] = [one, other].map((query) => new URLSearchParams(query));
  first.sort();
  second.sort();
  return first.toString() === second.toString();
}

let wanted = null; // the last step while it is watched: where it leads, and whether that has been drawn since
let again = false; // whether a step is just being taken once more

function isDrawn({ path, query }) {
  return drawn === path && isSameQuery(drawnAs, query);
}

/** What the address says now is to be drawn, whatever a run of the page before says of its own. */
function watchOver() {
  const step = { address: location.href, path: pageHere(), query: location.search, arrived: false };
  step.already = isDrawn(step); // before its run, as what stood there before what one comes from
  wanted = step;
  unheeded = [];
  watchStep({
    isThere: () => (step.arrived || isDrawn(step)) && drawn === step.path && pageHere() === step.path,
    isAtRest: () => isConnected() && isAtRest(), // a step that is taken while the server is away is lost until it is back
    take: () => stepAgain(step.address),
    end: () => {
      wanted = null;
      returnToTheAddress();
    },
  });
}

/** Until the page that was stepped to is drawn, nobody has chosen anything on it. */
function isOnTheWay() {
  return wanted !== null && !wanted.arrived && (wanted.already || !isDrawn(wanted));
}

function pushEntry(...entry) {
  History.prototype.pushState.call(history, ...entry);
  for (const hear of hearers) hear();
}

function replaceEntry(...entry) {
  History.prototype.replaceState.call(history, ...entry);
}

const hearers = new Set();

/** `hear` is called after every step of the browser and every entry that the server adds. */
export function onAddress(hear) {
  hearers.add(hear);
  addEventListener("popstate", hear);
}

/** One that the server asked for, as what is chosen on a page changes: the place one leaves is the old entry's. */
function pushAnothers(...entry) {
  rememberPlace();
  pushEntry(...entry);
  shown = entryHere();
}

/**
 * Streamlit adds an entry to the history where a run names another address than the browser is at, or, after Back and
 * Forward, puts that address into the entry that was stepped to. While a step is on its
 * way only runs of the page that was left do, with a path or parameters of its own: Back would lead there and Forward
 * nowhere. So every step leads to a whole address, to which the page that is coming has nothing to add. One of those runs
 * may speak last of all: no run leads to another page, and none takes its coin from the page of a coin.
 */
function heedNoLateWords() {
  history.pushState = (...entry) => isHeeded(entry[2]) && pushAnothers(...entry);
  history.replaceState = (...entry) => isHeeded(entry[2]) && replaceEntry(...entry);
}

function isHeeded(address) {
  if (address === undefined) return true; // what is remembered of the entry that the browser is at
  const there = new URL(address, document.baseURI);
  const isOfThePageLeft = there.pathname !== location.pathname || losesItsCoin(there);
  if (isOnTheWay() && !isOfThePageLeft) unheeded.push(there.search);
  return !isOnTheWay() && !isOfThePageLeft;
}

function losesItsCoin(there) {
  return pageHere() === "coin" && new URLSearchParams(location.search).has("symbol") &&
    !there.searchParams.has("symbol");
}

function stepAgain(address) {
  if (location.href !== address) replaceEntry(history.state, "", address);
  again = true;
  dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
  again = false;
}

function isAtRest() {
  return document.querySelector('[data-testid="stApp"]')?.getAttribute("data-test-script-state") === "notRunning";
}

// ---------------------------------------------------------------- scrolling

/** The part of the document that scrolls; null before Streamlit has drawn it. */
export function scroller() {
  return document.querySelector('[data-testid="stMain"]');
}

function placeNow() {
  return Math.round(scroller()?.scrollTop ?? 0);
}

/** Of the entry whose page is drawn: what still stands there of the page before is scrolled as that was. */
function rememberPlace() {
  if (isOnTheWay() || drawn !== pageHere()) return;
  places.set(entryHere(), placeNow());
  if (history.state?.place !== placeNow()) replaceEntry({ ...history.state, place: placeNow() }, "");
}

/** What the entry of the history is called that the browser is at, whatever Streamlit makes of its address and state. */
export function entryHere() {
  return globalThis.navigation?.currentEntry?.key ?? location.href;
}

const places = new Map(); // entry -> its place, known before its state is: that waits until scrolling rests
let shown = null; // the entry whose page is being read
let resting; // the timer that waits until scrolling rests
let stopRestoring = () => {};
let restored = () => true; // whether no place is being restored
let held = null; // the place at which the page was left by its server; none where another was on its way

const WITHIN = "place:"; // under which this tab keeps where a part that scrolls by itself was, by entry and name

/** What brings a part that scrolls by itself, once it is drawn, to where it was read at this entry of the history. */
export function placeWithin(part, name) {
  let read = null;
  let resting;
  part.addEventListener("scroll", () => {
    clearTimeout(resting);
    const [entry, place] = [read, String(part.scrollTop)];
    resting = setTimeout(() => entry === entryHere() && keepInTab(`${WITHIN}${entry} ${name}`, place), RESTING);
  });
  return () => {
    if (read === entryHere()) return;
    read = entryHere();
    part.scrollTop = Number(keptInTab(`${WITHIN}${read} ${name}`));
  };
}

/** Bring a place of the page to its top, again and again while it grows; `bring` does it once. */
function keepBringing(bring, patience = PATIENCE) {
  stopRestoring();
  let latest = performance.now() + RESTART;
  let ends = performance.now() + patience;
  let drawing = true; // what its first run draws; later ones move nobody who reads
  let over = false;
  stopRestoring = () => over = true;
  const step = () => {
    if (over) return;
    const now = performance.now();
    const isHere = drawn === pageHere();
    if (!isConnected()) [drawing, patience, latest] = [true, RESTART, now + RESTART]; // what comes once it is back is brought
    else if (isHere || isOnTheWay()) bring();
    drawing &&= !isHere || isOnTheWay() || !isAtRest(); // one whose server says nothing is waited for, too
    if (drawing) ends = now + patience; // a server with much to do takes longer
    if (now < Math.min(ends, latest)) requestAnimationFrame(step);
    else over = true;
  };
  step();
  return () => over;
}

/** To where one was; a page that is entered by the name of one of its parts shows that. */
function restore(place, patience) {
  const part = decodeURIComponent(location.hash.slice(1));
  if (part && !place) return keepBringing(() => document.getElementById(part)?.scrollIntoView());
  return keepBringing(() => {
    const main = scroller();
    if (main && main.scrollTop !== place) main.scrollTop = place;
  }, patience);
}

const MODIFIERS = /^(Shift|Control|Alt|AltGraph|Meta|CapsLock)$/;

/** Whoever scrolls, clicks or presses a key is carried nowhere; unless they did it on another page, which is about to go. */
function leaveToTheReader(event) {
  if (drawn === pageHere() && !MODIFIERS.test(event.key)) stopRestoring();
}

/** The server went away, or is back: the page that it draws anew is shown from where it was read. */
export function keepPlaceOver(away) {
  if (away) held = restored() ? placeNow() : null;
  else if (held && restored()) restored = restore(held, RESTART);
}

/** Whatever place is being restored: the page has something else to show now. */
export function endRestoring() {
  stopRestoring();
}

function placeOf(entry, state) {
  return places.get(entry) ?? state?.place ?? 0;
}

let installed = false;

/** Remember and restore places from now on; once per page load. */
export function installNavigation() {
  if (installed) return;
  installed = true;
  heedNoLateWords();
  if (history.state?.place || location.hash) restored = restore(history.state?.place ?? 0); // a reload, or another's link
  shown = entryHere();
  addEventListener("popstate", (event) => {
    clearTimeout(resting); // what was scrolled just before is not this entry's place
    if (again) return void (restored = restore(placeOf(shown, event.state)));
    // Back right after scrolling: it did not rest. What is left before it was drawn has the place that it had.
    if (event.isTrusted && restored() && !isOnTheWay()) places.set(shown, placeNow());
    shown = entryHere();
    watchOver();
    restored = restore(placeOf(shown, event.state));
  });
  document.addEventListener("click", followWords, { capture: true });
  document.addEventListener("scroll", () => {
    if (!restored()) return;
    clearTimeout(resting);
    resting = setTimeout(rememberPlace, RESTING);
  }, { capture: true, passive: true });
  for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    document.addEventListener(kind, leaveToTheReader, { capture: true, passive: true });
  }
}
