// What the browser keeps for somebody, as a file: to take along to another browser, or to keep.

import { addViews, views, viewsIn } from "./views.js";
import { symbolsIn, watch, watched } from "./watchlist.js";
import { say, sayCount } from "./speech.js";

const KIND = "candor";

export function fileText() {
  return JSON.stringify({ kind: KIND, version: 1, watchlist: watched(), views: views() }, null, 2);
}

/** What a file holds, or null where it is none of Candor's. */
export function readFile(text) {
  try {
    const found = JSON.parse(text);
    if (found?.kind !== KIND) return null;
    const holds = { watchlist: symbolsIn(found.watchlist ?? []), views: viewsIn(found.views ?? []) };
    return holds.watchlist && holds.views ? holds : null;
  } catch {
    return null;
  }
}

/** Add what a file holds to what is here; says in words what became of it. */
export function takeIn(text, name) {
  const found = readFile(text);
  if (!found) return say("{name} is no file that Candor exported: nothing was changed.", { name });
  const coins = found.watchlist.filter((symbol) => !watched().includes(symbol)).length;
  const added = found.views.filter((view) => !views().some((mine) => isSameView(mine, view))).length;
  if (!coins && !added) return say("Nothing new in {name}: what it holds is here already.", { name });
  watch([...watched(), ...found.watchlist]);
  addViews(found.views);
  return say("Added: {coins} and {views}.", {
    coins: sayCount("{count} coin", "{count} coins", coins),
    views: sayCount("{count} view", "{count} views", added),
  });
}

function isSameView(one, other) {
  return one.name === other.name && one.address === other.address;
}

/** Save the file where the browser saves files. */
export function saveFile() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([fileText()], { type: "application/json" }));
  link.download = "candor-browser.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
