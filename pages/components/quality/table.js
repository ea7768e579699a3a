// The table of all models. Python sends the columns, and the rows in their order.

import { drawRows, make, makeRole, makeSilent, moveFocusByKeys } from "../shared/dom.js";
import { proofs, severities } from "../shared/looks.js";
import { addressWith, leadsThere, placeWithin } from "../shared/navigation.js";
import { unpacked } from "../shared/packing.js";
import { drawOrder, sortableTable } from "../shared/sortable_table.js";
import { makeStar, pinWatched } from "../shared/watchlist.js";
import { say } from "../shared/speech.js";

const tables = new WeakMap(); // root element -> what has been drawn into it

const HELP = {
  accuracy: say(
    "Share of test candles called rightly, with its 95\u00a0% interval. The bar runs from 0 to 100\u00a0%: the block is the interval, the tick the baseline.",
  ),
  n: say("Test candles"),
  majority: say("What always calling the test period's most frequent class would score"),
  skill: say(
    "1 − log loss / log loss of the class frequencies, with its 95\u00a0% interval: 0 is no better than they, 1 is perfect",
  ),
  live: say("The same skill of its live signals since, with their number; pale where it is not proven"),
  timing: say("Skill in telling whether a barrier is touched at all; pale where it is not proven"),
  side: say("Skill in telling which barrier is touched first; pale where it is not proven"),
  ece: say("How far confidence is off from what comes true, on average"),
  age: say("Days since the newest candle that it learned from"),
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const table = tables.get(root) ?? begin(root, data);
  table.sort = (column) => setTriggerValue("sorted", column);
  table.summary.replaceChildren(make("span", "", data.summary), make("span", "proven", data.proven));
  drawOrder(table, data.order);
  table.body.dataset.order = data.order.column; // a narrow screen shows what its rows are ordered by
  const parts = {
    keyOf: (row) => `${row.symbol} ${row.timeframe}`,
    begin: emptyRow,
    fill,
  };
  pinWatched(table, unpacked(data.rows), (pinned) => {
    drawRows(table.rows, pinned, parts);
    table.restorePlace();
  });
}

function begin(root, { columns, terms }) {
  const label = say("Every model with its accuracy, baseline, skill and verdict");
  const table = sortableTable(label, Object.entries(columns), HELP, terms);
  table.summary = makeRole("status", "p", "summary");
  moveFocusByKeys(table.body, () => ({ ArrowDown: 1, ArrowUp: -1 }));
  const frame = make("div", "frame", table.element);
  table.restorePlace = placeWithin(frame, "models");
  root.replaceChildren(table.summary, frame);
  tables.set(root, table);
  return table;
}

/** A model's, in which the filters of the table wait: its timeframes under another name, since the model's own has theirs. */
function addressOf(symbol, timeframe) {
  const listed = new URLSearchParams(location.search).getAll("timeframe").join(",");
  return addressWith({ symbol, timeframe, listed: listed || null });
}

function emptyRow({ symbol, timeframe, coin }) {
  const link = make("a", "open");
  link.href = addressWith({ symbol, timeframe }, "");
  leadsThere(link, () => link.href = addressOf(symbol, timeframe), { atTop: true });
  const element = makeRole("row", "div", "row");
  element.dataset.symbol = symbol;
  return { element, link, star: makeStar(symbol, coin) };
}

function fill(drawn, row) {
  drawn.element.className = `row ${row.severity}`;
  drawn.link.setAttribute("aria-label", say("{name} {timeframe}: {verdict}. Open its model card.", row));
  drawn.link.replaceChildren(make("span", "ticker", row.coin));
  const why = row.surprises ? [cell("why", row.explanation)] : [];
  drawn.element.replaceChildren(
    makeRole("rowheader", "span", "cell coin", drawn.star, drawn.link),
    cell("timeframe", row.timeframe),
    verdict(row),
    ...(row.accuracy ? figures(row) : [nothing(row)]),
    ...(row.kind ? about(row) : []),
    ...why,
  );
}

function verdict(row) {
  const made = cell(
    "verdict",
    makeSilent("span", "glyph", verdictGlyph(row.severity)),
    make("span", "word", row.verdict),
    ...(row.no_better ? [make("span", "beaten", say("≤ baseline"))] : []),
  );
  if (row.explanation) made.title = row.explanation;
  return made;
}

export function verdictGlyph(severity) {
  return severities[severity]?.glyph ?? (severity === "unusable" ? "⚠" : "○");
}

function figures(row) {
  return [
    accuracy(row.accuracy),
    labelled(say("n"), cell("n", row.n)),
    labelled(say("Baseline"), cell("majority", row.majority)),
    skill("skill", say("Skill"), row.skill),
    live(row.live ?? { text: "–", n: "", title: "" }),
    skill("timing", say("Timing"), row.timing),
    skill("side", say("Side"), row.side),
    labelled(say("Calibration error"), cell("ece", row.ece)),
  ];
}

/** Why there are no figures, over their columns, and over those that follow where there is no model either. */
function nothing(row) {
  return cell(row.kind ? "nothing" : "nothing to-end", row.explanation ?? "");
}

function about(row) {
  const kind = cell("kind", row.kind);
  if (row.speaker) kind.title = row.speaker;
  return [kind, labelled(say("Trained until"), cell("age", row.age))];
}

function accuracy({ text, interval, value, low, high, majority }) {
  const block = make("span", "block");
  block.style.left = `${low * 100}%`;
  block.style.width = `${Math.max((high - low) * 100, 1)}%`;
  const [tick, point] = [["tick", majority], ["point", value]].map(([className, at]) => {
    const made = make("span", className);
    made.style.left = `${at * 100}%`;
    return made;
  });
  const bar = makeSilent("span", "bar", block, tick, point); // the numbers beside it say the same
  return labelled(
    say("Accuracy"),
    cell("accuracy", make("span", "number", text), make("span", "interval", interval), bar),
  );
}

function skill(column, label, { text, interval, n, proof }) {
  const { glyph, word } = proofs[proof];
  const number = make("span", "number", makeSilent("span", "glyph", glyph), text);
  const made = cell(column, number, make("span", "interval", interval));
  made.classList.add(proof);
  made.title = say("{word}: its interval is {interval}, n = {n}", { word, interval, n });
  return labelled(label, made);
}

/** What became of its own signals; where they are too few, how many there are. */
function live({ text, n, proof, title }) {
  const made = cell(
    "live",
    make("span", "number", ...(proof ? [makeSilent("span", "glyph", proofs[proof].glyph)] : []), text),
    make("span", "interval", n),
  );
  made.classList.add(proof ?? "unproven");
  made.title = title;
  return labelled(say("Live skill"), made);
}

/** With a label that shows where the column's head does not stand above the cell: on a narrow screen. */
function labelled(label, made) {
  made.dataset.label = label;
  return made;
}

function cell(column, ...content) {
  return makeRole("cell", "span", `cell ${column}`, ...content);
}
