// The heat map of coins and timeframes. Python sends the columns, and the rows in their order.

import { drawRows, make, makeRole, makeSilent, moveFocusByKeys } from "../shared/dom.js";
import { rememberList } from "../shared/coin_list.js";
import { leadsThere } from "../shared/navigation.js";
import { directions, severities } from "../shared/looks.js";
import { spokenAnswers } from "../shared/answers.js";
import { unpacked } from "../shared/packing.js";
import { drawOrder, headCell, sortableTable } from "../shared/sortable_table.js";
import { makeStar, pinWatched } from "../shared/watchlist.js";

const maps = new WeakMap(); // root element -> what has been drawn into it

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const map = maps.get(root) ?? begin(root, data);
  map.sort = (column) => setTriggerValue("sorted", column);
  drawLegend(map, data.no_model);
  drawOrder(map, data.order);
  const rows = unpacked(data.rows);
  pinWatched(
    map,
    rows,
    (pinned) => drawRows(map.rows, pinned, { keyOf: (row) => row.symbol, begin: (row) => emptyRow(map, row), fill }),
  );
}

function begin(root, { columns, timeframes }) {
  const map = sortableTable("Direction and confidence of every coin on every timeframe", Object.entries(columns));
  map.timeframes = timeframes;
  map.head.append(headCell("why", "What it means"));
  map.legend = make("p", "legend");
  const across = timeframes.length;
  moveFocusByKeys(map.body, () => ({ ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }));
  root.style.setProperty("--timeframes", across);
  root.replaceChildren(map.element, map.legend);
  maps.set(root, map);
  return map;
}

function drawLegend(map, noModel) {
  if (map.noModel === noModel) return;
  map.noModel = noModel;
  const part = (className, glyph, text) => make("span", className, make("span", "glyph", glyph), ` ${text}`);
  map.legend.replaceChildren(
    ...Object.entries(directions).map(([name, { glyph, word }]) => part(name, glyph, word)),
    part("", "▒", "the stronger the colour, the surer the call"),
    part("", "▭", "framed only: what it says is not proven"),
    part("critical", severities.critical.glyph, "weak model, not counted"),
    part("warning", severities.warning.glyph, "doubtful model"),
    part("", "–", "no signal"),
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
  for (const [timeframe, link] of drawn.links) fillCell(link, `${row.name} ${timeframe}`, row.cells[timeframe]);
  fillScore(drawn.score, row);
  drawn.why.className = row.veto ? "why veto" : "why";
  drawn.why.replaceChildren(
    ...(row.veto ? [make("strong", "", "Veto ")] : []),
    make("span", "", row.sentence),
    make("span", "apart", ...[row.move, row.side].map(inShort)),
  );
}

/** What the timeframes say of when, or of which way, in short; the whole of it while the pointer rests there. */
function inShort({ text, sentence }) {
  const made = make("span", "", text);
  made.title = sentence;
  return made;
}

function fillCell(link, name, cell) {
  if (!cell.direction) {
    link.className = "missing";
    link.textContent = cell.mark;
    link.title = cell.explanation || cell.problem;
    link.setAttribute("aria-label", `${name}: ${cell.problem}. ${cell.explanation}`);
    return;
  }
  const { glyph, word } = directions[cell.direction];
  link.className = `${cell.direction} ${cell.severity} ${cell.filled ? "filled" : "framed"}`;
  link.style.setProperty("--strength", `${strength(cell.confidence)}%`);
  const mark = cell.severity === "none" ? [] : [make("span", "mark", severities[cell.severity].glyph)];
  link.replaceChildren(make("span", "glyph", glyph), make("span", "percent", cell.text), ...mark);
  const answers = spokenAnswers(cell.answers);
  link.title = `${word}, ${cell.trust}. ${answers}`;
  link.setAttribute("aria-label", `${name}: ${word}, ${cell.text}. ${cell.trust}. ${answers}`);
}

/** How strong a call's colour is, in per cent: it is never surer than one third; from there on colour grows with it. */
export function strength(confidence) {
  return Math.round(12 + 68 * Math.min(Math.max((confidence - 1 / 3) / 0.5, 0), 1));
}

function fillScore(element, row) {
  const counted = row.score !== undefined;
  element.className = `score ${counted ? row.direction : "missing"}`;
  const number = make("span", "number", row.score_text);
  element.replaceChildren(
    number,
    ...(counted ? [make("span", "glyph", directions[row.direction].glyph), scale(row.score)] : []),
  );
}

function scale(score) {
  const part = make("span", score < 0 ? "part SHORT" : "part LONG");
  Object.assign(part.style, scaleSpan(score));
  return makeSilent("span", "scale", part);
}

/** Where a score between -1 and 1 lies on a scale with 0 in its middle. */
export function scaleSpan(score) {
  const width = Math.abs(score) * 50;
  return { left: `${score < 0 ? 50 - width : 50}%`, width: `${width}%` };
}
