// What the browser keeps for somebody, as a file: to take along to another browser, or to keep.

import { saveBlob } from "./dom.js";
import { addViews, isSame, views, viewsIn } from "./views.js";
import { symbolsIn, watch, watched } from "./watchlist.js";
import { inARow, say, sayCount } from "./speech.js";

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
    if (!holds.watchlist || !holds.views) return null;
    const given = (found.watchlist ?? []).length + (found.views ?? []).length;
    return { ...holds, refused: given - holds.watchlist.length - holds.views.length };
  } catch {
    return null;
  }
}

/** Add what a file holds to what is here; says in words what became of it. */
export function takeIn(text, name) {
  const found = readFile(text);
  if (!found) return say("{name} is no file that Candor exported: nothing was changed.", { name });
  const coins = found.watchlist.filter((symbol) => !watched().includes(symbol)).length;
  const added = found.views.filter((view) => !views().some((mine) => isSame(mine, view))).length;
  if (!coins && !added) {
    const nothing = found.refused
      ? say("Nothing of {name} was added.", { name })
      : say("Nothing new in {name}: what it holds is here already.", { name });
    return inARow(nothing, refusedText(found.refused));
  }
  watch([...watched(), ...found.watchlist]);
  addViews(found.views);
  const said = say("Added: {coins} and {views}.", {
    coins: sayCount("{count} coin", "{count} coins", coins),
    views: sayCount("{count} view", "{count} views", added),
  });
  return inARow(said, refusedText(found.refused));
}

function refusedText(count) {
  if (!count) return "";
  return sayCount(
    "{count} entry in it is no coin and no view of Candor, and was left out.",
    "{count} entries in it are no coins and no views of Candor, and were left out.",
    count,
  );
}

/** Save the file where the browser saves files. */
export function saveFile() {
  saveBlob(new Blob([fileText()], { type: "application/json" }), "candor-browser.json");
}
