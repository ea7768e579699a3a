// The heat map of coins and timeframes. Python sends the columns, and the rows in their order.

import { drawRows, make, makeRole, makeSilent, moveFocusByKeys } from "../shared/dom.js";
import { rememberList } from "../shared/coin_list.js";
import { isRead, orderOf, sameOrder } from "../shared/held_order.js";
import { leadsThere } from "../shared/navigation.js";
import { bands, directions, severities, sides } from "../shared/looks.js";
import { spokenAnswers } from "../shared/answers.js";
import { unpacked } from "../shared/packing.js";
import { drawOrder, headCell, sortableTable } from "../shared/sortable_table.js";
import { makeStar, pinWatched } from "../shared/watchlist.js";
import { ofTheHour } from "../shared/meter.js";
import { say } from "../shared/speech.js";

const HELP = {
  confluence: say(
    "By how many percentage points P(move) is above what is usual over all hours and timeframes, longer ones weighing more; of those with proven timing alone, where there are any. What does not count never lifts a coin: above usual it adds 0, below usual it is left out",
  ),
};
const FAR = 0.1; // above usual on all timeframes together, where the scale ends
const STRONGEST = 0.25; // P(move) so far above usual has the strongest colour

const maps = new WeakMap(); // root element -> what has been drawn into it

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const map = maps.get(root) ?? begin(root, data);
  map.sort = (column) => setTriggerValue("sorted", column);
  drawLegend(map, data.no_model);
  drawOrder(map, data.order);
  const asked = JSON.stringify(data.order);
  pinWatched(map, unpacked(data.rows), (pinned) => {
    map.wanted = pinned;
    arrange(map, asked === map.asked && isRead(map.body));
    map.asked = asked;
  });
}

/** Put the rows in their order; `held`, each stays where it stood, and a button says that the order has changed. */
function arrange(map, held) {
  const rows = new Map(map.wanted.map((row) => [row.symbol, row]));
  const wanted = [...rows.keys()];
  map.standing = orderOf(map.standing, wanted, held);
  map.resort.hidden = sameOrder(map.standing, wanted);
  const parts = { keyOf: (row) => row.symbol, begin: (row) => emptyRow(map, row), fill };
  drawRows(map.rows, map.standing.map((symbol) => rows.get(symbol)), parts);
}

function begin(root, { columns, timeframes, terms }) {
  const map = sortableTable(
    say("How likely every coin is to move, on every timeframe"),
    Object.entries(columns),
    HELP,
    terms,
  );
  map.timeframes = timeframes;
  map.head.append(headCell("why", say("What it means")));
  map.standing = [];
  map.resort = make("button", "resort", say("Order changed · re-sort"));
  map.resort.type = "button";
  map.resort.hidden = true;
  map.resort.onclick = () => arrange(map, false);
  map.legend = make("p", "legend");
  const across = timeframes.length;
  moveFocusByKeys(map.body, () => ({ ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }));
  root.style.setProperty("--timeframes", across);
  root.replaceChildren(map.resort, signsButton(map.legend), map.legend, map.element);
  maps.set(root, map);
  return map;
}

/** Shows what the signs mean, where there is no room to say so all the time. */
function signsButton(legend) {
  const button = make("button", "signs", say("What the signs mean"));
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", legend.id = "signs");
  button.onclick = () => button.setAttribute("aria-expanded", String(legend.classList.toggle("open")));
  return button;
}

function drawLegend(map, noModel) {
  if (map.noModel === noModel) return;
  map.noModel = noModel;
  const part = (className, glyph, text) => make("span", className, make("span", "glyph", glyph), ` ${text}`);
  map.legend.replaceChildren(
    ...Object.entries(bands).map(([name, { glyph, word }]) => part(name, glyph, word)),
    part("", "▭", say("framed only: its timing is not proven")),
    part("", bands.likely.glyph, say("without colour: no likelier than usual at this hour")),
    make(
      "span",
      "sides", // what is said of both stands in one line
      part("LONG", sides.LONG.glyph, directions.LONG.word),
      part(
        "SHORT",
        sides.SHORT.glyph,
        say("{side} if it moves, where that is proven; filled where it is clear", { side: directions.SHORT.word }),
      ),
    ),
    part("critical", severities.critical.glyph, say("weak model, not counted")),
    part("warning", severities.warning.glyph, say("doubtful model")),
    part("", "–", say("no signal")),
    part("", "⚠", say("unusable files")),
    ...(noModel ? [make("span", "", noModel)] : []),
  );
}

function emptyRow(map, { symbol, coin: ticker }) {
  const coin = makeRole("rowheader", "span", "coin");
  const links = new Map(map.timeframes.map((timeframe) => [timeframe, cellLink(symbol, timeframe)]));
  const score = makeRole("cell", "span", "score");
  const why = makeRole("cell", "span", "why");
  const name = make("span", "named");
  coin.append(makeStar(symbol, ticker), name);
  const cells = [...links.values()].map((link) => makeRole("cell", "span", "cell", link));
  const element = makeRole("row", "div", "row", coin, ...cells, score, why);
  element.dataset.symbol = symbol;
  return { element, name, links, score, why };
}

function cellLink(symbol, timeframe) {
  const link = make("a");
  link.href = `coin?symbol=${encodeURIComponent(symbol)}&timeframe=${encodeURIComponent(timeframe)}`;
  leadsThere(link, rememberList);
  return link;
}

function fill(drawn, row) {
  drawn.name.replaceChildren(make("span", "ticker", row.coin), make("span", "name", row.name));
  drawn.name.title = row.name; // a long one is cut
  for (const [timeframe, link] of drawn.links) fillCell(link, `${row.name} ${timeframe}`, row.cells[timeframe]);
  fillScore(drawn.score, row);
  drawn.why.className = row.veto ? "why veto" : "why";
  drawn.why.title = row.calls;
  drawn.why.replaceChildren(
    make("span", "agreed", ...[row.move, row.side].filter(({ text }) => text).map(inShort)),
    make("span", "called", ...(row.veto ? [make("strong", "", say("Veto "))] : []), row.called),
  );
}

/** What the timeframes say of when, or of which way, in short; the whole of it while the pointer rests there. */
function inShort({ text, sentence }) {
  const made = make("span", "", text);
  made.title = sentence;
  return made;
}

export function fillCell(link, name, cell) {
  if (!cell.band) {
    link.className = "missing";
    link.textContent = cell.mark;
    link.title = cell.explanation || cell.problem;
    link.setAttribute(
      "aria-label",
      say("{name}: {problem}. {explanation}", { name, problem: cell.problem, explanation: cell.explanation }),
    );
    return;
  }
  const { glyph, word } = bands[cell.band];
  const why = ofTheHour(cell);
  link.className = `${why ? "usual" : cell.band} ${cell.severity} ${cell.filled ? "filled" : "framed"}`;
  link.style.setProperty("--strength", `${why ? 0 : strength(cell.above)}%`);
  link.replaceChildren(
    make("span", "glyph", glyph),
    make("span", "percent", cell.text),
    ...sideMark(cell.side),
    ...(cell.severity === "none" ? [] : [make("span", "mark", severities[cell.severity].glyph)]),
  );
  const said = say("{headline}, {said}; {call}. {trust}. {answers}", {
    headline: cell.headline,
    said: cell.said,
    call: cell.call,
    trust: cell.trust,
    answers: spokenAnswers(cell.answers),
  });
  link.title = [said, ...(why ? [why] : []), ...Object.values(cell.skills ?? {})].join("\n");
  link.setAttribute("aria-label", say("{name}: {band}. {said}", { name, band: word, said }));
}

/** The side, only as strong as it is: nothing where it is unclear, a badge where it is clear. */
function sideMark(side) {
  return side ? [make("span", `sided ${side.strength} ${side.name}`, sides[side.name].glyph)] : [];
}

/** How strong the colour of a likely move is, in per cent: it grows with how far P(move) is above usual, and text stays legible. */
export function strength(above) {
  return above <= 0 ? 0 : Math.round(12 + 40 * Math.min(above / STRONGEST, 1));
}

function fillScore(element, row) {
  const counted = row.score !== undefined;
  element.className = `score ${!counted ? "missing" : row.proven ? "proven" : "unproven"}`;
  element.replaceChildren(make("span", "number", row.score_text), ...(counted ? [scale(row.score)] : []));
}

function scale(score) {
  const part = make("span", score < 0 ? "part quiet" : "part likely");
  Object.assign(part.style, scaleSpan(score / FAR));
  return makeSilent("span", "scale", part);
}

/** Where a number between -1 and 1 lies on a scale with 0 in its middle; what is beyond reaches to the end. */
export function scaleSpan(score) {
  const width = Math.min(Math.abs(score), 1) * 50;
  return { left: `${score < 0 ? 50 - width : 50}%`, width: `${width}%` };
}
