// Tables of the track record. Python sends the columns, the cells as texts, and the rows in their order.

import { drawRows, keyedList, make, makeRole, makeSilent, moveFocusByKeys } from "../shared/dom.js";
import { proofs } from "../shared/looks.js";
import { addressWith, goTo, leadsThere, placeWithin } from "../shared/navigation.js";
import { unpacked } from "../shared/packing.js";
import { drawOrder, headCell, sortableTable, termLink } from "../shared/sortable_table.js";

const tables = new WeakMap(); // root element -> what has been drawn into it

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const table = tables.get(root) ?? begin(root, data);
  table.sort = (column) => setTriggerValue("sorted", column);
  table.element.setAttribute("aria-label", data.label);
  root.style.setProperty("--widths", data.widths);
  if (data.order) drawOrder(table, data.order);
  const rows = unpacked(data.rows);
  table.legend.hidden = !rows.some(hasBar);
  drawRows(table.rows, rows, {
    keyOf: (row) => row.key,
    begin: () => ({ element: makeRole("row", "div", "row") }),
    fill: (drawn, row) => fill(drawn, row, data),
  });
  table.restorePlace();
}

function begin(root, data) {
  const columns = Object.entries(data.columns);
  const table = data.order ? sortableTable(data.label, columns, data.help, data.terms) : plainTable(columns, data);
  moveFocusByKeys(table.body, () => ({ ArrowDown: 1, ArrowUp: -1 }));
  table.legend = legendOf(data.legend);
  const frame = make("div", "frame", table.element);
  table.restorePlace = placeWithin(frame, data.label);
  root.replaceChildren(table.legend, frame);
  tables.set(root, table);
  return table;
}

/** What each mark in the bars is: `{ tick: "baseline" }`, beside the mark itself. */
function legendOf(marks) {
  const meanings = Object.entries(marks).map(([mark, words]) =>
    make("span", "meaning", makeSilent("span", "sample", make("span", mark)), words)
  );
  return make("p", "legend", ...meanings);
}

function hasBar({ cells }) {
  return Object.values(cells).some(({ bar }) => bar);
}

/** As a sortable table, with heads that ask for nothing. */
function plainTable(columns, { help, terms }) {
  const head = makeRole("row", "div", "row head");
  for (const [column, title] of columns) {
    const cell = headCell(column, make("span", "title", title), ...termLink(title, terms[column]));
    if (help[column]) cell.title = help[column];
    head.append(cell);
  }
  const body = makeRole("rowgroup", "div", "body");
  const element = makeRole("table", "div", "table", makeRole("rowgroup", "div", "heads", head), body);
  return { element, body, rows: keyedList(body) };
}

function fill(drawn, row, { columns }) {
  const names = Object.keys(columns);
  const cells = names.map((name, place) => cellOf(name, columns[name], row.cells[name] ?? { text: "" }, place));
  if (row.link) cells[0].replaceChildren(linkOf(row.link, row.cells[names[0]].text));
  drawn.element.replaceChildren(...cells);
  drawn.element.classList.toggle("here", Boolean(row.here));
  if (row.here) drawn.element.setAttribute("aria-current", "true");
  else drawn.element.removeAttribute("aria-current");
}

function linkOf(link, text) {
  const made = make("a", "open", text);
  made.href = addressOf(link);
  leadsThere(made); // asked of Streamlit, it would write the call into the address that Back returns to
  if (isHere(link)) made.onclick = (event) => staysHere(event, link);
  return made;
}

function isHere({ page }) {
  return location.pathname.split("/").pop() === page;
}

/** Another look at the page one is on: whatever else its address says, such as the side that was picked, stays. */
function staysHere(event, { candle }) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  goTo(addressWith({ candle }));
}

/** Where a link of Python's leads: `coin?symbol=BTCUSDT`. */
export function addressOf({ page, ...named }) {
  return `${page}?${new URLSearchParams(named)}`;
}

function cellOf(column, title, { text, more, tone, title: hint, bar }, place) {
  const number = make("span", "number", ...proofGlyph(tone), text);
  const parts = [
    number,
    ...(more ? [make("span", "more", more)] : []),
    ...(bar ? [drawBar(bar)] : []),
  ];
  const cell = makeRole(place ? "cell" : "rowheader", "span", `cell ${column} ${tone ?? ""}`.trim(), ...parts);
  if (hint) cell.title = hint;
  if (place && title) cell.dataset.label = title;
  return cell;
}

function proofGlyph(tone) {
  return proofs[tone] ? [makeSilent("span", "glyph", proofs[tone].glyph)] : [];
}

function drawBar(bar) {
  const block = make("span", "block");
  block.style.left = percent(bar.low);
  block.style.width = percent(Math.max(bar.high - bar.low, 0.01));
  const marks = marksOf(bar).map(([className, at]) => {
    const made = make("span", className);
    made.style.left = percent(at);
    return made;
  });
  return makeSilent("span", "bar", block, ...marks); // the numbers beside it say the same
}

/** Which marks lie where on a bar's interval, the thinnest above all others: `[["point", 0.4], ...]`. */
export function marksOf({ value, mark, test }) {
  return [["point", value], ["test", test], ["tick", mark]].filter(([, at]) => at !== undefined);
}

function percent(share) {
  return `${share * 100}%`;
}
