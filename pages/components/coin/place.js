// The star of the coin that the page is about, and the ways to its neighbours in the list that somebody came from.

import { make, makeRole } from "../shared/dom.js";
import { listCameFrom, neighbourHere, placeIn } from "../shared/coin_list.js";
import { addressWith, leadsThere } from "../shared/navigation.js";
import { drawStars, makeStar, redrawWhenWatched } from "../shared/watchlist.js";
import { say } from "../shared/speech.js";

const drawn = new WeakMap(); // root element -> what it shows

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  const list = listCameFrom();
  const place = list && placeIn(list.symbols, data.symbol);
  const content = JSON.stringify([data, place]);
  if (drawn.get(root) === content) return;
  if (!drawn.has(root)) redrawWhenWatched(root, () => drawStars(root));
  drawn.set(root, content);
  root.replaceChildren(makeStar(data.symbol, data.coin), ...(place ? [neighbours(place, list.from, data)] : []));
}

function neighbours({ place, of, previous, next }, from, { tickers }) {
  const nav = makeRole(
    "navigation",
    "nav",
    "neighbours",
    ...step("previous", "‹", "p", previous, tickers),
    make("span", "where", say("{place} of {of}", { place, of })),
    ...step("next", "›", "n", next, tickers),
  );
  nav.setAttribute("aria-label", say("Coins of the list: {from}", { from }));
  nav.title = from;
  return nav;
}

function step(name, glyph, key, symbol, tickers) {
  if (!symbol) return [];
  const coin = tickers[symbol] ?? symbol;
  const link = make("a", name, ...(name === "next" ? [`${coin} ${glyph}`] : [`${glyph} ${coin}`]));
  link.href = addressOf(symbol);
  link.title = name === "next"
    ? say("The next coin of the list ({key})", { key })
    : say("The previous coin of the list ({key})", { key });
  leadsThere(link, () => link.href = addressOf(neighbourHere(name) ?? symbol));
  return [link];
}

function addressOf(symbol) {
  return addressWith({ symbol, candle: null });
}
