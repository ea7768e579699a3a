// A table whose rows Python sorts: heads that ask for another order, over rows that keep their elements.

import { keyedList, make, makeRole } from "./dom.js";
import { leadsThere } from "./navigation.js";
import { say } from "./speech.js";

/**
 * `columns`: [[name, title], ...]; `help`: what a head says of its column while the pointer rests on it; `terms`: by
 * column the word of the glossary that its head leads to.
 */
export function sortableTable(label, columns, help = {}, terms = {}) {
  const head = makeRole("row", "div", "row head");
  const body = makeRole("rowgroup", "div", "body");
  const element = makeRole("table", "div", "table", makeRole("rowgroup", "div", "heads", head), body);
  element.setAttribute("aria-label", label);
  const table = { element, head, body, rows: keyedList(body), heads: new Map(), sort: (_column) => {} };
  for (const [column, title] of columns) {
    const cell = headCell(
      column,
      sortButton(title, help[column], () => table.sort(column)),
      ...termLink(title, terms[column]),
    );
    table.heads.set(column, cell);
    head.append(cell);
  }
  return table;
}

export function headCell(column, ...content) {
  return makeRole("columnheader", "span", `column ${column}`, ...content);
}

/** The way to what a head means, where the glossary has a word for it. */
export function termLink(title, term) {
  if (!term) return [];
  const link = make("a", "term", "?");
  link.href = `glossary#${term}`;
  link.setAttribute("aria-label", say("What “{title}” means", { title }));
  leadsThere(link);
  return [link];
}

function sortButton(title, help, sort) {
  const button = make("button", "", title, make("span", "arrow"));
  button.type = "button";
  if (help) button.title = help;
  button.onclick = sort;
  return button;
}

/** Show which column the rows are ordered by, and which way. */
export function drawOrder(table, order) {
  for (const [column, cell] of table.heads) {
    const { name, arrow } = orderMark(column, order);
    cell.setAttribute("aria-sort", name);
    cell.querySelector(".arrow").textContent = arrow;
  }
}

export function orderMark(column, order) {
  if (column !== order.column) return { name: "none", arrow: "" };
  return order.descending ? { name: "descending", arrow: "↓" } : { name: "ascending", arrow: "↑" };
}
