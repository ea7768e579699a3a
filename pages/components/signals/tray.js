// The tray below the cards: which coins were chosen to be compared, and the way there.

import { make, makeRole, setText } from "../shared/dom.js";
import { choose, chosen, compareAddress, FEWEST, MOST, toggleChosen } from "../shared/compared.js";
import { leadsThere } from "../shared/navigation.js";
import { say } from "../shared/speech.js";

export function makeTray() {
  const tray = {
    element: makeRole("region", "div", "tray"),
    coins: make("span", "chosen"),
    told: makeRole("status", "span", "told"),
    link: make("a", "compare"),
    clear: make("button", "clear", say("Clear")),
  };
  tray.element.setAttribute("aria-label", say("Coins to compare"));
  tray.clear.type = "button";
  tray.clear.onclick = () => choose([]);
  leadsThere(tray.link);
  tray.element.append(tray.coins, tray.told, tray.link, tray.clear);
  return tray;
}

/** Show what is chosen; `nameOf(symbol)` is how the cards name a coin. */
export function drawTray({ element, coins, told, link, clear }, timeframe, nameOf) {
  const symbols = chosen();
  element.hidden = !symbols.length;
  coins.replaceChildren(...symbols.map((symbol) => chip(symbol, nameOf(symbol))));
  setText(told, trayText(symbols.length));
  const address = compareAddress(timeframe, symbols);
  link.hidden = address === null;
  if (address !== null) link.href = address;
  setText(link, say("Compare {count} coins (Enter)", { count: symbols.length }));
  clear.hidden = !symbols.length;
}

/** What is still missing, or that there is no room. */
export function trayText(count) {
  if (count < FEWEST) return say("Choose {count} more with c to compare", { count: FEWEST - count });
  return count < MOST ? "" : say("{count} coins at most", { count: MOST });
}

function chip(symbol, name) {
  const button = make("button", "chip", `${name} ✕`);
  button.type = "button";
  button.setAttribute("aria-label", say("Do not compare {coin}", { coin: name }));
  button.onclick = () => toggleChosen(symbol);
  return button;
}
