// The grid of signal cards. Python sends what each card says; this file decides only where it stands.

import {
  drawRows,
  gridSteps,
  keyedList,
  make,
  makeRole,
  makeShares,
  makeSilent,
  moveFocusByKeys,
  opensHere,
  setText,
} from "../shared/dom.js";
import { answerLines, spokenAnswers } from "../shared/answers.js";
import { marketNow, spanText } from "../shared/clock.js";
import { directions, severities } from "../shared/looks.js";
import { unpacked } from "../shared/packing.js";
import { sparkline } from "./sparkline.js";

const grids = new WeakMap(); // root element -> what has been drawn into it

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  if (data.skeletons) {
    root.replaceChildren(skeletons(data.skeletons));
    return;
  }
  const grid = grids.get(root) ?? begin(root);
  const cards = unpacked(data.cards);
  grid.open = ({ symbol, timeframe }) => setTriggerValue("opened", { symbol, timeframe });
  drawSummary(grid, { shown: cards.length, total: data.total, counts: data.counts });
  drawRows(grid.cards, cards, {
    keyOf: (card) => `${card.symbol} ${card.timeframe}`,
    begin: (card) => emptyCard(grid, card),
    fill,
  });
  tick(grid);
  return () => clearInterval(grid.timer);
}

function begin(root) {
  const list = makeRole("list", "ul", "cards");
  const grid = { summary: makeRole("status", "div", "summary"), cards: keyedList(list) };
  moveFocusByKeys(list, (links, place) => gridSteps(columnsOf(links), place, links.length));
  grid.timer = setInterval(() => tick(grid), 1000);
  root.replaceChildren(grid.summary, list);
  grids.set(root, grid);
  return grid;
}

/** How many links stand beside each other in the first line. */
function columnsOf(links) {
  const top = links[0].parentElement.offsetTop;
  return links.filter((link) => link.parentElement.offsetTop === top).length;
}

function tick(grid) {
  const now = marketNow();
  for (const { valid, validUntil, expired } of grid.cards.drawn.values()) {
    if (valid) setText(valid, validText(validUntil - now, expired));
  }
}

/** Whether a signal has expired is judged on the server, which knows how long its successor may take to come. */
export function validText(milliseconds, expired) {
  if (expired) return "expired";
  return milliseconds <= 0 ? "next due" : `valid ${spanText(milliseconds)}`;
}

// ---------------------------------------------------------------- summary

function drawSummary(grid, { shown, total, counts }) {
  const text = JSON.stringify([shown, total, counts]);
  if (grid.summarised === text) return;
  grid.summarised = text;
  const parts = Object.entries(directions).map(([name, { glyph, word }]) =>
    make("span", `count ${name}`, make("span", "glyph", glyph), ` ${counts[name]} ${word}`)
  );
  const silent = shown - Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (silent) parts.push(make("span", "count silent", `${silent} without a signal`));
  grid.summary.replaceChildren(make("span", "shown", shownText(shown, total)), ...parts);
}

export function shownText(shown, total) {
  const coins = total === 1 ? "coin" : "coins";
  return shown === total ? `${total} ${coins}` : `${shown} of ${total} ${coins}`;
}

// ---------------------------------------------------------------- cards

function emptyCard(grid, card) {
  const drawn = {
    element: make("li", "card"),
    link: make("a", "open"),
    body: make("div", "body"),
    why: make("button", "why"),
    reasons: make("div", "reasons"),
  };
  drawn.link.href = `coin?symbol=${encodeURIComponent(card.symbol)}&timeframe=${encodeURIComponent(card.timeframe)}`;
  opensHere(drawn.link, () => grid.open(card));
  drawn.why.type = "button";
  drawn.why.onclick = () => showReasons(drawn, drawn.reasons.hidden);
  showReasons(drawn, false);
  drawn.element.append(drawn.link, drawn.body, drawn.why, drawn.reasons);
  return drawn;
}

function showReasons({ why, reasons }, shown) {
  reasons.hidden = !shown;
  why.setAttribute("aria-expanded", String(shown));
}

function fill(drawn, card) {
  const severity = card.trust?.severity ?? "none";
  const stale = card.trust?.stale ? "stale" : "";
  drawn.element.className = ["card", severity, card.direction ?? "silent", stale].join(" ");
  drawn.link.setAttribute("aria-label", spoken(card));
  drawn.body.replaceChildren(head(card), ...(card.direction ? call(card) : silence(card)));
  drawn.valid = drawn.body.querySelector(".valid");
  drawn.validUntil = card.valid_until;
  drawn.expired = card.expired;
  const reasons = card.trust?.reasons ?? card.problem?.reasons ?? [];
  drawn.why.replaceChildren(...verdict(card), ...(reasons.length ? [makeSilent("span", "chevron", "›")] : []));
  drawn.why.disabled = reasons.length === 0;
  drawn.why.hidden = !card.trust && !card.problem;
  drawn.reasons.replaceChildren(...reasons.flatMap(reason));
}

/** What the link to the coin says of the whole card. */
export function spoken(card) {
  const silent = card.problem?.word ?? "loading";
  const call = card.direction ? `${directions[card.direction].word}, ${card.confidence} confidence` : silent;
  const trust = card.trust ? `. ${[card.trust.word, card.trust.accuracy].filter(Boolean).join(", ")}` : "";
  const answers = card.answers ? `. ${spokenAnswers(card.answers)}` : "";
  return `${card.name} ${card.timeframe}: ${call}${answers}${trust}`;
}

function head(card) {
  const way = { true: "rising", false: "falling" }[card.rising] ?? "";
  const change = make("span", `change ${way}`, card.change);
  change.title = "Change in 24 hours";
  return make(
    "div",
    "head",
    make("span", "names", make("span", "coin", card.coin), make("span", "name", card.name)),
    sparkline(card.sparkline),
    make("span", "prices", make("span", "price", card.price), change),
  );
}

function call(card) {
  const look = directions[card.direction];
  const valid = make("span", "valid");
  valid.title = "Time until the next candle closes and this signal is replaced";
  const badge = make(
    "span",
    card.filled ? "badge filled" : "badge",
    make("span", "glyph", look.glyph),
    ` ${look.word}`,
  );
  return [
    make("div", "call", badge, make("span", "confidence", card.confidence), valid),
    ...probabilities(card.probabilities),
    answerLines(card.answers),
    levels(card),
  ];
}

/** A bar in three parts, and the numbers of the parts below it, in the order of the looks. */
function probabilities(texts) {
  const named = Object.entries(directions).map(([name, { glyph }], place) => ({ name, glyph, text: texts[place] }));
  const shares = named.map(({ name, glyph, text }) =>
    make("span", `share ${name}`, make("span", "glyph", glyph), ` ${text}`)
  );
  return [
    makeShares("div", "bar", "part", named.map(({ name, text }) => [name, parseFloat(text)])),
    make("div", "shares", ...shares),
  ];
}

function levels({ levels: { side, hypothetical, stop, tp1, tp2, tp3 }, eta }) {
  const cells = Object.entries({ Stop: stop, TP1: tp1, TP2: tp2, TP3: tp3 }).map(([name, value]) =>
    make("span", "level", make("span", "label", name), make("span", "value", value))
  );
  const condition = hypothetical ? `if it breaks ${side === "LONG" ? "upwards" : "downwards"}, ` : "";
  const note = make("span", "note", `${condition}TP1 in ~${eta}`);
  return make("div", hypothetical ? "levels hypothetical" : "levels", ...cells, note);
}

function silence(card) {
  return [make("p", "silence", card.problem ? card.problem.summary : "Waiting for candles…")];
}

function verdict(card) {
  if (card.problem) return [make("span", "glyph", "○"), make("span", "word", card.problem.word)];
  if (!card.trust) return [];
  const { severity, word, accuracy } = card.trust;
  return [
    make("span", "glyph", severities[severity].glyph),
    make("span", "word", word),
    ...(accuracy ? [make("span", "accuracy", accuracy)] : []),
  ];
}

function reason({ text, command }) {
  return [make("p", "", text), ...(command ? [make("code", "", command)] : [])];
}

function skeletons(count) {
  const list = make("div", "cards", ...Array.from({ length: count }, () => make("div", "card skeleton")));
  list.setAttribute("aria-busy", "true");
  list.setAttribute("aria-label", "Loading signals");
  return list;
}
