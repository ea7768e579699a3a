// Named views: the page, filters, sort and layout that an address holds, under a name of one's own, kept in the browser.

import { keep, kept, onKept } from "./storage.js";
import { MINE } from "./watchlist.js";
import { say } from "./speech.js";

const NAME = "views";
const MOST = 60; // letters of a name

/** Views that are there from the start. */
export const READY_MADE = [
  { name: say("Move likely, trusted"), address: "./?bands=likely&trusted_only=true" },
  { name: say("Quiet board"), address: "./?bands=quiet" },
  { name: say("Weak models"), address: "model_quality?only_weak=true" },
  { name: say("My watchlist"), address: `./?watch=${MINE}` },
];

/** The views in what was found, each name once; undefined where it is no list. An address must be one of this app. */
export function viewsIn(found) {
  if (!Array.isArray(found)) return undefined;
  const ours = found.filter((view) => isText(view?.name) && view.name.trim() && isOurs(view.address));
  const byName = new Map(ours.map(({ name, address }) => [shortened(name), address]));
  return [...byName].map(([name, address]) => ({ name, address }));
}

function isText(value) {
  return typeof value === "string";
}

/** `./?bands=likely`, `timeframes?coins=btc`: a page right below the app, and nothing that leads elsewhere. */
function isOurs(address) {
  return isText(address) && /^(\.\/|[a-z_]+)(\?[^#\s]*)?$/.test(address);
}

function shortened(name) {
  return name.trim().slice(0, MOST);
}

export function views() {
  return kept(NAME, viewsIn, []);
}

/** Save a view; one of the same name is replaced where it stands. */
export function saveView(name, address) {
  keep(NAME, viewsIn([...views(), { name, address }]));
}

export function renameView(before, name) {
  const renamed = views().filter((view) => view.name === before || view.name !== shortened(name));
  keep(NAME, viewsIn(renamed.map((view) => view.name === before && name.trim() ? { ...view, name } : view)));
}

export function deleteView(name) {
  keep(NAME, views().filter((view) => view.name !== name));
}

/** Add these; one that has the name of another view gets a number behind it: `Mine (2)`. Those that are here already stay one. */
export function addViews(more) {
  const all = views();
  for (const view of more) {
    if (!all.some((mine) => isSame(mine, view))) all.push({ ...view, name: freeName(view.name, all) });
  }
  keep(NAME, all);
}

/** Whether two views are one, whatever number stands behind the name of the first. */
export function isSame(mine, { name, address }) {
  return mine.address === address && (mine.name === name || mine.name.replace(NUMBERED, "") === name);
}

const NUMBERED = / \(\d+\)$/;

function freeName(name, all) {
  let free = name;
  for (let number = 2; all.some((view) => view.name === free); number++) {
    const behind = ` (${number})`;
    free = name.slice(0, MOST - behind.length) + behind;
  }
  return free;
}

export function onViews(hear) {
  return onKept(NAME, hear);
}

/** The address of the page that is looked at, as a view keeps it. */
export function addressHere({ pathname, search } = location) {
  return `${pathname.split("/").pop() || "./"}${search}`;
}
