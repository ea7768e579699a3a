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
    return { watchlist: symbolsIn(found.watchlist) ?? [], views: viewsIn(found.views) ?? [] };
  } catch {
    return null;
  }
}

/** Add what a file holds to what is here; says in words what became of it. */
export function takeIn(text, name) {
  const found = readFile(text);
  if (!found) return say("{name} is no file that Candor exported: nothing was changed.", { name });
  watch([...watched(), ...found.watchlist]);
  addViews(found.views);
  const coins = sayCount("{count} coin", "{count} coins", found.watchlist.length);
  const added = sayCount("{count} view", "{count} views", found.views.length);
  return say("Added: {coins} and {views}.", { coins, views: added });
}

/** Save the file where the browser saves files. */
export function saveFile() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([fileText()], { type: "application/json" }));
  link.download = "candor-browser.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
