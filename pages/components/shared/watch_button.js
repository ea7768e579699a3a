// The button in the bar above the page that shows the watched coins only, where a page lists coins.

import { make, setText } from "./dom.js";
import { asked, followWatchlist, onWatchlist, toggleAsked, watched } from "./watchlist.js";
import { say } from "./speech.js";

const PAGES_WITH_COINS = ["", "timeframes", "model_quality"]; // by their path

const NOTHING_YET = say("No coin is watched yet: press s while a coin has the focus, or click its star.");

/** A button, and the line that says what is missing; `draw(path)` shows both for the page at `path`. */
export function makeWatchButton() {
  const button = make("button", "tool watch");
  button.type = "button";
  const hint = make("div", "line hint");
  hint.setAttribute("role", "status");
  const made = { button, hint, path: "", draw, toggle };

  function draw(path = made.path) {
    made.path = path;
    if (followWatchlist()) return; // what the address asks for now is drawn next
    const count = watched().length;
    if (count) setText(hint, "");
    setText(button, watchText(count));
    button.classList.toggle("idle", !PAGES_WITH_COINS.includes(path));
    button.setAttribute("aria-pressed", String(Boolean(asked())));
    button.setAttribute("aria-label", say("Watched coins only: {count}", { count }));
    button.title = say("Watched coins only (W)");
  }

  /** Whether there is a list of coins here that could be shown in part. */
  function toggle() {
    if (!PAGES_WITH_COINS.includes(made.path)) return false;
    if (!toggleAsked()) setText(hint, NOTHING_YET);
    return true;
  }

  button.onclick = toggle;
  onWatchlist(() => draw());
  return made;
}

export function watchText(count) {
  return `${count ? "★" : "☆"} ${count}`;
}
