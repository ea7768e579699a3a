// The board: controls, what they leave in words and bands, and the cards. Python sends what passes all filters but the
// minimums, which are applied here while the slider is dragged. What another address of the page asks for is fetched at once
// and drawn ahead of the run of the page's script that says the same.

import { drawRows, gridSteps, keyedList, make, makeRole, moveFocusByKeys, setText } from "../shared/dom.js";
import { bands } from "../shared/looks.js";
import { chosen, redrawWhenChosen } from "../shared/compared.js";
import { addressWith, isSameQuery, onAddress, pageHere } from "../shared/navigation.js";
import { drawnOf, drawsNews, newestNews } from "../shared/news.js";
import { unpacked } from "../shared/packing.js";
import { drawStars, redrawWhenWatched, toggleWatched, watched, watchedFirst } from "../shared/watchlist.js";
import { activeFilters, ask, drawBar, drawChoices, makeBar, resetFilters, toggled } from "./bar.js";
import { emptyCard, fill, isQuiet, keyOf, markChange } from "./card.js";
import { countsAt, isAmong, loweredTo, reaches } from "./minimum.js";
import { bandBefore } from "./order.js";
import { isRead, orderOf, sameOrder } from "../shared/held_order.js";
import { restoreTable } from "./table_place.js";
import { drawTray, makeTray } from "./tray.js";
import { inARow, PERCENT, say, sayCount } from "../shared/speech.js";

const MOST_KEPT = 16; // boards, of about 60 KB each

const boards = new WeakMap(); // root element -> what has been drawn into it
const known = new Map(); // signal -> its band, for as long as the browser's page lives
const kept = { of: null, boards: new Map() }; // what was fetched of the newest news, by the query that asks for it
const onTheWay = new Map(); // news and query -> the promise of that board
let answered = null; // the press of a star in the table that was followed last
let current = null; // the board that was drawn last, which hears of other addresses

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".root");
  if (data.skeletons) {
    root.replaceChildren(skeletons(data.skeletons));
    boards.delete(root);
    return drawsNews(root, () => false); // what was here before a server's restart is here no more: a run draws the first
  }
  const board = boards.get(root) ?? begin(root);
  if (current === null) onAddress(drawAhead);
  current = board;
  if (board.given === data) return; // Streamlit calls again with what is old by now
  if (board.ahead === location.search && !isSameQuery(data.asked, board.ahead)) return; // a run from before a step
  board.given = data;
  board.tellWatched = (symbols) => setStateValue("watched", symbols);
  starAsked(data.star);
  if (isSame(board.data, data)) drawNews(board); // the run has named the tab
  else draw(board, data);
  if (data.view.layout !== "Cards") {
    restoreTable();
    return drawsNews(root, () => false); // the table is drawn by the page's script
  }
  drawsNews(root, () => drawNewest(board));
  const news = newestNews();
  if (news !== null && news.version > data.version) drawNewest(board);
}

/** A star that was pressed in the table, which is Python's: the list is the browser's. */
function starAsked(star) {
  if (!star || star.press === answered) return;
  answered = star.press;
  toggleWatched(star.symbol);
}

/** Fetch what the page shows now, unless it asks for something else by then; whether that could be had. */
async function drawNewest(board) {
  const asked = location.search;
  const data = await fetched(asked);
  if (data === null) return false;
  if (asked === location.search) draw(board, data);
  return true;
}

/** The board that a query asks for; null where there is none. What is on its way since the newest news is not asked again. */
function fetched(query) {
  const asked = `${drawnOf()} ${query}`;
  if (!onTheWay.has(asked)) {
    onTheWay.set(asked, fetchBoard(query).finally(() => onTheWay.delete(asked)));
  }
  return onTheWay.get(asked);
}

async function fetchBoard(query) {
  const of = drawnOf();
  const answer = await fetch(new URL(`live/signals${query}`, document.baseURI), { cache: "no-cache" });
  if (answer.status !== 200) return null;
  const data = await answer.json();
  if (of !== null && of === drawnOf()) keep(of, query, data);
  return data;
}

function keep(of, query, data) {
  if (kept.of !== of || kept.boards.size === MOST_KEPT) kept.boards.clear();
  kept.of = of;
  kept.boards.set(query, data);
}

/** The board that a query asks for where it was fetched since there were news: who goes to and fro waits for none. */
function keptFor(query) {
  return kept.of !== null && kept.of === drawnOf() ? kept.boards.get(query) : undefined;
}

/** A hand over a timeframe is likely to press it: what it shows is fetched meanwhile. */
function fetchAhead(board, button) {
  if (!button || !areCardsHere(board)) return;
  const query = new URL(addressWith({ timeframe: button.textContent }), document.baseURI).search;
  if (!keptFor(query)) fetched(query).catch(() => null); // whoever presses it asks again
}

/** The browser is at another address: cards that it asks for are drawn before a run of the page's script sends them. */
async function drawAhead() {
  const [board, asked] = [current, location.search];
  if (!board || board.asked === asked || !areCardsHere(board)) return;
  board.asked = asked;
  const data = keptFor(asked) ?? await fetched(asked).catch(() => null); // the run says why, or comes once the server is back
  if (data === null || !areCardsHere(board) || asked !== location.search || data.view.layout !== "Cards") return;
  board.ahead = asked;
  draw(board, data);
}

function areCardsHere(board) {
  return board.cards.element.isConnected && pageHere() === "" && board.data.view.layout === "Cards";
}

/** Whether a run sends nothing but what is drawn. */
function isSame(drawn, given) {
  const [before, after] = [drawn, given].map((data) =>
    JSON.stringify({ ...data, told: null, star: null, asked: null })
  );
  return before === after;
}

function draw(board, data) {
  board.data = data;
  board.sent = unpacked(data.cards).map((card) => ({ ...card, elsewhere: data.elsewhere }));
  board.all = watchedFirst(board.sent);
  tellWatched(board);
  drawBar(board.bar, { ...data, counted: data.counted ? unpacked(data.counted) : board.all }, board.all);
  const viewed = JSON.stringify(data.view);
  arrange(board, viewed === board.viewed && isRead(board.cards.element));
  board.viewed = viewed;
  drawNews(board);
  drawChosen(board);
}

function begin(root) {
  const board = {
    bar: makeBar(() => applyMinimums(board)),
    bands: makeRole("group", "div", "bands"),
    sentence: make("span", "sentence"),
    changed: make("span", "news"),
    resort: make("button", "resort", say("Order changed · re-sort")),
    cards: keyedList(makeRole("list", "ul", "cards")),
    weak: make("button", "weak"),
    quiet: keyedList(makeRole("list", "ul", "cards quiets")),
    empty: make("div", "empty"),
    tray: makeTray(),
    names: new Map(),
    order: [],
  };
  board.bands.setAttribute("aria-label", say("Bands"));
  board.resort.type = board.weak.type = "button";
  board.resort.onclick = () => arrange(board, false);
  board.weak.title = say("Never tested, worse than no model, or right too seldom while no skill is proven");
  board.weak.onclick = () => ask({ weak: board.data.view.weak_hidden ? null : "hidden" });
  board.bar.timeframes.onpointerover = ({ target }) => fetchAhead(board, target.closest("button"));
  for (const { element } of [board.cards, board.quiet]) {
    moveFocusByKeys(element, (links, place) => gridSteps(columnsOf(links), place, links.length));
  }
  const summary = make("div", "summary", board.bands, board.sentence, board.changed, board.resort);
  root.replaceChildren(
    board.bar.element,
    summary,
    board.empty,
    board.cards.element,
    board.weak,
    board.quiet.element,
    board.tray.element,
  );
  redrawWhenWatched(root, () => drawWatched(root, board));
  redrawWhenChosen(root, () => drawChosen(board));
  boards.set(root, board);
  return board;
}

function drawWatched(root, board) {
  board.all = watchedFirst(board.sent);
  drawStars(root);
  arrange(board, isRead(board.cards.element));
  tellWatched(board);
}

/** Mark the cards that are to be compared, and show the tray. */
function drawChosen(board) {
  const { cards, quiet, all, tray, data, names } = board;
  const symbols = new Set(chosen());
  for (const { element } of [...cards.drawn.values(), ...quiet.drawn.values()]) {
    element.classList.toggle("chosen", symbols.has(element.dataset.symbol));
  }
  for (const { symbol, coin } of all) names.set(symbol, coin); // those that a filter hides now are named as before
  drawTray(tray, data.view.timeframe, (symbol) => names.get(symbol) ?? symbol);
}

/** The table is Python's: it has to know which coins come first. */
function tellWatched({ given: { view, told }, tellWatched: tell }) {
  const symbols = watched();
  if (view.layout === "Table" && JSON.stringify(symbols) !== JSON.stringify(told)) tell(symbols);
}

function columnsOf(links) {
  const top = links[0].parentElement.offsetTop;
  return links.filter((link) => link.parentElement.offsetTop === top).length;
}

// ---------------------------------------------------------------- cards

/** Put the cards in their order; `held`, each stays where it stood, and a button says that the order has changed. */
function arrange(board, held) {
  const shown = board.data.view.layout === "Cards" ? board.all : [];
  const loud = new Map(shown.filter((card) => !isQuiet(card)).map((card) => [keyOf(card), card]));
  const wanted = [...loud.keys()];
  board.order = orderOf(board.order, wanted, held);
  board.resort.hidden = sameOrder(board.order, wanted);
  const parts = { keyOf, begin: emptyCard, fill };
  gliding(board.cards, loud, () => drawRows(board.cards, board.order.map((key) => loud.get(key)), parts));
  drawRows(board.quiet, shown.filter(isQuiet), parts);
  applyMinimums(board);
}

/** Cards that stay but change their place glide there, where motion is welcome. */
function gliding({ drawn }, staying, draw) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return draw();
  const kept = [...drawn].filter(([key]) => staying.has(key)).map(([, { element }]) => element);
  const before = new Map(kept.map((element) => [element, element.getBoundingClientRect()]));
  draw();
  for (const [element, old] of before) {
    const now = element.getBoundingClientRect();
    const [x, y] = [old.left - now.left, old.top - now.top];
    if (element.isConnected && old.width && now.width && (x || y)) {
      element.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], {
        duration: 200,
        easing: "ease-out",
      });
    }
  }
}

/** Hide what does not reach the minimums, count what is left, and say what would bring something back. */
function applyMinimums(board) {
  const { minimums } = board.bar;
  const { view } = board.data;
  let weak = 0;
  for (const card of board.all) {
    const list = isQuiet(card) && view.layout === "Cards" ? board.quiet : board.cards;
    const drawn = list.drawn.get(keyOf(card));
    const passes = reaches(card, minimums);
    if (card.weak && passes) weak += 1;
    if (drawn) drawn.element.hidden = !passes || Boolean(card.weak && view.weak_hidden);
  }
  board.weak.hidden = !weak || view.layout !== "Cards";
  setText(board.weak, view.weak_hidden ? say("{weak} weak: show", { weak }) : say("{weak} weak: hide", { weak }));
  board.weak.setAttribute("aria-expanded", String(!view.weak_hidden));
  drawBands(board);
  drawEmpty(board, inSight(board).some((card) => reaches(card, minimums)));
}

/** All signals but those of weak models where these are hidden, which the table never does. */
function inSight({ all, data: { view } }) {
  return view.weak_hidden && view.layout === "Cards" ? all.filter((card) => !card.weak) : all;
}

// ---------------------------------------------------------------- words

function drawBands({ bands: element, sentence, bar, data: { counts, view, sentence: text } }) {
  const called = bar.counted.filter(({ direction }) => isAmong(direction, view.directions));
  const there = countsAt(counts.bands, called, bar.minimums, (card) => card.weak ? null : card.band);
  const named = Object.entries(bands).map(([name, { word }]) => [name, `${word} ${there[name] ?? 0}`]);
  drawChoices(element, named, view.bands, (name) => ask({ bands: toggled(view.bands, name) }));
  const whole = activeFilters({ ...view, minimums: bar.minimums }) ? say("The whole board:") : "";
  setText(sentence, inARow(whole, text));
}

/** What changed at the newest close: marked on the cards, counted beside them and in the tab's title. */
function drawNews(board) {
  let changed = 0;
  for (const card of board.all) {
    if (!card.move) continue;
    const from = bandBefore(known, card);
    if (from && !card.weak) changed += 1;
    const drawn = board.cards.drawn.get(keyOf(card));
    if (drawn && drawn.mark !== from) markChange(drawn, card, from);
    if (drawn) drawn.mark = from;
  }
  setText(board.changed, changed ? say("{changed} changed band at the last close.", { changed }) : "");
  const title = say("Signals · {timeframe}", { timeframe: board.data.view.timeframe });
  document.title = changed ? `(${changed}) ${title}` : title;
}

/** Why nothing is seen: every filter that is on, and what would be seen without it, or with its minimum lowered. */
function drawEmpty(board, some) {
  const { empty, bar, data } = board;
  empty.hidden = some;
  if (some) return;
  const lowered = Object.entries(bar.minimums)
    .filter(([, least]) => least)
    .map(([measure, asked]) => ({
      measure,
      asked,
      name: data.measures[measure],
      ...loweredTo(inSight(board), bar.minimums, measure),
    }));
  const others = data.empty?.lifts ?? [];
  const reset = button(say("Reset all filters"), () => resetFilters({ weak: null }));
  if (lowered.length === 1 && !others.length && lowered[0].count) {
    const [{ name, percent, count }] = lowered;
    const text = sayCount(
      "No signal reaches this minimum. At {name} ≥ {percent} % there is {count}.",
      "No signal reaches this minimum. At {name} ≥ {percent} % there are {count}.",
      count,
      { name, percent },
    );
    return empty.replaceChildren(
      make("p", "", text),
      lowering(lowered[0], say("Lower to {percent} %", { percent })),
      reset,
    );
  }
  const ways = [
    ...lowered.map((each) => ({ made: lowering(each, loweringText(each)), back: each.count ?? 0 })),
    ...others.map(({ parameter, text, back }) => ({ made: button(text, () => ask({ [parameter]: null })), back })),
  ].sort((one, other) => other.back - one.back);
  const text = data.empty?.text ?? say("No signal reaches these minimums together.");
  empty.replaceChildren(make("p", "", text), make("ul", "ways", ...ways.map(wayBack)), reset);
}

function lowering({ measure, percent }, text) {
  return button(text, () => ask({ [`min_${measure}`]: percent ? String(percent) : null }));
}

function loweringText({ name, asked, percent }) {
  if (percent) return say("Lower {name} to {percent} %", { name, percent });
  return say("Drop {filter}", { filter: `${name} ≥ ${Math.round(asked * 100)}${PERCENT}` });
}

function wayBack({ made, back }) {
  const told = back
    ? sayCount("{count} signal comes back", "{count} signals come back", back)
    : say("brings none back by itself");
  return make("li", back ? "" : "vain", made, make("span", "", told));
}

function button(text, act) {
  const made = make("button", "", text);
  made.type = "button";
  made.onclick = act;
  return made;
}

function skeletons(count) {
  const list = make("div", "cards", ...Array.from({ length: count }, () => make("div", "card skeleton")));
  list.setAttribute("aria-busy", "true");
  list.setAttribute("aria-label", say("Loading signals"));
  return list;
}
